#!/usr/bin/python3
"""Clients that others wrote call a real gateway in front of a real agency: the interop table.

Each signing client loads the published WSDL, makes a signed call whose answer its own library verifies, has a call
refused that a man in the middle altered, and itself refuses an answer altered on the way. PHP's SoapClient, which
cannot sign, calls a plain service over mutual TLS and is refused without its certificate.
"""
import contextlib
import hashlib
import re
import shutil
import subprocess
import time
import unittest
import urllib.request

import clients
import suite
import throwaway
from altering_proxy import AlteringProxy
from hutong_daemon import Agencies, Daemon, Identity
from saml.issuer import Issuer

SIGNATURES = {"rsa": "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
              "p256": "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
              "p384": "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384",
              "p521": "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512",
              "ed25519": "http://www.w3.org/2021/04/xmldsig-more#eddsa-ed25519"}
PSS = "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1"
KEYS = {"rsa": "RSA-2048", "p256": "P-256", "p384": "P-384", "p521": "P-521", "ed25519": "Ed25519"}
COLUMNS = ("call", "answer verified", "altered call refused", "altered answer noticed", "no certificate refused")

AUDIENCE = "https://gateway.example"
# What tells services in front of one and the same system from each other.
KIND_OF_SERVICE = re.compile("-(plain|saml|user|secret)$")

table = {}          # (client, key) -> {column: what happened}
world = None


class World:
    """The platform under test: a daemon, the agencies behind it, and what the clients ask for."""

    def __init__(self):
        self.folder = throwaway.folder("ht-interop-")
        with contextlib.ExitStack() as cleanup:
            postgres = throwaway.Postgres(self.folder / "pg")
            cleanup.callback(postgres.stop)
            self.agencies = Agencies(self.folder, postgres.create("agencies"))
            cleanup.callback(self.agencies.stop)
            daemon = Daemon(self.folder, database=postgres.create("hutong"))
            daemon.init()
            self.issuer = Issuer(self.folder)
            daemon.set_option("saml_issuers", f'{{ "{self.issuer.entity}" = ["{self.issuer.certificate_file}"] }}')
            daemon.set_option("saml_audience", f'"{AUDIENCE}"')
            self.daemon = cleanup.enter_context(daemon)
            # WSS4J 1.6 and xmlsec1 know RSA-OAEP with SHA-1 masks only.
            own = [one["name"] for one in daemon.cli("trust", "list") if one["own"]]
            daemon.configure("trust_domains.older", issuers=own, allow_oaep_sha1=True)
            daemon.restart()
            self.publish()
            self.cleanup = cleanup.pop_all()

    def publish(self):
        self.daemon.org("gs", "工商行政管理局")
        self.daemon.org("zhijian", "质量技术监督局")
        self.daemon.org("bank", "示范银行")
        contracts = suite.ROOT / "wsdl" / "contracts" / "agencies"
        self.wsdl = {}
        for service, contract, policy in (("gs/company", "company.wsdl", "sign"),
                                          ("gs/company-plain", "company.wsdl", "plain"),
                                          ("gs/company-secret", "company.wsdl", "sign-encrypt"),
                                          ("gs/company-saml", "company.wsdl", "sign"),
                                          ("gs/company-user", "company.wsdl", "sign"),
                                          ("zhijian/org-code", "org-code.wsdl", "sign")):
            org, name = service.split("/")
            said = self.daemon.publish(contracts / contract, org, name, policy=policy,
                                       endpoint=self.agencies.urls[KIND_OF_SERVICE.sub("", service)])
            self.wsdl[service] = said["wsdl"]
        self.accept_only("gs/company-saml", "saml")
        self.accept_only("gs/company-user", "username")
        self.ca = self.daemon.ca_file()
        self.encryption = self.folder / "encryption.pem"
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(
                self.daemon.http + "/pki/encryption.pem", timeout=30) as answer:
            self.encryption.write_bytes(answer.read())
        self.code, self.company = Agencies.companies(1)[0]

    def accept_only(self, service, token):
        self.daemon.cli("service", "policy", service, "--set", f"request.accept_{token}=true",
                        "--set", "request.accept_x509=false")

    def find_company(self, service="gs/company"):
        """Chinese in the call and in the answer."""
        return clients.Call(self.wsdl[service], "FindCompanies", {"namePart": self.company, "maxRows": 5})

    def get_organisation(self):
        # The organisation code is the ninth to seventeenth character of a credit code (GB 32100-2015).
        return clients.Call(self.wsdl["zhijian/org-code"], "GetOrganisation",
                            {"organisationCode": self.code[8:17]}, "OrganisationCodesSoap12Port")

    def identity(self, consumer, kind, service, operation):
        self.daemon.consumer(consumer, "bank")
        self.daemon.grant(consumer, service, operation)
        return self.daemon.issue(consumer, kind)

    def stranger(self, name, kind="rsa"):
        """A key whose certificate no CA of the platform has issued and that is registered for nobody."""
        key, certificate = self.folder / f"{name}.key", self.folder / f"{name}.pem"
        subprocess.run([throwaway.program("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key,
                        "-out", certificate, "-subj", f"/CN={name}", "-days", "2",
                        "-addext", "basicConstraints=critical,CA:FALSE",
                        "-addext", "keyUsage=critical,digitalSignature"], check=True, capture_output=True)
        return Identity(name, kind, key, certificate, "")

    def close(self):
        failed = any("FAILED" in row.values() for row in table.values())
        if failed:
            self.daemon.print_log()
        self.cleanup.close()
        if not failed:
            shutil.rmtree(self.folder, ignore_errors=True)


def setUpModule():
    global world
    world = World()


def tearDownModule():
    if world is not None:
        world.close()


class Signing:
    """The cases of one signing client with one kind of key; subclasses say which."""

    name = kind = prepare = None
    method = None               # of the request's signature, where it is not the usual one of the kind
    service, operation = "gs/company", "FindCompanies"
    shows_detail = True         # a fault's detail, where the incident id is
    second_of_last_call = 0
    verifies_faults = False     # its library can verify P-256, the kind of key that signs a stranger's fault

    @classmethod
    def setUpClass(cls):
        cls.row = table.setdefault((cls.name, KEYS[cls.kind] + (", PSS" if cls.method == PSS else "")), {})
        cls.row.update(dict.fromkeys(COLUMNS[:4], "FAILED"))
        cls.answer_kind = "rsa" if cls.kind == "rsa" else "p256"
        cls.command = cls.prepare()
        cls.what = cls.call()
        cls.identity = world.identity(cls.__name__.lower(), cls.kind, cls.service, cls.operation)

    @classmethod
    def call(cls):
        return world.find_company(cls.service)

    # What a man in the middle changes: in the call, in the answer.
    alteration_of_call = property(lambda self: (world.company, world.company[::-1]))
    alteration_of_answer = property(lambda self: (world.code, world.code[:-1] + ("A" if world.code[-1] != "A" else "B")))

    def address(self):
        """None: the one in the WSDL."""
        return None

    def say(self, address, command=None, identity=None):
        # Timestamps of some clients count in whole seconds: within one, the same call would be a replay.
        while int(time.time()) == Signing.second_of_last_call:
            time.sleep(0.05)
        try:
            return clients.call(command or self.command, self.what, world.ca, identity or self.identity, address,
                                self.method or SIGNATURES[self.kind])
        finally:
            Signing.second_of_last_call = int(time.time())

    def test_1_signed_call_is_answered_and_the_answer_verified(self):
        said = self.say(self.address())
        self.assertEqual(said["outcome"], "answered", said)
        self.assertIn(world.company, said["answer"])
        self.row["call"] = "answered"
        self.assertEqual(said["verified"], SIGNATURES[self.answer_kind], said)
        self.row["answer verified"] = "yes, " + self.answer_kind

    def test_2_call_altered_on_the_way_is_refused(self):
        with AlteringProxy(world.daemon.http, request=self.alteration_of_call) as proxy:
            said = self.say(f"{proxy.url}/services/{self.service}")
        self.assertEqual(proxy.altered, 1, "the call did not pass through the proxy as expected")
        self.assertEqual((said["outcome"], said.get("code")), ("refused", "FailedCheck"), said)
        self.assertNotIn(world.company, str(said))
        if self.verifies_faults:
            self.assertEqual(said["verified"], SIGNATURES["p256"], "the fault is signed with P-256")
        if self.shows_detail:
            self.assert_incident_is_journaled(said["detail"])
        self.row["altered call refused"] = "wsse:" + said["code"]

    def test_3_answer_altered_on_the_way_is_noticed(self):
        with AlteringProxy(world.daemon.http, answer=self.alteration_of_answer) as proxy:
            said = self.say(f"{proxy.url}/services/{self.service}")
        self.assertEqual(proxy.altered, 1, "the answer did not pass through the proxy as expected")
        self.assertEqual(said["outcome"], "distrusted", said)
        self.row["altered answer noticed"] = "yes"

    def assert_incident_is_journaled(self, detail):
        records = world.daemon.cli("journal", "list")
        found = [record for record in records if record["exchange"] in detail]
        self.assertTrue(found, f"no journal entry for the incident of {detail}")


class ZeepRsa(Signing, unittest.TestCase):
    name, kind, prepare, verifies_faults = "zeep + xmlsec", "rsa", clients.prepare_zeep, True


class ZeepP256(Signing, unittest.TestCase):
    name, kind, prepare, verifies_faults = "zeep + xmlsec", "p256", clients.prepare_zeep, True


class ZeepP384(ZeepP256):
    kind = "p384"


class ZeepP521(ZeepP256):
    kind = "p521"


class ZeepSoap12(Signing, unittest.TestCase):
    name, kind, prepare, verifies_faults = "zeep + xmlsec, SOAP 1.2", "p256", clients.prepare_zeep, True
    service, operation = "zhijian/org-code", "GetOrganisation"
    alteration_of_call = property(lambda self: (world.code[8:17], "00000000X"))

    @classmethod
    def call(cls):
        return world.get_organisation()


class NodeRsa(Signing, unittest.TestCase):
    name, kind, prepare, verifies_faults = "node soap + xml-crypto", "rsa", clients.prepare_node, True


class NodePss(NodeRsa):
    method = PSS


class NodeEd25519(NodeRsa):
    kind = "ed25519"


class GsoapRsa(Signing, unittest.TestCase):
    name, kind, prepare = "gSOAP wsse", "rsa", clients.prepare_gsoap
    shows_detail = False


class Wss4jRsa(Signing, unittest.TestCase):
    name, kind, prepare, verifies_faults = "WSS4J 1.6 + Axis 1.4", "rsa", clients.prepare_wss4j, True

    def address(self):
        # Axis compares host names with a certificate's DNS names only, never with its IP addresses.
        return f"{world.daemon.https}/services/{self.service}".replace("127.0.0.1", "localhost")


class Wss4jP256(Wss4jRsa):
    kind = "p256"


class Wss4jEncrypted(unittest.TestCase):
    """WSS4J encrypts what it asks and opens what it is answered, in either order of signing and encrypting."""

    SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
    CIPHERS = {"AES-256-GCM": "http://www.w3.org/2009/xmlenc11#aes256-gcm",
               "AES-128-GCM": "http://www.w3.org/2009/xmlenc11#aes128-gcm",
               "AES-256-CBC": "http://www.w3.org/2001/04/xmlenc#aes256-cbc",
               "AES-128-CBC": "http://www.w3.org/2001/04/xmlenc#aes128-cbc"}
    service = "gs/company-secret"

    @classmethod
    def setUpClass(cls):
        cls.command = clients.prepare_wss4j()
        cls.what = world.find_company(cls.service)
        cls.identity = world.identity("encrypting", "rsa", cls.service, "FindCompanies")

    def ask(self, order, cipher, digest=SHA256, identity=None, service=None, proxy=None):
        options = ["--encrypt-for", world.encryption, "--order", order, "--cipher", self.CIPHERS[cipher]]
        if digest:
            options += ["--oaep-digest", digest]
        if not order:
            options = []
        address = f"{proxy.url if proxy else world.daemon.https}/services/{service or self.service}"
        what = world.find_company(service) if service else self.what
        identity = identity or self.identity
        return clients.call(self.command, what, world.ca, identity, address.replace("127.0.0.1", "localhost"),
                            SIGNATURES[identity.kind], options)

    def assert_answered(self, said, cipher):
        self.assertEqual(said["outcome"], "answered", said)
        self.assertIn(world.company, said["answer"])
        self.assertEqual(said["verified"], SIGNATURES["rsa"])
        self.assertEqual(said["opened"], self.CIPHERS[cipher])

    def row(self, how):
        row = table.setdefault((f"WSS4J 1.6, {how}", "RSA-2048"), {})
        row.update(dict.fromkeys(COLUMNS[:2], "FAILED"))
        return row

    def test_1_either_order_and_cipher(self):
        for order, cipher, digest in (("sign-encrypt", "AES-256-GCM", self.SHA256),
                                      ("encrypt-sign", "AES-256-GCM", self.SHA256),
                                      ("sign-encrypt", "AES-128-GCM", None)):
            with self.subTest(order=order, cipher=cipher):
                row = self.row(f"{order}, {cipher}")
                said = self.ask(order, cipher, digest)
                self.assert_answered(said, cipher)
                row.update({COLUMNS[0]: "answered", COLUMNS[1]: "yes, decrypted"})

    def test_2_cbc_only_where_it_was_signed(self):
        row = self.row("encrypt-sign, AES-128-CBC")
        # The answer is encrypted with the gateway's own choice, never with CBC.
        self.assert_answered(self.ask("encrypt-sign", "AES-128-CBC"), "AES-256-GCM")
        row.update({COLUMNS[0]: "answered", COLUMNS[1]: "yes, decrypted"})
        for cipher in ("AES-128-CBC", "AES-256-CBC"):
            said = self.ask("sign-encrypt", cipher)
            self.assertEqual((said["outcome"], said["code"]), ("refused", "FailedCheck"), said)
            self.assertNotIn("CBC", said["reason"])

    def test_3_unencrypted_calls_are_told_what_to_mend(self):
        said = self.ask("", "AES-256-GCM")
        self.assertEqual((said["outcome"], said["code"]), ("refused", "InvalidSecurity"), said)
        self.assertIn("/pki/encryption.pem", said["reason"])

    def test_4_a_caller_who_cannot_decrypt_is_told_before_anything_is_done(self):
        identity = world.identity("encrypting-p256", "p256", self.service, "FindCompanies")
        said = self.ask("sign-encrypt", "AES-256-GCM", identity=identity)
        self.assertEqual((said["outcome"], said["code"]), ("refused", "UnsupportedAlgorithm"), said)
        self.assertIn("RSA", said["reason"])

    def test_5_an_encrypted_call_of_a_signing_service_is_answered_encrypted(self):
        world.daemon.grant("encrypting", "gs/company", "FindCompanies")
        self.assert_answered(self.ask("sign-encrypt", "AES-256-GCM", service="gs/company"), "AES-256-GCM")
class Wss4jPss(Wss4jRsa):
    method = PSS


class Wss4jP521(Wss4jRsa):
    kind = "p521"


class Wss4jIssuerSerial(Wss4jRsa):
    name, key_identifier = "WSS4J 1.6, IssuerSerial", "issuer-serial"

    @classmethod
    def prepare(cls):
        return [*clients.prepare_wss4j(), "--key-identifier", cls.key_identifier]


class Wss4jKeyIdentifier(Wss4jIssuerSerial):
    name, key_identifier = "WSS4J 1.6, SubjectKeyIdentifier", "ski"


class Wss4jThumbprint(Wss4jIssuerSerial):
    name, key_identifier = "WSS4J 1.6, ThumbprintSHA1", "thumbprint"


class Wss4jUsernameToken(Wss4jRsa):
    """The service wants a UsernameToken, which the signature covers."""

    name, service = "WSS4J 1.6, UsernameToken + signature", "gs/company-user"

    @classmethod
    def prepare(cls):
        return clients.prepare_wss4j()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        password = world.daemon.cli("consumer", "password", cls.identity.consumer, "--generate")["password"]
        cls.without_user = cls.command
        cls.command = [*cls.without_user, "--user", cls.identity.consumer, "--password", password]

    def refused(self, command):
        said = self.say(self.address(), command)
        self.assertEqual((said["outcome"], said.get("code")), ("refused", "FailedCheck"), said)

    def test_4_wrong_password_is_refused(self):
        self.refused([*self.without_user, "--user", self.identity.consumer, "--password", "a wrong password"])

    def test_5_no_password_is_refused(self):
        self.refused(self.without_user)

    def test_6_password_of_somebody_else_is_refused(self):
        world.daemon.consumer("somebody", "bank")
        password = world.daemon.cli("consumer", "password", "somebody", "--generate")["password"]
        said = self.say(self.address(), [*self.without_user, "--user", "somebody", "--password", password])
        self.assertEqual((said["outcome"], said.get("code")), ("refused", "FailedAuthentication"), said)


class SamlHolderOfKey(Signing, unittest.TestCase):
    """An assertion made by pysaml2 says who it is that holds the key; no certificate is registered."""

    name, kind, prepare, verifies_faults = "zeep + pysaml2, SAML holder-of-key", "rsa", clients.prepare_saml, True
    service = "gs/company-saml"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        world.daemon.cli("consumer", "saml", "samlholderofkey", world.issuer.entity, "bank-clerk-7")
        cls.identity = world.stranger("holder")
        cls.client = cls.command
        cls.command = cls.with_assertion(world.issuer.assertion("bank-clerk-7", AUDIENCE, cls.identity.certificate))

    @classmethod
    def with_assertion(cls, text):
        file = world.folder / f"assertion-{hashlib.sha256(text.encode()).hexdigest()[:16]}.xml"
        file.write_text(text, encoding="utf-8")
        return [*cls.client, "--assertion", file]

    def refused(self, assertion, identity=None, code="FailedCheck"):
        said = self.say(None, self.with_assertion(assertion), identity)
        self.assertEqual((said["outcome"], said.get("code")), ("refused", code), said)
        self.assertNotIn(world.company, str(said))

    def made(self, name="bank-clerk-7", audience=None, issuer=None, **options):
        return (issuer or world.issuer).assertion(name, audience or AUDIENCE, self.identity.certificate, **options)

    def test_4_assertion_altered_is_refused(self):
        self.refused(self.made().replace("bank-clerk-7", "bank-clerk-8"))

    def test_5_another_key_than_the_holders_is_refused(self):
        self.refused(self.made(), world.stranger("thief"))

    def test_6_issuer_that_is_not_trusted_is_refused(self):
        self.refused(self.made(issuer=Issuer(world.folder, "false-idp")))

    def test_7_expired_assertion_is_refused(self):
        self.refused(self.made(age=600))

    def test_8_assertion_for_somebody_else_is_refused(self):
        self.refused(self.made(audience="https://other.example"))

    def test_9_bearer_assertion_is_refused(self):
        self.refused(self.made(method="urn:oasis:names:tc:SAML:2.0:cm:bearer"))

    def test_10_subject_that_is_nobody_here_is_refused(self):
        self.refused(self.made(name="nobody"), code="FailedAuthentication")

    def test_11_signature_without_assertion_is_refused(self):
        said = self.say(None, clients.prepare_zeep())
        self.assertEqual((said["outcome"], said.get("code")), ("refused", "FailedCheck"), said)


class PhpMutualTls(unittest.TestCase):
    """PHP cannot sign: TLS says who calls."""

    @classmethod
    def setUpClass(cls):
        cls.row = table.setdefault(("PHP SoapClient, mutual TLS", KEYS["p256"]), {})
        cls.row.update({COLUMNS[0]: "FAILED", COLUMNS[4]: "FAILED"})
        cls.command = clients.prepare_php()
        cls.what = world.find_company("gs/company-plain")
        cls.identity = world.identity("php", "p256", "gs/company-plain", "FindCompanies")

    def test_1_call_with_its_certificate_is_answered(self):
        said = clients.call(self.command, self.what, world.ca, self.identity)
        self.assertEqual(said["outcome"], "answered", said)
        self.assertIn(world.company, said["answer"])
        self.row["call"] = "answered"

    def test_2_call_without_its_certificate_is_refused(self):
        said = clients.call(self.command, self.what, world.ca)
        self.assertEqual((said["outcome"], said["code"]), ("refused", "FailedAuthentication"), said)
        self.assertNotIn(world.company, str(said))
        self.row["no certificate refused"] = "wsse:" + said["code"]


def print_table():
    rows = [("client", "key", *COLUMNS)]
    rows += [(*who, *(row.get(column, "–") for column in COLUMNS)) for who, row in table.items()]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    print()
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
    print()


if __name__ == "__main__":
    suite.main(after=print_table)

"""Encrypted calls through a real daemon, encrypted and opened by python cryptography and signed by xmlsec."""
import base64
import json
import pathlib
import re
import sys
import unittest
import urllib.request

import lxml.etree
import xmlsec

import registry_case
import suite
from echo_backend import envelope
from echo_platform import EchoPlatform
from hutong_daemon import WITHOUT_REVOCATION, Identity
from pki_case import openssl
from wss_sign import SOAP, WSA, WSSE, WSU, signed

sys.path.insert(0, str(suite.ROOT / "tests" / "unit" / "xmlenc"))
import decrypt_message      # noqa: E402
import encrypt_messages     # noqa: E402

XENC = "http://www.w3.org/2001/04/xmlenc#"
XENC11 = "http://www.w3.org/2009/xmlenc11#"
DS = "http://www.w3.org/2000/09/xmldsig#"
SECRET = "/services/gs/secret"
TEXT = "企业机密"


class EncryptionCase(unittest.TestCase):
    """A platform with a service gs/secret, whose consumer "tax" has an RSA certificate."""

    @classmethod
    def setUpClass(cls):
        cls.platform = EchoPlatform(kind="rsa")
        cls.addClassCleanup(cls.platform.stop)
        daemon = cls.platform.daemon
        daemon.publish(registry_case.write_wsdl(daemon.folder), "gs", "secret",
                       endpoint=cls.platform.backend.url, policy="sign-encrypt")
        daemon.grant("tax", "gs/secret")
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(
                daemon.http + "/pki/encryption.pem", timeout=30) as answer:
            cls.certificate = answer.read().decode()

    def setUp(self):
        self.platform.backend.received.clear()

    def encrypted(self, message=None, **changes):
        job = {"certificate": self.certificate, "transport": XENC11 + "rsa-oaep", "digest": XENC + "sha256",
               "mgf": XENC11 + "mgf1sha256", "cipher": XENC11 + "aes256-gcm", "parts": ["body"], "key_info": "issuer"}
        return encrypt_messages.encrypted(message or self.platform.message(TEXT), job | changes)

    def signed_last(self, encrypted, identity):
        """An encrypted message signed; the EncryptedKey comes behind the signature."""
        root = lxml.etree.fromstring(signed(encrypted, identity.key, identity.certificate))
        security = root.find(f".//{{{WSSE}}}Security")
        security.append(security.find(f"{{{XENC}}}EncryptedKey"))
        return lxml.etree.tostring(root, encoding="utf-8")


class Encryption(EncryptionCase):
    def opened(self, body, identity=None):
        """The answer in the clear, once its own signature over that was found good."""
        self.assertNotIn("机密".encode(), body)
        self.assertNotIn(b"SignatureValue", body)
        clear = decrypt_message.opened(body, pathlib.Path((identity or self.platform.caller).key).read_bytes())
        root = lxml.etree.fromstring(clear)
        xmlsec.tree.add_ids(root, ["Id"])
        context = xmlsec.SignatureContext()
        context.key = xmlsec.Key.from_memory(
            base64.b64decode(root.findtext(f".//{{{WSSE}}}BinarySecurityToken")), xmlsec.KeyFormat.CERT_DER)
        context.verify(root.find(f".//{{{WSSE}}}Security/{{{DS}}}Signature"))
        digested = {reference.get("URI") for reference in root.iter(f"{{{DS}}}Reference")}
        self.assertIn("#" + root.find(f"{{{SOAP}}}Body").get(f"{{{WSU}}}Id"), digested)
        return root

    def fault(self, body):
        """(faultcode, faultstring) in the clear."""
        root = lxml.etree.fromstring(body)
        return root.findtext(".//faultcode"), root.findtext(".//faultstring")

    def test_an_encrypted_call_is_answered_encrypted(self):
        status, _, body = self.platform.post(self.encrypted(), SECRET)
        self.assertEqual(status, 200, body)
        _, received = self.platform.backend.received[-1]
        self.assertIn("机密".encode(), received)
        for word in (b"EncryptedData", b"EncryptedKey", WSSE.encode()):
            self.assertNotIn(word, received)
        self.assertIn("机密", "".join(self.opened(body).itertext()))

    def test_what_is_read_as_a_tree_is_bound_to_its_action_too(self):
        """The operation is known only once the Body is in the clear."""
        for header, at in (({"SOAPAction": '"urn:test:echo/Delete"'}, ""),
                           ({}, f'<a:Action xmlns:a="{WSA}">urn:test:echo/Delete</a:Action>'),
                           ({}, f'<a:To xmlns:a="{WSA}">{self.platform.daemon.https}/services/gs/echo</a:To>')):
            message = self.platform.message(TEXT, at, parts=("Body", "Timestamp", "Action", "To"))
            status, _, body = self.platform.post(self.encrypted(message), SECRET, headers=header)
            self.assertNotEqual(status, 200, header or at)
            _, reason = self.fault(decrypt_message.opened(
                body, pathlib.Path(self.platform.caller.key).read_bytes()))
            self.assertRegex(reason, "SOAPAction|wsa:Action|wsa:To")
            self.assertEqual(self.platform.backend.received, [])

    def test_encrypted_first_and_then_signed(self):
        bare = envelope(TEXT, f'<wsse:Security xmlns:wsse="{WSSE}"/>')
        status, _, body = self.platform.post(self.signed_last(self.encrypted(bare), self.platform.caller), SECRET)
        self.assertEqual(status, 200, body)
        self.assertIn("机密".encode(), self.platform.backend.received[-1][1])
        self.opened(body)

    def test_the_backend_gets_what_was_validated(self):
        """The plaintext is held against the schema like any Body."""
        wrong = signed(envelope("<z/>"), self.platform.caller.key,
                       self.platform.caller.certificate)
        status, _, body = self.platform.post(self.encrypted(wrong), SECRET)
        self.assertEqual(status, 500)
        self.assertIn("does not fit the contract", "".join(self.opened(body).itertext()))
        self.assertEqual(self.platform.backend.received, [])

    def test_every_failure_to_decrypt_looks_the_same(self):
        good = self.encrypted()

        def flipped(mark, octet):
            root = lxml.etree.fromstring(good)
            value = root.find(f".//{{{XENC}}}{mark}/{{{XENC}}}CipherData/{{{XENC}}}CipherValue")
            octets = bytearray(base64.b64decode(value.text))
            octets[octet] ^= 1
            value.text = base64.b64encode(octets).decode()
            return lxml.etree.tostring(root, encoding="utf-8")

        attacks = {"key": flipped("EncryptedKey", 50), "iv": flipped("EncryptedData", 0),
                   "ciphertext": flipped("EncryptedData", 20), "tag": flipped("EncryptedData", -1),
                   "content key of the wrong size": self.encrypted(key_bytes=16),
                   "type": good.replace(b"xmlenc#Content", b"xmlenc#Element"),
                   "RSA 1.5": self.encrypted(transport=XENC + "rsa-1_5", digest="", mgf=""),
                   "SHA-1": self.encrypted(transport=XENC + "rsa-oaep-mgf1p", digest="", mgf=""),
                   "unsigned CBC": self.encrypted(cipher=XENC + "aes128-cbc"),
                   "plaintext that is no XML": self.encrypted(plaintext={"body": "<a>"}),
                   "plaintext that reaches out": self.encrypted(
                       plaintext={"body": "</e:Body></e:Envelope><!-- -->"}),
                   "signature": self.encrypted(plaintext={"body": "<forged/>"})}
        seen, reasons = set(), set()
        for name, message in attacks.items():
            with self.subTest(name):
                status, headers, body = self.platform.post(message, SECRET)
                seen.add((status, *self.fault(body)))
                record = self.platform.daemon.cli("journal", "show", headers["Hutong-Exchange"])[-1]
                reasons.add(record["reason"])
        self.assertEqual(len(seen), 1, seen)
        self.assertEqual(next(iter(seen))[2], "The signature was not verified.")
        self.assertGreaterEqual(len(reasons), 8, reasons)     # the officer is told them apart
        self.assertEqual(self.platform.backend.received, [])

    def test_algorithms_are_narrowed_by_policy(self):
        daemon = self.platform.daemon
        policy = daemon.folder / "strict.toml"
        policy.write_text("preset = 'sign-encrypt'\n[request]\ncontent_algorithms = ['aes256-gcm']\n"
                          "key_transports = ['rsa-oaep']\n")
        daemon.publish(daemon.folder / "echo.wsdl", "gs", "strict", endpoint=self.platform.backend.url,
                       policy=str(policy))
        daemon.grant("tax", "gs/strict")
        path = "/services/gs/strict"
        bare = envelope(TEXT, f'<wsse:Security xmlns:wsse="{WSSE}"/>')

        def both(**changes):
            return (self.encrypted(**changes), self.signed_last(self.encrypted(bare, **changes), self.platform.caller))

        def refused(message, reason):
            status, headers, body = self.platform.post(message, path)
            self.assertEqual((status, self.fault(body)[1]), (500, "The signature was not verified."))
            record = self.platform.daemon.cli("journal", "show", headers["Hutong-Exchange"])[-1]
            self.assertIn(reason, record["reason"])
            self.assertEqual(self.platform.backend.received, [])

        weaker = {"cipher": XENC11 + "aes128-gcm"}
        for message in both(**weaker):
            refused(message, 'content algorithm "http://www.w3.org/2009/xmlenc11#aes128-gcm" is none of those')
        for message in both():
            status, _, body = self.platform.post(message, path)
            self.assertEqual(status, 200, body)
        for message in both(**weaker):
            self.assertEqual(self.platform.post(message, SECRET)[0], 200)
        self.platform.backend.received.clear()
        daemon.cli("service", "policy", "gs/strict", "--set", 'request.key_transports=["urn:oid:1.2.156.10197.1.301.3"]')
        for message in both():
            refused(message, 'key transport "http://www.w3.org/2009/xmlenc11#rsa-oaep" is none of those')

    def test_faults_to_a_known_caller_are_encrypted(self):
        self.platform.daemon.consumer("stranger", "gs")
        identity = self.platform.daemon.issue("stranger", "rsa")
        message = signed(envelope("机密"), identity.key, identity.certificate)
        status, _, body = self.platform.post(self.encrypted(message), SECRET)
        self.assertEqual(status, 500)
        root = self.opened(body, identity)
        self.assertIn("no grant", root.findtext(".//faultstring"))

    def test_what_is_not_encrypted_is_told_what_to_mend(self):
        status, _, body = self.platform.post(self.platform.message(), SECRET)
        self.assertEqual(status, 500)
        self.assertIn("/pki/encryption.pem", self.fault(body)[1])
        self.assertEqual(self.platform.backend.received, [])

    def test_a_signing_service_reads_encrypted_calls_too(self):
        status, _, body = self.platform.post(self.encrypted())
        self.assertEqual(status, 200, body)
        self.opened(body)
        status, _, body = self.platform.post(self.platform.message("机密"))
        self.assertEqual(status, 200)
        self.assertIn("机密".encode(), body)

    def test_p256_callers_need_a_registered_rsa_certificate(self):
        daemon = self.platform.daemon
        daemon.consumer("customs", "gs")
        daemon.grant("customs", "gs/secret")
        identity = daemon.issue("customs", "p256")
        call = lambda: self.platform.post(     # noqa: E731
            self.encrypted(signed(envelope("机密"), identity.key, identity.certificate)), SECRET)
        status, _, body = call()
        self.assertEqual((status, self.fault(body)[0].rpartition(":")[2]), (500, "UnsupportedAlgorithm"))
        self.assertIn("RSA", self.fault(body)[1])
        self.assertEqual(self.platform.backend.received, [])
        registered = daemon.issue("customs", "rsa")
        status, _, body = call()
        self.assertEqual(status, 200, body)
        self.assertIn("机密", "".join(self.opened(body, registered).itertext()))

    def test_evidence_is_what_the_gateway_signed(self):
        _, headers, _ = self.platform.post(self.encrypted(), SECRET)
        records = self.platform.daemon.cli("journal", "show", headers["Hutong-Exchange"])
        self.assertEqual([record["kind"] for record in records], ["request", "response"])


def outside_member(folder, name):
    """A CA of somebody else and one to whom it gave an RSA certificate: (the CA's certificate, an Identity)."""
    ca_key, ca = folder / f"{name}-ca.key", folder / f"{name}-ca.pem"
    key, request, certificate = (folder / f"{name}.{ending}" for ending in ("key", "csr", "pem"))
    extensions = folder / f"{name}.cnf"
    extensions.write_text("basicConstraints = critical,CA:FALSE\n"
                          "keyUsage = critical,digitalSignature,keyEncipherment\n")
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", ca_key, "-out", ca, "-subj", f"/CN={name} CA",
            "-days", "30", "-addext", "keyUsage=critical,keyCertSign,cRLSign")
    openssl("req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-subj", f"/CN={name}", "-out", request)
    openssl("x509", "-req", "-in", request, "-CA", ca, "-CAkey", ca_key, "-set_serial", "1", "-days", "30", "-extfile",
            extensions, "-out", certificate)
    return ca, Identity(name, "rsa", key, certificate, "1")


class OlderStacks(EncryptionCase):
    """RSA-OAEP with SHA-1 is for the members of trust domains that allow it: here the platform's own CAs."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        daemon = cls.platform.daemon
        ca, cls.outsider = outside_member(daemon.folder, "outsider")
        daemon.cli("trust", "add", ca, *WITHOUT_REVOCATION)
        daemon.cli("consumer", "add", "outsider", "--org", "gs", "--cert", cls.outsider.certificate)
        daemon.grant("outsider", "gs/secret")
        names = [one["name"] for one in daemon.cli("trust", "list") if one["own"]]
        with open(daemon.home / "hutong.toml", "a", encoding="utf-8") as file:
            file.write(f"\n[trust_domains.older]\nissuers = {json.dumps(names)}\nallow_oaep_sha1 = true\n")
        daemon.restart()

    SHA1 = {"transport": XENC + "rsa-oaep-mgf1p", "digest": "", "mgf": ""}

    def both_orders(self, identity, **changes):
        """Signed, then encrypted; and encrypted, then signed."""
        bare = envelope(TEXT, f'<wsse:Security xmlns:wsse="{WSSE}"/>')
        return {"signed first": self.encrypted(signed(envelope(TEXT), identity.key, identity.certificate), **changes),
                "encrypted first": self.signed_last(self.encrypted(bare, **changes), identity)}

    def test_members_of_the_domain_may(self):
        for order, message in self.both_orders(self.platform.caller, **self.SHA1).items():
            with self.subTest(order):
                status, _, body = self.platform.post(message, SECRET)
                self.assertEqual(status, 200, body)
                self.assertIn("机密".encode(), self.platform.backend.received[-1][1])
                # In the caller's own terms: it may know no others.
                self.assertIn(b"rsa-oaep-mgf1p", body)

    def test_nobody_else_may_and_all_refusals_are_the_same_bytes(self):
        for message in self.both_orders(self.outsider).values():
            status, _, body = self.platform.post(message, SECRET)
            self.assertEqual(status, 200, body)
        self.platform.backend.received.clear()
        broken = lxml.etree.fromstring(self.encrypted())
        value = broken.find(f".//{{{XENC}}}EncryptedKey/{{{XENC}}}CipherData/{{{XENC}}}CipherValue")
        value.text = base64.b64encode(bytes(256)).decode()
        unsigned = envelope(TEXT, f'<wsse:Security xmlns:wsse="{WSSE}"/>')
        messages = self.both_orders(self.outsider, **self.SHA1) | {
            "does not decrypt": lxml.etree.tostring(broken, encoding="utf-8"),
            "stale": self.encrypted(signed(envelope(TEXT), self.outsider.key, self.outsider.certificate, age=3600),
                                    **self.SHA1),
            "not signed": self.encrypted(unsigned, **self.SHA1)}
        seen, reasons = {}, {}
        for name, message in messages.items():
            status, headers, body = self.platform.post(message, SECRET)
            incident = headers["Hutong-Exchange"]
            self.assertIn(incident.encode(), body)
            told = {key: value for key, value in headers.items() if key not in ("Date", "Hutong-Exchange")}
            seen[name] = (status, told, self.without_ids(body, incident))
            reasons[name] = self.platform.daemon.cli("journal", "show", incident)[-1]["reason"]
        for name, answer in seen.items():
            self.assertEqual(answer, seen["does not decrypt"], name)
        self.assertIn(b"The signature was not verified.", seen["signed first"][2])
        for name in ("signed first", "encrypted first", "stale"):
            self.assertIn("off in the signer's trust domain", reasons[name], name)
        self.assertIn("does not open", reasons["does not decrypt"])
        self.assertEqual(self.platform.backend.received, [])

    def without_ids(self, body, incident):
        """A signed fault without what is new in each: its ids, times, and the values over them."""
        body = body.replace(incident.encode(), b"INCIDENT")
        body = re.sub(rb"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", b"UUID", body)
        body = re.sub(rb"\d{4}-\d\d-\d\dT[0-9:.]+Z", b"TIME", body)
        return re.sub(rb"(<ds:(?:Digest|Signature)Value>)[^<]*", rb"\1VALUE", body)


if __name__ == "__main__":
    suite.main()

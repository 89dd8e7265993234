"""The security service behind the gateway: what it answers, checked by openssl and xmlsec1, and who gets no answer."""
import base64
import datetime
import hashlib
import json
import subprocess
import unittest
import urllib.request

import suite
import throwaway
from echo_platform import post
from hutong_daemon import CommandFailed, Daemon
from security_client import NS, Refused, SecurityClient, envelope, facts, octets
from wss_sign import signed

DOCUMENT = '<d:批文 xmlns:d="urn:doc"><d:事项>准予登记</d:事项></d:批文>'.encode()


class SecurityService(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon()
        try:
            cls.daemon.init()
            cls.daemon.start()
            for org, name in (("platform", "电子政务平台"), ("gs", "工商局"), ("ds", "地税局")):
                cls.daemon.org(org, name)
            cls.daemon.cli("service", "install", "security", "--org", "platform", "--journal", "full")
            cls.clients = {}
            for consumer, org, kind in (("tax", "ds", "p256"), ("company", "gs", "rsa")):
                cls.daemon.consumer(consumer, org)
                cls.daemon.grant(consumer, "platform/security")
                cls.clients[consumer] = SecurityClient(cls.daemon.http, cls.daemon.issue(consumer, kind))
            for name, kind, purpose in (("gs-seal", "rsa", "sign"), ("gs-stamp", "p256", "sign"), ("gs-box", "rsa", "decrypt")):
                cls.daemon.cli("security-key", "make", name, "--org", "gs", "--kind", kind, "--purpose", purpose)
            cls.daemon.ca_file()
        except BaseException:
            cls.daemon.print_log()
            cls.daemon.__exit__(None, None, None)
            raise

    @classmethod
    def tearDownClass(cls):
        cls.daemon.__exit__(None, None, None)

    def setUp(self):
        self.client, self.stranger = self.clients["company"], self.clients["tax"]

    def assert_refused(self, code, client, *arguments):
        with self.assertRaises(Refused) as caught:
            client.call(*arguments)
        self.assertEqual(caught.exception.code, code, caught.exception)
        self.assertIn(b"SignatureValue", caught.exception.text)
        return caught.exception

    def run_in(self, *command, good=True, **files):
        """Runs a command in a folder with these files (name of file with _ for a dot)."""
        folder = throwaway.folder("ht-doc-")
        try:
            for name, content in files.items():
                (folder / name.replace("_", ".")).write_bytes(content)
            done = subprocess.run([throwaway.program(command[0]), *map(str, command[1:])], cwd=folder, capture_output=True)
            self.assertEqual(done.returncode == 0, good, done.stderr + done.stdout)
            return done.stdout
        finally:
            subprocess.run(["rm", "-rf", folder], check=True)

    # Signing and verifying

    def test_openssl_verifies_a_cms(self):
        for key in ("gs-seal", "gs-stamp"):
            cms = self.client.sign(key, "cms", DOCUMENT)
            got = self.run_in("openssl", "cms", "-verify", "-cades", "-purpose", "any", "-inform", "DER", "-in", "sig", "-content",
                              "doc", "-binary", "-CAfile", self.daemon.ca_file(), sig=cms, doc=DOCUMENT)
            self.assertEqual(got, DOCUMENT)
            self.run_in("openssl", "cms", "-verify", "-purpose", "any", "-inform", "DER", "-in", "sig", "-content", "doc",
                        "-binary", "-CAfile", self.daemon.ca_file(), sig=cms, doc=DOCUMENT + b" ", good=False)

    def test_xmlsec1_verifies_xml_signatures(self):
        for key in ("gs-seal", "gs-stamp"):
            enveloped = self.client.sign(key, "xmlEnveloped", DOCUMENT)
            detached = self.client.sign(key, "xmlDetached", DOCUMENT, ("reference", "document.xml"))
            for signature in (enveloped, detached):
                verify = ("xmlsec1", "verify", "--trusted-pem", self.daemon.home / "pki" / "root.pem", "signature.xml")
                self.run_in(*verify, signature_xml=signature, document_xml=DOCUMENT)
            self.run_in(*verify, signature_xml=detached, document_xml=DOCUMENT + b"\n", good=False)

    def test_openssl_verifies_a_raw_value(self):
        answer = self.client.call("Sign", ("keyName", "gs-seal"), ("form", "raw"), ("content", DOCUMENT))
        certificate = octets(answer, "certificate")
        pem = self.run_in("openssl", "x509", "-inform", "DER", "-in", "c", "-noout", "-pubkey", c=certificate)
        self.run_in("openssl", "dgst", "-sha256", "-verify", "key", "-signature", "sig", "doc", key=pem,
                    sig=octets(answer, "signature"), doc=DOCUMENT)
        verdict, = self.client.verify("raw", octets(answer, "signature"), DOCUMENT, ("certificate", certificate))
        self.assertEqual((verdict["integrity"], verdict["signer"]["status"]), ("intact", "trusted"))

    def test_verdicts_say_who_when_and_why(self):
        now = datetime.datetime.now(datetime.timezone.utc)
        cms = self.client.sign("gs-stamp", "cms", DOCUMENT)
        verdict, = self.stranger.verify("cms", cms, DOCUMENT)
        self.assertEqual(verdict["integrity"], "intact")
        said = datetime.datetime.fromisoformat(verdict["signingTime"].replace("Z", "+00:00"))
        self.assertLess(abs((said - now).total_seconds()), 60)
        signer = verdict["signer"]
        self.assertEqual((signer["status"], signer["securityKey"], signer["organisation"]), ("trusted", "gs-stamp", "gs"))
        self.assertIn("工商局", signer["subject"])
        verdict, = self.stranger.verify("cms", cms, DOCUMENT + b" ")
        self.assertEqual(verdict["integrity"], "broken")
        self.assertIn("not the one that was signed", verdict["reason"])
        self.assertEqual(verdict["signer"]["status"], "trusted")

    def test_a_stranger_s_signature_is_intact_and_not_trusted(self):
        folder = self.daemon.folder
        subprocess.run([throwaway.program("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", folder / "own.key",
                        "-out", folder / "own.pem", "-subj", "/CN=gs", "-days", "2", "-addext",
                        "basicConstraints=critical,CA:FALSE"], check=True, capture_output=True)
        cms = self.run_in("openssl", "cms", "-sign", "-binary", "-outform", "DER", "-in", "doc", "-signer", folder / "own.pem",
                          "-inkey", folder / "own.key", doc=DOCUMENT)
        verdict, = self.client.verify("cms", cms, DOCUMENT)
        self.assertEqual((verdict["integrity"], verdict["signer"]["status"]), ("intact", "noPath"))

    def test_a_revoked_key_signs_no_more_and_what_it_signed_keeps_its_time(self):
        made = self.daemon.cli("security-key", "make", "gs-old", "--org", "gs")
        cms = self.client.sign("gs-old", "cms", DOCUMENT)
        before = datetime.datetime.now(datetime.timezone.utc)
        subprocess.run(["sleep", "1.1"], check=True)      # revocation dates have whole seconds
        self.daemon.cli("cert", "revoke", made["serial"], "--reason", "superseded")
        refusal = self.assert_refused("KeyUnavailable", self.client, "Sign", ("keyName", "gs-old"), ("form", "cms"),
                                      ("content", DOCUMENT))
        self.assertNotIn("revoked", refusal.reason)
        verdict, = self.client.verify("cms", cms, DOCUMENT)
        self.assertEqual((verdict["integrity"], verdict["signer"]["status"]), ("intact", "revoked"))
        as_of = before.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        verdict, = self.client.verify("cms", cms, DOCUMENT, ("asOf", as_of))
        self.assertEqual(verdict["signer"]["status"], "trusted")
        self.assertIn("revokedAt", verdict["signer"])

    def test_openssl_verifies_a_timestamp(self):
        digest = hashlib.sha256(DOCUMENT).digest()
        for field in (("content", DOCUMENT), ("digest", digest)):
            answer = self.client.call("Timestamp", field)
            said = facts(answer)
            self.assertEqual(said["selfAttested"], "true")
            self.assertIn("timestamps of", said["authority"])
            verify = ("openssl", "ts", "-verify", "-data", "doc", "-in", "token", "-token_in", "-CAfile", self.daemon.ca_file())
            token = octets(answer, "token")
            self.run_in(*verify, doc=DOCUMENT, token=token)
            self.run_in(*verify, doc=DOCUMENT + b" ", token=token, good=False)
            shown = self.run_in("openssl", "ts", "-reply", "-in", "token", "-token_in", "-text", token=token).decode()
            stamped = datetime.datetime.fromisoformat(said["time"].replace("Z", "+00:00"))
            self.assertIn(stamped.strftime("%H:%M:%S"), shown)
        for fields in ((), (("digest", digest[1:]),), (("digest", digest), ("content", DOCUMENT))):
            with self.assertRaises(Refused):
                self.client.call("Timestamp", *fields)

    # Encrypting and decrypting

    def test_what_is_sealed_for_a_key_opens(self):
        for recipient in (("keyName", "gs-box"), ("consumer", "company")):
            answer = self.client.call("Encrypt", ("content", DOCUMENT), ("recipient", [recipient]))
            sealed = octets(answer, "envelope")
        self.run_in("openssl", "cms", "-decrypt", "-inform", "DER", "-in", "s", "-recip", self.client.caller.certificate, "-inkey",
                    self.client.caller.key, s=sealed)
        sealed = octets(self.client.call("Encrypt", ("content", DOCUMENT), ("recipient", [("keyName", "gs-box")])), "envelope")
        opened = self.client.call("Decrypt", ("keyName", "gs-box"), ("envelope", sealed))
        self.assertEqual(octets(opened, "content"), DOCUMENT)

    def test_openssl_seals_and_the_service_opens(self):
        box = self.daemon.folder / "box.pem"
        box.write_bytes((self.daemon.home / "keys" / "service-gs-box.pem").read_bytes())
        sealed = self.run_in("openssl", "cms", "-encrypt", "-binary", "-outform", "DER", "-aes-256-gcm", "-in", "doc", "-recip", box,
                             "-keyopt", "rsa_padding_mode:oaep", "-keyopt", "rsa_oaep_md:sha256", doc=DOCUMENT)
        opened = self.client.call("Decrypt", ("keyName", "gs-box"), ("envelope", sealed))
        self.assertEqual(octets(opened, "content"), DOCUMENT)

    def test_nobody_to_encrypt_for(self):
        self.assert_refused("UnknownRecipient", self.client, "Encrypt", ("content", b"x"), ("recipient", [("consumer", "tax")]))
        self.assert_refused("UnknownRecipient", self.client, "Encrypt", ("content", b"x"), ("recipient", [("consumer", "nobody")]))

    # Certificates

    def test_sm2_signs(self):
        self.daemon.cli("security-key", "make", "gs-sm2", "--org", "gs", "--kind", "sm2")
        for form in ("cms", "xmlEnveloped"):
            signature = self.client.sign("gs-sm2", form, DOCUMENT)
            verdict, = self.client.verify(form, signature, None if form == "xmlEnveloped" else DOCUMENT)
            self.assertEqual((verdict["integrity"], verdict["signer"]["status"]), ("intact", "trusted"), verdict)
            self.assertEqual(verdict["algorithm"], "urn:oid:1.2.156.10197.1.501")

    def test_certificates_are_judged_for_their_use(self):
        answer = self.client.call("Sign", ("keyName", "gs-seal"), ("form", "raw"), ("content", b"x"))
        certificate = octets(answer, "certificate")
        for use, status in (("documentSigning", "trusted"), ("messageSigning", "wrongUsage"), ("tlsClient", "wrongUsage"),
                            ("encryption", "wrongUsage")):
            verdict = facts(self.client.call("ValidateCertificate", ("certificate", certificate), ("use", use)))["verdict"]
            self.assertEqual(verdict["status"], status, verdict)
        verdict = facts(self.client.call("ValidateCertificate", ("certificate", b"nonsense"), ("use", "encryption")))["verdict"]
        self.assertEqual(verdict["status"], "malformed")
        self.assert_refused("BadContent", self.client, "ValidateCertificate", ("certificate", certificate), ("use", "encryption"),
                            ("asOf", "2100-01-01T00:00:00Z"))

    # What an attacker tries

    def test_a_key_that_is_not_granted_is_as_unknown_as_one_that_is_not_there(self):
        told = set()
        for name in ("gs-seal", "no-such-key", "sign-rsa", "service-gs-seal"):
            refusal = self.assert_refused("UnknownKey", self.stranger, "Sign", ("keyName", name), ("form", "raw"), ("content", b"x"))
            told.add(refusal.reason)
            self.assertNotIn(b"gs-seal", refusal.text)
        for name in ("gs-box", "encrypt-rsa"):
            told.add(self.assert_refused("UnknownKey", self.stranger, "Decrypt", ("keyName", name), ("envelope", b"x")).reason)
        self.assertEqual(len(told), 1)
        self.assert_refused("Client", self.stranger, "Sign", ("keyName", "../sign-rsa"), ("form", "raw"), ("content", b"x"))
        self.daemon.cli("security-key", "grant", "gs-seal", "ds")
        self.assertTrue(self.stranger.sign("gs-seal", "raw", b"x"))
        self.daemon.cli("security-key", "revoke", "gs-seal", "ds")
        self.assert_refused("UnknownKey", self.stranger, "Sign", ("keyName", "gs-seal"), ("form", "raw"), ("content", b"x"))

    def test_purposes_do_not_mix(self):
        self.assert_refused("WrongUse", self.client, "Sign", ("keyName", "gs-box"), ("form", "raw"), ("content", b"x"))
        self.assert_refused("WrongUse", self.client, "Decrypt", ("keyName", "gs-seal"), ("envelope", b"x"))

    def test_operations_are_granted_one_by_one(self):
        self.daemon.consumer("reader", "gs")
        self.daemon.grant("reader", "platform/security", "Verify")
        reader = SecurityClient(self.daemon.http, self.daemon.issue("reader"))
        cms = self.client.sign("gs-seal", "cms", DOCUMENT)
        self.assertEqual(reader.verify("cms", cms, DOCUMENT)[0]["integrity"], "intact")
        self.assert_refused("FailedAuthentication", reader, "Sign", ("keyName", "gs-seal"), ("form", "raw"), ("content", b"x"))

    def test_an_unsigned_or_replayed_call_gets_nothing(self):
        message = envelope("Sign", [("keyName", "gs-seal"), ("form", "raw"), ("content", b"x")])
        self.assertIn(b"InvalidSecurity", post(self.daemon.http, message, self.client.path)[2])
        once = signed(message, self.client.caller.key, self.client.caller.certificate)
        self.assertEqual(post(self.daemon.http, once, self.client.path)[0], 200)
        self.assertIn(b"received before", post(self.daemon.http, once, self.client.path)[2])

    def test_everything_that_does_not_open_is_told_alike(self):
        box = self.daemon.home / "keys" / "service-gs-box.pem"
        good = octets(self.client.call("Encrypt", ("content", DOCUMENT), ("recipient", [("keyName", "gs-box")])), "envelope")
        encrypt = ("openssl", "cms", "-encrypt", "-binary", "-outform", "DER", "-in", "doc", "-recip", box)
        oaep = ("-keyopt", "rsa_padding_mode:oaep")
        probes = [b"nonsense", good[:-1], good[:-1] + bytes([good[-1] ^ 1]),
                  self.run_in(*encrypt, "-aes-256-gcm", doc=DOCUMENT),                # RSA 1.5
                  self.run_in(*encrypt, "-aes-256-cbc", *oaep, doc=DOCUMENT),         # not authenticated
                  self.run_in(*encrypt, "-aes-128-cbc", doc=DOCUMENT),
                  self.run_in("openssl", "cms", "-encrypt", "-binary", "-outform", "DER", "-in", "doc", "-aes-256-gcm", "-recip",
                              self.client.caller.certificate, *oaep, doc=DOCUMENT)]   # for somebody else
        wrapped = good.index(b"\x04\x82\x01\x00") + 4                                  # the wrapped content key
        for at in (wrapped, wrapped + 128, wrapped + 255):
            probes.append(good[:at] + bytes([good[at] ^ 0x80]) + good[at + 1:])
        answers = set()
        for probe in probes:
            refusal = self.assert_refused("NotDecrypted", self.client, "Decrypt", ("keyName", "gs-box"), ("envelope", probe))
            body = refusal.text[refusal.text.index(b"<faultcode>"):refusal.text.index(b"</env:Body>")]
            answers.add(body.replace(refusal.exchange.encode(), b""))
        self.assertEqual(len(answers), 1, answers)

    def test_too_much(self):
        refusal = self.assert_refused("Client", self.client, "Sign", ("keyName", "gs-seal"), ("form", "raw"), ("content", bytes((4 << 20) + 1)))
        self.assertIn("does not fit the contract", refusal.reason)
        self.assertTrue(self.client.sign("gs-stamp", "raw", bytes(4 << 20)))

    def test_what_is_no_document_is_told_so(self):
        for content in (b"no xml", b'<!DOCTYPE a [<!ENTITY b "b">]><a>&b;</a>', b"<a>" * 5000):
            refusal = self.assert_refused("BadContent", self.client, "Sign", ("keyName", "gs-seal"), ("form", "xmlEnveloped"),
                                          ("content", content))
            self.assertEqual(self.daemon.cli("journal", "show", refusal.exchange)[-1]["outcome"], "Client")

    def test_a_security_key_is_no_caller(self):
        """A WS-Security message whose SignatureValue the service makes, under the key's own certificate."""
        key, chain = (self.daemon.home / "keys" / f"service-gs-seal.{ending}" for ending in ("key", "pem"))
        message = signed(envelope("Sign", [("keyName", "gs-seal"), ("form", "raw"), ("content", b"x")]), key, chain)
        status, _, text = post(self.daemon.http, message, self.client.path)
        self.assertEqual(status, 500)
        self.assertIn(b"FailedAuthentication", text)
        with self.assertRaisesRegex(CommandFailed, "security key gs-seal"):
            self.daemon.cli("consumer", "add", "double", "--org", "gs", "--cert", chain)

    def test_a_request_signed_by_the_service_gets_no_certificate(self):
        key = self.daemon.home / "keys" / "service-gs-seal.key"
        request, out = self.daemon.folder / "seal.csr", self.daemon.folder / "seal.out"
        subprocess.run([throwaway.program("openssl"), "req", "-new", "-key", key, "-subj", "/CN=company", "-out", request], check=True)
        with self.assertRaisesRegex(CommandFailed, "security key gs-seal"):
            self.daemon.cli("cert", "issue", "--csr", request, "--consumer", "company", "--out", out)

    # The journal

    def test_the_journal_has_the_call_but_not_the_secret(self):
        secret = b"the salary is 12345"
        sealed = octets(self.client.call("Encrypt", ("content", secret), ("recipient", [("keyName", "gs-box")])), "envelope")
        calls = [self.client.exchange]
        self.client.call("Decrypt", ("keyName", "gs-box"), ("envelope", sealed))
        calls.append(self.client.exchange)
        for call in calls:
            records = self.daemon.cli("journal", "show", call)
            self.assertEqual([record["kind"] for record in records], ["request", "response"])
            self.assertEqual(records[0]["consumer"], "company")
            self.assertNotIn(base64.b64encode(secret).decode(), json.dumps(records))
            self.assertFalse(any(record.get("content") for record in records), records)
        self.client.sign("gs-seal", "raw", b"not secret")
        records = self.daemon.cli("journal", "show", self.client.exchange)
        self.assertIn("content", [record["kind"] for record in records])      # level full, as published

    # Clients others wrote

    def test_zeep_signs_verifies_seals_and_opens(self):
        document = self.daemon.folder / "document.xml"
        document.write_bytes(DOCUMENT)
        caller = self.client.caller
        done = subprocess.run(["/usr/bin/python3", "-B", suite.ROOT / "tests/interop/zeep/security.py", "--wsdl",
                               self.daemon.http + self.client.path + "?wsdl", "--ca", self.daemon.ca_file(), "--key", caller.key,
                               "--cert", caller.certificate, "--method", "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
                               "--seal", "gs-seal", "--box", "gs-box", "--document", document], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        said = json.loads(done.stdout)
        self.run_in("openssl", "cms", "-verify", "-purpose", "any", "-inform", "DER", "-in", "sig", "-content", "doc", "-binary",
                    "-CAfile", self.daemon.ca_file(), sig=base64.b64decode(said.pop("signature")), doc=DOCUMENT)
        self.assertEqual(said, {"integrity": "intact", "signer": "gs-seal", "status": "trusted", "opened": True,
                                "fault": "UnknownKey", "verified": "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"})

    # The contract

    def test_the_contract_is_served(self):
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with direct.open(self.daemon.http + self.client.path + "?wsdl", timeout=30) as answer:
            text = answer.read().decode()
        self.assertIn(self.client.path, text)
        self.assertIn(NS, text)
        said = self.daemon.cli("service", "install", "security", "--org", "platform", "--journal", "full")
        self.assertFalse(said["changed"])

    def test_wsdl2h_loads_the_contract(self):
        folder = suite.ROOT / "wsdl" / "contracts" / "security"
        made = self.daemon.folder / "security.h"
        subprocess.run([throwaway.program("wsdl2h"), "-o", made, folder / "security.wsdl"], check=True, capture_output=True)
        self.assertIn("ValidateCertificate", made.read_text())

    def test_an_agency_s_contract_cannot_name_a_service_of_the_program(self):
        with self.assertRaisesRegex(CommandFailed, "internal:security"):
            self.daemon.publish(suite.ROOT / "wsdl/contracts/security/security.wsdl", "gs", "mine", endpoint="internal:security")


if __name__ == "__main__":
    suite.main()

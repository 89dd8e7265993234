"""SM2, SM3 and SM4 end to end through a real daemon, with the openssl command as the other side and as the judge."""
import base64
import json
import subprocess
import sys
import unittest
import urllib.request

import lxml.etree
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

import registry_case
import sm2
import suite
from echo_backend import EchoBackend, envelope
from echo_platform import post
from hutong_daemon import WITHOUT_REVOCATION, CommandFailed, Daemon, hutong_binary
from wss_sign import SOAP, WSSE, signed

sys.path.insert(0, str(suite.ROOT / "tests" / "unit" / "xmlenc"))
import encrypt_messages     # noqa: E402

XENC = "http://www.w3.org/2001/04/xmlenc#"
WINDOW = "http://www.w3.org/2000/09/xmldsig#sm2-sm3"
CUSTOMS = "http://www.chinaport.gov.cn/2022/04/xmldsig#sm2-sm3"
CUSTOMS_SM3 = "http://www.chinaport.gov.cn/2022/04/xmldsig#sm3"
PROVINCE_CA_ID, PROVINCE_ID = "ca@province.gov.cn", "member@province.gov.cn"
DOMAINS = f"""
[trust_domains.customs]
issuers = ["CN=customs"]
sm2_der = ["{CUSTOMS}", "{WINDOW}"]
sm3 = ["{CUSTOMS_SM3}"]

[trust_domains.province]
issuers = ["CN=province"]
certificate_id = "{PROVINCE_CA_ID}"
message_id = "{PROVINCE_ID}"
sm2_raw = ["{WINDOW}"]
"""


def get(url):
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=30) as answer:
        return answer.read()


class National(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.backend = EchoBackend()
        cls.addClassCleanup(cls.backend.stop)
        cls.daemon = Daemon()
        cls.addClassCleanup(cls.daemon.__exit__, None, None, None)
        cls.daemon.init("--sm2")
        with open(cls.daemon.home / "hutong.toml", "a", encoding="utf-8") as file:
            file.write(DOMAINS)
        cls.daemon.start()
        cls.folder = cls.daemon.folder
        cls.daemon.org("gs", "工商行政管理局")
        wsdl = registry_case.write_wsdl(cls.folder)
        cls.daemon.publish(wsdl, "gs", "echo", endpoint=cls.backend.url, options=("--journal", "full"))
        cls.daemon.cli("service", "policy", "gs/echo", "--set", "signature_confirmation=true")
        cls.daemon.publish(wsdl, "gs", "secret", endpoint=cls.backend.url, policy="sign-encrypt")
        # An outside CA that issues pairs, and a consumer with both certificates of one.
        cls.authority = sm2.Authority(cls.folder, "outside")
        cls.daemon.cli("trust", "add", cls.authority.certificate, *WITHOUT_REVOCATION)
        cls.caller = cls.authority.issue("tax")
        cls.receiver = cls.authority.issue("tax-encryption", sm2.ENCRYPTION)
        cls.daemon.cli("consumer", "add", "tax", "--org", "gs", "--cert", cls.caller.certificate, "--encryption-cert",
                       cls.receiver.certificate)
        for service in ("gs/echo", "gs/secret"):
            cls.daemon.grant("tax", service)

    def setUp(self):
        self.backend.received.clear()

    def call(self, message, path="/services/gs/echo"):
        return post(self.daemon.http, message, path)

    def refused(self, message, path="/services/gs/echo"):
        status, headers, body = self.call(message, path)
        self.assertEqual(status, 500, body)
        self.assertEqual(self.backend.received, [])
        record = self.daemon.cli("journal", "show", headers["Hutong-Exchange"])[-1]
        return lxml.etree.fromstring(body).findtext(".//faultstring"), record["reason"]

    def member(self, authority, sm2_id=sm2.ID):
        """A consumer of another trust domain."""
        made = sm2.Authority(self.folder, authority, sm2_id)
        self.daemon.cli("trust", "add", made.certificate, *WITHOUT_REVOCATION)
        holder = made.issue(f"{authority}-member")
        self.daemon.cli("consumer", "add", authority, "--org", "gs", "--cert", holder.certificate)
        self.daemon.grant(authority, "gs/echo")
        return holder

    def test_signed_call_and_signed_answer(self):
        message = sm2.signed(envelope("国密企业"), self.caller)
        status, _, body = self.call(message)
        self.assertEqual(status, 200, body)
        self.assertIn("国密企业".encode(), self.backend.received[-1][1])
        self.assertTrue(sm2.openssl_verifies(body, self.folder))
        # And its certificate, to the platform's root.
        root = lxml.etree.fromstring(body)
        certificate = sm2.certificate_of(root, self.folder)
        authorities = self.folder / "platform.pem"
        authorities.write_bytes(get(self.daemon.http + "/pki/ca.pem"))
        self.assertIn(b"OK", sm2.openssl("verify", "-CAfile", authorities, certificate))
        changed = body.replace("国密".encode(), "國密".encode())
        self.assertNotEqual(changed, body)
        self.assertFalse(sm2.openssl_verifies(changed, self.folder))

    def test_one_changed_bit_is_refused(self):
        message = sm2.signed(envelope("国密企业"), self.caller)

        def flipped(mark):
            at = message.index(mark) + len(mark)
            end = message.index(b"<", at)
            octets = bytearray(base64.b64decode(message[at:end]))
            octets[9] ^= 16
            return message[:at] + base64.b64encode(octets) + message[end:]

        at = message.index("国密".encode()) + 2
        body = message[:at] + bytes([message[at] ^ 1]) + message[at + 1:]
        seen = {}
        for name, changed in {"Body": body, "SignatureValue": flipped(b"<ds:SignatureValue>"),
                              "DigestValue": flipped(b"<ds:DigestValue>")}.items():
            with self.subTest(name):
                self.assertEqual(sum(bin(a ^ b).count("1") for a, b in zip(body, message)), 1)
                fault, seen[name] = self.refused(changed)
                self.assertEqual(fault, "The signature was not verified.")
        self.assertIn("digest of #Body", seen["Body"])
        self.assertIn("signature value does not fit", seen["SignatureValue"])
        self.assertEqual(self.call(message)[0], 200)

    def test_a_signature_by_another_id_is_refused(self):
        _, reason = self.refused(sm2.signed(envelope("x"), self.caller, sm2_id="another"))
        self.assertIn("signature value does not fit", reason)

    def test_names_and_form_of_a_trust_domain(self):
        customs = self.member("customs")
        status, headers, body = self.call(sm2.signed(envelope("海关"), customs, method=CUSTOMS, digest=CUSTOMS_SM3, form="der"))
        self.assertEqual(status, 200, body)
        spoken = {"method": CUSTOMS, "digest": CUSTOMS_SM3, "form": "der", "also": ["SignatureConfirmation"]}
        self.assertTrue(sm2.openssl_verifies(body, self.folder, **spoken))
        self.assertFalse(sm2.openssl_verifies(body.replace("海关".encode(), "海閞".encode()), self.folder, **spoken))
        self.check_evidence(headers["Hutong-Exchange"], self.folder / "customs.pem")
        # Refusals of a known caller too.
        status, _, body = self.call(sm2.signed(envelope("x").replace(b"t:Echo", b"t:Ecko"), customs, method=CUSTOMS,
                                               digest=CUSTOMS_SM3, form="der"))
        self.assertEqual(status, 500, body)
        self.assertTrue(sm2.openssl_verifies(body, self.folder, **spoken))
        self.backend.received.clear()
        _, reason = self.refused(sm2.signed(envelope("x"), customs, method=CUSTOMS, digest=CUSTOMS_SM3))
        self.assertIn("signature value does not fit", reason)
        _, reason = self.refused(sm2.signed(envelope("x"), self.caller, method=CUSTOMS, form="der"))
        self.assertIn("trust domain of the signer", reason)

    def test_ids_of_a_trust_domain(self):
        member = self.member("province", PROVINCE_CA_ID)
        status, headers, body = self.call(sm2.signed(envelope("省"), member, method=WINDOW, sm2_id=PROVINCE_ID))
        self.assertEqual(status, 200, body)
        self.assertTrue(sm2.openssl_verifies(body, self.folder, method=WINDOW, sm2_id=PROVINCE_ID))
        self.assertFalse(sm2.openssl_verifies(body, self.folder, method=WINDOW))
        self.check_evidence(headers["Hutong-Exchange"], self.folder / "province.pem")
        self.backend.received.clear()
        _, reason = self.refused(sm2.signed(envelope("x"), member, method=WINDOW))
        self.assertIn("signature value does not fit", reason)

    def check_evidence(self, exchange, caller_root):
        """Offline too, what the domain agreed on counts: the journal says it."""
        archive, roots = self.folder / "evidence.zip", self.folder / "roots.pem"
        roots.write_bytes(get(self.daemon.http + "/pki/ca.pem"))
        self.daemon.cli("journal", "export", exchange, "--out", archive)
        done = subprocess.run([hutong_binary(), "journal", "verify", archive, "--root", roots, "--caller-root",
                               caller_root, "--json"], capture_output=True, text=True, timeout=60)
        said = json.loads(done.stdout)
        self.assertTrue(said["intact"], said)
        for end in ("-request", "-response"):
            messages = [check for check in said["checks"] if check["file"].endswith(end)]
            for what in ("signature", "certificate"):
                self.assertEqual([check["verdict"] for check in messages if check["check"] == what], ["ok"], said)

    def test_a_backend_of_a_trust_domain(self):
        """What is re-signed is written as the backend's domain has agreed, whoever calls."""
        wsdl = registry_case.write_wsdl(self.folder)
        self.daemon.publish(wsdl, "gs", "customs-office", endpoint=self.backend.url)
        self.daemon.grant("tax", "gs/customs-office")
        path = "/services/gs/customs-office"
        for domain, spoken in ((None, {}),
                               ("customs", {"method": CUSTOMS, "digest": CUSTOMS_SM3, "form": "der"}),
                               ("province", {"method": WINDOW, "sm2_id": PROVINCE_ID})):
            self.daemon.cli("service", "policy", "gs/customs-office", "--set", "backend=re-signed", "--set", "backend_key=sm2",
                            *(["--set", f"backend_domain={domain}"] if domain else []))
            self.backend.received.clear()
            status, _, body = self.call(sm2.signed(envelope("转发"), self.caller), path)
            self.assertEqual(status, 200, body)
            forwarded = self.backend.received[-1][1]
            self.assertTrue(sm2.openssl_verifies(forwarded, self.folder, also=["Identity"], **spoken), domain)
            self.assertFalse(sm2.openssl_verifies(forwarded.replace("转".encode(), "轉".encode()), self.folder, **spoken))
            self.assertTrue(sm2.openssl_verifies(body, self.folder))
        self.daemon.cli("service", "policy", "gs/customs-office", "--set", "backend_domain=nobody")
        self.backend.received.clear()
        _, reason = self.refused(sm2.signed(envelope("x"), self.caller), path)
        self.assertIn("nobody", reason)

    def test_an_encryption_certificate_never_signs(self):
        fault, reason = self.refused(sm2.signed(envelope("x"), self.receiver))
        self.assertIn("key usage", fault)
        self.assertIn("SM2 encryption certificate", reason)
        with self.assertRaises(CommandFailed) as failed:
            self.daemon.cli("consumer", "add", "other", "--org", "gs", "--cert", self.caller.certificate,
                            "--encryption-cert", self.authority.issue("two").certificate)
        self.assertIn("SM2 signing certificate", failed.exception.message)

    def test_the_platform_s_own_sm2_ca(self):
        """A request signed with the id, the SM2 CA's certificate, a call, revocation; openssl judges each."""
        self.daemon.cli("ca", "add", "national", "--kind", "sm2")
        self.daemon.consumer("own", "gs")
        self.daemon.grant("own", "gs/echo")
        holder = sm2.Holder(self.folder, "own")
        request = self.folder / "own.csr"

        def issue(sm2_id):
            sm2.openssl("req", "-new", "-key", holder.key, "-sm3", "-sigopt", f"distid:{sm2_id}", "-subj", "/CN=own", "-out",
                        request)
            self.daemon.cli("cert", "issue", "--csr", request, "--consumer", "own", "--out", holder.certificate)

        with self.assertRaises(CommandFailed) as failed:
            issue("another")
        self.assertIn("not signed by its own key", failed.exception.message)
        issue(sm2.ID)
        status, _, body = self.call(sm2.signed(envelope("自有"), holder))
        self.assertEqual(status, 200, body)
        self.assertTrue(sm2.openssl_verifies(body, self.folder))
        # The file holds the certificate and the CA's.
        whole = holder.certificate.read_text()
        authority = self.folder / "national.pem"
        authority.write_text(whole[whole.index("-----BEGIN", 10):])
        self.assertIn(b"SM2-with-SM3", sm2.openssl("x509", "-in", holder.certificate, "-noout", "-text"))
        self.assertIn(b"OK", sm2.openssl("verify", "-partial_chain", "-vfyopt", f"distid:{sm2.ID}", "-CAfile", authority,
                                         holder.certificate))
        serial = sm2.openssl("x509", "-in", holder.certificate, "-noout", "-serial").decode().strip().partition("=")[2]
        self.daemon.cli("cert", "revoke", serial.lower(), "--reason", "superseded")
        self.backend.received.clear()
        _, reason = self.refused(sm2.signed(envelope("x"), holder))
        self.assertIn("revoked", reason)
        shown = sm2.openssl("crl", "-inform", "DER", "-noout", "-text",
                            data=get(self.daemon.http + "/pki/crl/national.crl")).decode()
        self.assertIn("SM2-with-SM3", shown)
        self.assertIn(serial.upper(), shown)

    def encrypted_then_signed(self, text):
        certificate = get(self.daemon.http + "/pki/encryption-sm2.pem").decode()
        bare = envelope(text, f'<wsse:Security xmlns:wsse="{WSSE}"/>')
        job = {"certificate": certificate, "transport": encrypt_messages.SM2, "cipher": encrypt_messages.SM4_CBC,
               "parts": ["body"], "key_info": "issuer"}
        encrypted = lxml.etree.fromstring(encrypt_messages.encrypted(bare, job))
        key = encrypted.find(f".//{{{XENC}}}EncryptedKey")
        old = key.getparent()
        old.getparent().remove(old)
        root = lxml.etree.fromstring(sm2.signed(lxml.etree.tostring(encrypted), self.caller))
        # The signature, made last, stands in front.
        root.find(f".//{{{WSSE}}}Security").append(key)
        return lxml.etree.tostring(root, encoding="utf-8")

    def opened(self, body):
        """The answer's Body, with the key that the openssl command unwraps."""
        root = lxml.etree.fromstring(body)
        key = root.find(f".//{{{XENC}}}EncryptedKey")
        self.assertEqual(key.find(f"{{{XENC}}}EncryptionMethod").get("Algorithm"), encrypt_messages.SM2)
        wrapped = base64.b64decode(key.findtext(f"{{{XENC}}}CipherData/{{{XENC}}}CipherValue"))
        content_key = sm2.openssl("pkeyutl", "-decrypt", "-inkey", self.receiver.key, data=wrapped)
        data = root.find(f"{{{SOAP}}}Body/{{{XENC}}}EncryptedData")
        sealed = base64.b64decode(data.findtext(f"{{{XENC}}}CipherData/{{{XENC}}}CipherValue"))
        return AESGCM(content_key).decrypt(sealed[:12], sealed[12:], None).decode()

    def test_sm4_and_sm2_encryption(self):
        message = self.encrypted_then_signed("企业机密" * 10)
        self.assertNotIn("机密".encode(), message)
        status, _, body = self.call(message, "/services/gs/secret")
        self.assertEqual(status, 200, body)
        self.assertIn("机密".encode(), self.backend.received[-1][1])
        self.assertNotIn("机密".encode(), body)
        self.assertIn("机密", self.opened(body))

    def test_every_failure_to_decrypt_looks_the_same(self):
        good = lxml.etree.fromstring(self.encrypted_then_signed("企业机密" * 10))

        def changed(where, octet):
            root = lxml.etree.fromstring(lxml.etree.tostring(good))
            value = root.find(f".//{{{XENC}}}{where}/{{{XENC}}}CipherData/{{{XENC}}}CipherValue")
            octets = bytearray(base64.b64decode(value.text))
            octets[octet] ^= 1
            value.text = base64.b64encode(octets).decode()
            return lxml.etree.tostring(root, encoding="utf-8")

        faults = {self.refused(changed(*at), "/services/gs/secret")[0]
                  for at in (("EncryptedKey", 1), ("EncryptedKey", 30), ("EncryptedKey", -1), ("EncryptedData", 20))}
        self.assertEqual(faults, {"The signature was not verified."})

    def test_answers_are_signed_as_the_consumer_s_entry_says(self):
        self.daemon.cli("consumer", "add", "classic", "--org", "gs", "--answer-key", "sm2")
        self.daemon.grant("classic", "gs/echo")
        identity = self.daemon.issue("classic", "p256")
        status, _, body = self.call(signed(envelope("x"), identity.key, identity.certificate))
        self.assertEqual(status, 200, body)
        self.assertTrue(sm2.openssl_verifies(body, self.folder))


if __name__ == "__main__":
    suite.main()

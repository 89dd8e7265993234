"""The gateway's keys on a SoftHSM2 token, in one full platform: they sign, they stay there, and a token that goes is missed
with a clear fault and found again by itself. Answers are verified by xmlsec under the certificates of the token's keys."""
import base64
import json
import re
import shutil
import ssl
import subprocess
import threading
import time
import unittest
import urllib.error
import urllib.request

import lxml.etree
import xmlsec

import suite
import throwaway
from echo_backend import envelope
from echo_platform import EchoPlatform
from hutong_daemon import CommandFailed, Daemon, hutong_binary
from security_client import SecurityClient
from soft_token import SoftToken
from wss_sign import SOAP, WSSE, WSU, signed

DS = "http://www.w3.org/2000/09/xmldsig#"
KEYS = ("sign-rsa", "sign-p256")
AWAY = "signing key is away"  # and the apostrophe before it, as XML has it
PATIENCE = 60


def certificate_of(daemon, key):
    """The DER of the certificate of one of the node's keys."""
    pem = (daemon.home / "keys" / f"{key}.pem").read_text()
    return ssl.PEM_cert_to_DER_cert(pem[:pem.index("-----END CERTIFICATE-----") + 26])


def signer_of(body):
    """The DER of the certificate by which the answer's own signature over its Body is good."""
    root = lxml.etree.fromstring(body)
    xmlsec.tree.add_ids(root, ["Id"])
    der = base64.b64decode(root.findtext(f".//{{{WSSE}}}BinarySecurityToken"))
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_memory(der, xmlsec.KeyFormat.CERT_DER)
    context.verify(root.find(f".//{{{WSSE}}}Security/{{{DS}}}Signature"))
    digested = {reference.get("URI") for reference in root.iter(f"{{{DS}}}Reference")}
    if "#" + root.find(f"{{{SOAP}}}Body").get(f"{{{WSU}}}Id") not in digested:
        raise AssertionError("the Body is not signed")
    return der


class TokenCase(unittest.TestCase):
    def make_token(self):
        folder = throwaway.folder("hsm-")
        self.addCleanup(shutil.rmtree, folder, True)
        return SoftToken(folder)

    def make_platform(self, token, *keys, **options):
        platform = EchoPlatform(init=token.options(*keys), **options)
        self.addCleanup(platform.stop)
        return platform

    def wait_for(self, question, what):
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if question():
                return
            time.sleep(0.1)
        self.fail(what)

    def readiness(self, daemon):
        """(status, text) of /readyz."""
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with direct.open(daemon.http + "/readyz", timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refusal:
            return refusal.code, refusal.read().decode()


class KeysOnAToken(TokenCase):
    def setUp(self):
        self.token = self.make_token()
        self.platform = self.make_platform(self.token, *KEYS)
        self.daemon = self.platform.daemon
        self.certificates = {key: certificate_of(self.daemon, key) for key in KEYS}
        self.rsa_caller = self.daemon.issue("tax", "rsa")

    def message(self, kind, text):
        caller = self.rsa_caller if kind == "rsa" else self.platform.caller
        return signed(envelope(text), caller.key, caller.certificate)

    def test_the_keys_sign_and_stay_on_the_token(self):
        for kind in ("rsa", "p256"):
            for text in ("一", "二"):
                status, _, body = self.platform.post(self.message(kind, text))
                self.assertEqual(status, 200, body)
                self.assertEqual(signer_of(body), self.certificates["sign-" + kind])
        for key in KEYS:
            file = (self.daemon.home / "keys" / f"{key}.key").read_text()
            self.assertRegex(file, rf"^pkcs11:.*object={key};.*token=hutong\n$|^pkcs11:id=.*;object={key};token=hutong\n$")
        seen = self.token.tool("--list-objects", "--type", "privkey")
        self.assertEqual(seen.count("Private Key Object"), 2, seen)
        self.assertEqual(seen.count("never extractable"), 2, seen)
        self.assertEqual(seen.count("always sensitive"), 2, seen)
        status = self.daemon.cli("status")
        places = {one["name"]: one["place"] for one in status["keys"]}
        for key in KEYS:
            self.assertIn(f"object={key}", places[key])
        self.assertIn("tls.key", places["tls"])
        doctor = {one["what"]: one for one in self.daemon.cli("doctor")}
        for key in KEYS:
            self.assertEqual(doctor[f"key {key}"]["level"], "ok", doctor[f"key {key}"])
            self.assertIn("pkcs11:", doctor[f"key {key}"]["state"])
        # The node's own heads of the journal are signed by the key on the token too.
        self.assertEqual(self.daemon.stop(), 0)
        self.assertNotIn("4711", self.daemon.log.read_text())
        self.daemon.start()
        self.assertEqual(signer_of(self.platform.post(self.message("p256", "三"))[2]), self.certificates["sign-p256"])

    def test_the_token_goes_and_comes_back_under_load(self):
        load = Load(self)
        try:
            load.wait_for("answered", 40)
            self.token.take_away()
            load.wait_for("faults", 40)
            self.wait_for(lambda: self.readiness(self.daemon)[0] == 503, "the node stays ready without its keys")
            self.assertIn("the token hutong is away", self.readiness(self.daemon)[1])
            with self.assertRaises(CommandFailed):
                self.daemon.cli("status")
            # From here on no call gets as far as the backend, as nothing it answers could be signed.
            received = len(self.platform.backend.received)
            in_flight = len(load.threads)
            load.wait_for("faults", 40)
            self.assertLessEqual(len(self.platform.backend.received), received + in_flight)
            self.token.bring_back()
            load.wait_for("answered", 40)
        finally:
            load.stop()
        self.assertEqual(load.wrong, [])
        self.wait_for(lambda: self.readiness(self.daemon)[0] == 200, "the node is not ready again")
        log = self.daemon.log.read_text()
        gone, back = (re.findall(rf".*{number}.*", log) for number in ("HT4091", "HT4092"))
        self.assertEqual((len(gone), len(back)), (1, 1), gone + back)
        incident = load.faults[-1][0]
        self.assertIn("is away", json.dumps(self.daemon.cli("journal", "show", incident)))
        self.assertTrue(self.daemon.cli("journal", "verify")["intact"])

    def test_another_token_in_its_place_signs_nothing(self):
        self.token.take_away()
        self.token.put_another_in_its_place()
        self.token.tool("--keypairgen", "--key-type", "EC:prime256v1", "--label", "sign-p256", "--id", "01")
        for _ in range(3):
            status, _, body = self.platform.post(self.message("p256", "一"))
            self.assertEqual(status, 500)
            self.assertNotIn(b"SignatureValue", body)
        self.wait_for(lambda: "holds no private key" in self.readiness(self.daemon)[1], "nobody says what is wrong")
        self.token.take_the_other_out()
        self.token.bring_back()
        self.wait_for(lambda: self.readiness(self.daemon)[0] == 200, "the node is not ready again")
        status, _, body = self.platform.post(self.message("p256", "二"))
        self.assertEqual(status, 200, body)
        self.assertEqual(signer_of(body), self.certificates["sign-p256"])

    def test_a_start_without_the_token_waits_for_it(self):
        self.daemon.stop()
        self.token.take_away()
        findings = subprocess.run([hutong_binary(), "doctor", "--home", str(self.daemon.home)], capture_output=True, text=True,
                                  timeout=60)
        self.assertIn("the token hutong is away", findings.stdout)
        starting = threading.Thread(target=self.daemon.start)
        starting.start()
        listen = self.daemon.home / "run" / "listen.json"
        self.wait_for(listen.exists, "hutong does not start")
        self.token.bring_back()
        starting.join(120)
        self.assertEqual(signer_of(self.platform.post(self.message("rsa", "一"))[2]), self.certificates["sign-rsa"])


class Load:
    """Callers with keys of both kinds. An answer counts when it verifies under the certificate of the token's key; a fault
    when it says that the key is away; all else is wrong."""

    def __init__(self, case, threads=4):
        self.case = case
        self.answered, self.faults, self.wrong = [], [], []
        self.over = threading.Event()
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self.run, args=(n,)) for n in range(threads)]
        for thread in self.threads:
            thread.start()

    def run(self, number):
        kind = ("rsa", "p256")[number % 2]
        for count in range(100000):
            if self.over.is_set():
                return
            try:
                what, one = self.call(kind, f"{number}-{count}")
            except Exception as error:      # a thread that dies would only make the test wait
                what, one = self.wrong, repr(error)
            with self.lock:
                what.append(one)

    def call(self, kind, text):
        status, headers, body = self.case.platform.post(self.case.message(kind, text))
        incident = headers.get("Hutong-Exchange")
        if status == 200:
            good = signer_of(body) == self.case.certificates["sign-" + kind] and text.encode() in body
            return (self.answered if good else self.wrong), (incident, body)
        # The token may be back by the time the fault is signed.
        own = b"SignatureValue" not in body or signer_of(body) in self.case.certificates.values()
        clear = status == 500 and AWAY.encode() in body and b"Server" in body and own
        return (self.faults if clear else self.wrong), (incident, body)

    def wait_for(self, what, more):
        goal = len(getattr(self, what)) + more
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if self.wrong:
                raise AssertionError(f"wrong: {self.wrong[:3]}")
            if len(getattr(self, what)) >= goal:
                return
            time.sleep(0.05)
        raise AssertionError(f"{len(getattr(self, what))} {what}, waited for {goal}")

    def stop(self):
        self.over.set()
        for thread in self.threads:
            thread.join()


class Moving(TokenCase):
    def test_a_key_moves_to_a_token(self):
        token = self.make_token()
        platform = EchoPlatform()
        self.addCleanup(platform.stop)
        daemon = platform.daemon
        before = certificate_of(daemon, "sign-p256")
        self.assertEqual(signer_of(platform.post(platform.message("一"))[2]), before)
        daemon.set_option("pkcs11_module", json.dumps("/usr/lib/softhsm/libsofthsm2.so"))
        daemon.set_option("pin_file", json.dumps(str(token.pin_file)))
        daemon.set_option("uri", f'{{ sign-p256 = "{token.uri("sign-p256")}" }}')
        said = {one["what"]: one for one in self.doctor(daemon)}
        self.assertEqual(said["key sign-p256"]["level"], "warn")
        daemon.restart()
        after = certificate_of(daemon, "sign-p256")
        self.assertNotEqual(before, after)
        self.assertEqual(signer_of(platform.post(platform.message("二"))[2]), after)
        self.assertIn("HT4094", daemon.log.read_text())
        self.assertIn("sign-p256", token.tool("--list-objects", "--type", "privkey"))
        # It stays where it is: a further start makes no further key.
        daemon.restart()
        self.assertEqual(certificate_of(daemon, "sign-p256"), after)
        self.assertEqual(token.tool("--list-objects", "--type", "privkey").count("Private Key Object"), 1)

    def doctor(self, daemon):
        done = subprocess.run([hutong_binary(), "doctor", "--home", str(daemon.home), "--json"], capture_output=True, text=True,
                              timeout=60)
        return json.loads(done.stdout)

    def test_what_cannot_be_is_refused_before_anything_is_made(self):
        token = self.make_token()
        daemon = Daemon()
        self.addCleanup(daemon.__exit__, None, None, None)
        for key, uri, words in (("tls", token.uri("tls"), "TLS"),
                                ("sing-rsa", token.uri("sign-rsa"), "sign-rsa"),
                                ("sign-rsa", token.uri("sign-rsa") + "?pin-value=4711", "PIN"),
                                ("sign-rsa", "pkcs11:token=other;object=sign-rsa", "the token other"),
                                ("encrypt-rsa", token.uri("encrypt-rsa"), "leave this key in a file")):
            with self.assertRaises(CommandFailed) as caught:
                daemon.init(*token.options(), "--key", f"{key}={uri}")
            self.assertIn(words, caught.exception.message)
            self.assertNotIn("4711", caught.exception.message)
            self.assertEqual(len(caught.exception.message.splitlines()), 1, caught.exception.message)
            self.assertFalse(daemon.home.exists())

    def test_key_files_are_encrypted_by_a_passphrase(self):
        folder = throwaway.folder("hsm-")
        self.addCleanup(shutil.rmtree, folder, True)
        passphrase = folder / "passphrase"
        passphrase.touch(0o600)
        passphrase.write_text("correct horse\n")
        platform = EchoPlatform(init=["--passphrase-file", str(passphrase)])
        self.addCleanup(platform.stop)
        home = platform.daemon.home
        files = [*(home / "keys").glob("*.key"), *(home / "pki").glob("*.key")]
        self.assertGreaterEqual(len(files), 7)
        for file in files:
            self.assertIn("BEGIN ENCRYPTED PRIVATE KEY", file.read_text(), file)
        self.assertEqual(signer_of(platform.post(platform.message("一"))[2]), certificate_of(platform.daemon, "sign-p256"))
        platform.daemon.stop()
        passphrase.write_text("wrong\n")
        done = subprocess.run([hutong_binary(), "serve", "--home", str(home)], capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, r"the passphrase in keys.passphrase_file does not open this key")
        passphrase.write_text("correct horse\n")
        platform.daemon.start()


class OtherKeys(TokenCase):
    """What else signs: the built-in timestamp authority, an organisation's security key, an issuing CA."""

    def openssl(self, *arguments):
        return subprocess.run([throwaway.program("openssl"), *map(str, arguments)], check=True, capture_output=True,
                              cwd=self.token.folder).stdout

    def test_timestamps_documents_and_certificates(self):
        self.token = self.make_token()
        platform = self.make_platform(self.token, "tsa")
        daemon = platform.daemon
        folder = self.token.folder
        root = daemon.home / "pki" / "root.pem"

        (folder / "data").write_text("anything")
        self.openssl("ts", "-query", "-data", "data", "-sha256", "-cert", "-out", "query")
        request = urllib.request.Request(daemon.http + "/pki/tsa", (folder / "query").read_bytes(),
                                         {"Content-Type": "application/timestamp-query"})
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=30) as answer:
            (folder / "reply").write_bytes(answer.read())
        self.openssl("ts", "-verify", "-queryfile", "query", "-in", "reply", "-CAfile", root)

        daemon.cli("service", "install", "security", "--org", "gs")
        daemon.grant("tax", "gs/security")
        client = SecurityClient(daemon.http, platform.caller, "/services/gs/security")
        said = daemon.cli("security-key", "make", "seal", "--org", "gs", "--kind", "rsa", "--uri", self.token.uri("seal"))
        self.assertIn("file:service-seal.key", said["uri"])
        self.assertIn("object=seal", (daemon.home / "keys" / "service-seal.key").read_text())
        self.wait_for(lambda: any(one["name"] == "seal" for one in daemon.cli("security-key", "list")), "no such key")
        (folder / "cms").write_bytes(client.sign("seal", "cms", b"anything"))
        self.openssl("cms", "-verify", "-purpose", "any", "-inform", "DER", "-in", "cms", "-content", "data", "-binary",
                     "-CAfile", root, "-out", "verified")
        for uri, word in ((self.token.uri("x") + "?pin-source=/etc/passwd", "pin_file"), ("file:x.key", "leave uri out")):
            with self.assertRaises(CommandFailed) as caught:
                daemon.cli("security-key", "make", "other", "--org", "gs", "--uri", uri)
            self.assertIn(word, caught.exception.message)

        daemon.cli("ca", "add", "issuing-2", "--uri", self.token.uri("issuing-2"))
        issued = folder / "issued.pem"
        daemon.cli("cert", "issue", "--csr", daemon.folder / "tax-p256.csr", "--consumer", "tax", "--ca", "issuing-2", "--out",
                   issued)
        self.openssl("verify", "-CAfile", root, "-untrusted", issued, issued)
        seen = self.token.tool("--list-objects", "--type", "privkey")
        for label in ("tsa", "seal", "issuing-2"):
            self.assertRegex(seen, rf"label: +{label}\n")
        self.assertEqual(seen.count("never extractable"), 3, seen)
        # Without the token no certificate is issued, and that is said.
        self.token.take_away()
        # In the first moment the token is there and only its key is not.
        self.wait_for(lambda: self.readiness(daemon)[0] == 503, "the node does not miss its token")
        with self.assertRaises(CommandFailed) as caught:
            daemon.cli("cert", "issue", "--csr", daemon.folder / "tax-p256.csr", "--consumer", "tax", "--ca", "issuing-2",
                       "--out", issued)
        self.assertIn("is away", caught.exception.message)
        self.token.bring_back()
        self.wait_for(lambda: self.readiness(daemon)[0] == 200, "the node is not ready again")
        daemon.cli("cert", "issue", "--csr", daemon.folder / "tax-p256.csr", "--consumer", "tax", "--ca", "issuing-2", "--out",
                   issued)


if __name__ == "__main__":
    suite.main()

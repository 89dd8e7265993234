"""Another's CA, made and run by openssl: its CRL and its OCSP answers are fetched ahead of need, from the configured address
only, and without them nothing is believed."""
import base64
import http.server
import json
import subprocess
import threading
import zipfile

import registry_case
import suite
import throwaway
from echo_backend import envelope
from echo_platform import post
from hutong_daemon import KEY_RECIPES, WITHOUT_REVOCATION, CommandFailed, hutong_binary
from pki_case import PkiCase, openssl
from wss_sign import signed

CONFIGURATION = """[ca]
default_ca = it
[it]
dir = {folder}
database = $dir/index.txt
serial = $dir/serial
crlnumber = $dir/crlnumber
new_certs_dir = $dir
certificate = $dir/ca.pem
private_key = $dir/ca.key
default_md = sha256
default_days = 30
policy = any
copy_extensions = none
[any]
commonName = supplied
[agency]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature,nonRepudiation
# Somebody else's addresses: nobody may follow them.
crlDistributionPoints = URI:http://127.0.0.1:1/crl
authorityInfoAccess = OCSP;URI:http://127.0.0.1:1/ocsp
"""


class ForeignCa:
    """Issues, revokes and publishes by the openssl command line; counts who asked for what."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir()
        (folder / "index.txt").touch()
        (folder / "index.txt.attr").write_text("unique_subject = no\n")
        (folder / "serial").write_text("1000\n")
        (folder / "crlnumber").write_text("1000\n")
        self.configuration = folder / "ca.cnf"
        self.configuration.write_text(CONFIGURATION.format(folder=folder))
        self.certificate, self.key = folder / "ca.pem", folder / "ca.key"
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", self.key,
                "-subj", "/CN=Foreign CA", "-days", "3650", "-out", self.certificate, "-addext",
                "keyUsage=critical,keyCertSign,cRLSign")
        self.asked = []         # paths
        self.crl = None         # DER; None: 404
        self.elsewhere = None   # an address to redirect to
        self.answers = True     # by OCSP
        ca = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                ca.asked.append(self.path)
                if ca.elsewhere:
                    self.send_response(302)
                    self.send_header("Location", ca.elsewhere)
                    self.end_headers()
                    return
                self.answer(ca.crl if self.path == "/crl" else None)

            def do_POST(self):
                ca.asked.append(self.path)
                question = self.rfile.read(int(self.headers["Content-Length"]))
                self.answer(ca.answer(question) if ca.answers else None)

            def answer(self, content):
                self.send_response(200 if content else 404)
                self.send_header("Content-Length", str(len(content or b"")))
                self.end_headers()
                self.wfile.write(content or b"")

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def issue(self, name):
        key, request, certificate = (self.folder / f"{name}.{ending}" for ending in ("key", "csr", "pem"))
        openssl("genpkey", "-algorithm", *KEY_RECIPES["p256"], "-out", key)
        openssl("req", "-new", "-key", key, "-subj", f"/CN={name}", "-out", request)
        openssl("ca", "-batch", "-config", self.configuration, "-extensions", "agency", "-in", request, "-notext", "-out",
                certificate)
        return key, certificate

    def revoke(self, certificate):
        openssl("ca", "-config", self.configuration, "-revoke", certificate)

    def make_crl(self, hours=24):
        pem, der = self.folder / "crl.pem", self.folder / "crl.der"
        openssl("ca", "-config", self.configuration, "-gencrl", "-crlhours", hours, "-out", pem)
        openssl("crl", "-in", pem, "-outform", "DER", "-out", der)
        return der.read_bytes()

    def answer(self, question):
        asked, answered = self.folder / "asked.der", self.folder / "answered.der"
        asked.write_bytes(question)
        openssl("ocsp", "-index", self.folder / "index.txt", "-CA", self.certificate, "-rsigner", self.certificate, "-rkey",
                self.key, "-reqin", asked, "-respout", answered, "-ndays", "1")
        return answered.read_bytes()


class ForeignCas(PkiCase):
    def setUp(self):
        super().setUp()
        self.ca = ForeignCa(self.folder / "foreign")
        self.addCleanup(self.ca.stop)

    def sql(self, statement):
        subprocess.run([throwaway.program("psql", "/usr/lib/postgresql/*/bin/psql"), self.url, "-qc", statement], check=True,
                       capture_output=True, timeout=60)

    def fetch_now(self):
        """What is due within the hour is due at once."""
        for table in ("foreign_crls", "foreign_answers"):
            self.sql(f"update {table} set next_try = now()")

    def state(self, node=None):
        return next(one for one in (node or self.first).cli("trust", "list") if not one["own"])

    def bind(self, name):
        key, certificate = self.ca.issue(name)
        self.first.cli("consumer", "add", name, "--org", "gs", "--cert", certificate)
        self.first.grant(name, "gs/echo")
        return key, certificate

    def test_by_crl(self):
        second = self.second_node()
        good, bad = self.bind("good"), self.bind("bad")
        self.first.cli("trust", "add", self.ca.certificate, "--crl", self.ca.url + "/crl", "--grace", "0")

        # Nothing was fetched yet: nothing is believed, and everyone is told why.
        self.wait_for(lambda: "/crl" in self.ca.asked, "the CRL is not asked for")
        self.wait_for(lambda: self.state()["crl_trouble"], "the trouble is not told")
        self.assertIn("404", self.state()["crl_trouble"])
        self.assertNotEqual(self.call(self.first, *good)[0], 200)
        self.wait_for(lambda: self.first.cli("status")["certificates"]["revocation_troubles"], "status does not tell")

        self.ca.crl = newest = self.ca.make_crl()
        self.fetch_now()
        for node in (self.first, second):
            for one in (good, bad):
                self.wait_for(lambda: self.call(node, *one)[0] == 200, "the certificate is not believed")
        self.assertIsNone(self.state()["crl_trouble"])
        self.assertTrue(self.state(second)["crl_until"])

        self.ca.revoke(bad[1])
        self.ca.crl = self.ca.make_crl()
        self.fetch_now()
        for node in (self.first, second):
            self.wait_for(lambda: self.call(node, *bad)[0] != 200, "the revoked certificate is believed")
            self.assertEqual(self.call(node, *good)[0], 200)

        # A rollback, another's list, a redirect: what is held stays.
        other = ForeignCa(self.folder / "other")
        self.addCleanup(other.stop)
        for crl, elsewhere, part in ((newest, None, "older"), (other.make_crl(), None, "not signed"),
                                     (newest, other.url + "/crl", "redirects"), (b"\x30\x00", None, "not a DER")):
            with self.subTest(part):
                self.ca.crl, self.ca.elsewhere = crl, elsewhere
                self.fetch_now()
                self.wait_for(lambda: part in (self.state()["crl_trouble"] or ""), part)
                self.assertNotEqual(self.call(self.first, *bad)[0], 200)
                self.assertEqual(self.call(self.first, *good)[0], 200)
        self.assertEqual(other.asked, [])

        self.first.cli("trust", "remove", self.state()["thumbprint"])
        self.assertNotEqual(self.call(self.first, *good)[0], 200)

    def test_by_ocsp(self):
        good, bad = self.bind("good"), self.bind("bad")
        stranger = self.bind("stranger")
        index = self.ca.folder / "index.txt"        # the CA does not know the third one any more
        index.write_text("".join(line for line in index.read_text().splitlines(True) if "CN=stranger" not in line))
        self.ca.revoke(bad[1])
        self.first.cli("trust", "add", self.ca.certificate, "--ocsp", self.ca.url + "/ocsp")
        self.wait_for(lambda: self.state()["answers"] == 3 and self.state()["answers_missing"] == 0, "no answers")
        self.wait_for(lambda: self.call(self.first, *good)[0] == 200, "the certificate is not believed")
        for one in (bad, stranger):
            self.assertNotEqual(self.call(self.first, *one)[0], 200)

        self.check_evidence(good)
        # The responder is away: what is held counts on, a certificate that comes now is not believed.
        self.ca.answers = False
        late = self.bind("late")
        self.wait_for(lambda: self.state()["answer_trouble"], "the trouble is not told")
        self.assertEqual(self.call(self.first, *good)[0], 200)
        self.assertNotEqual(self.call(self.first, *late)[0], 200)
        self.ca.answers = True
        self.ca.revoke(good[1])
        self.fetch_now()
        self.wait_for(lambda: self.call(self.first, *good)[0] != 200, "the revoked certificate is believed")
        self.wait_for(lambda: self.call(self.first, *late)[0] == 200, "the certificate is not believed")

    def check_evidence(self, caller):
        """What the CA had answered goes along with an exported call, and is checked where nobody answers."""
        self.first.publish(registry_case.write_wsdl(self.folder), "gs", "kept", endpoint=self.backend.url,
                           options=("--journal", "full"))
        self.first.grant("good", "gs/kept")
        status, headers, _ = post(self.first.http, signed(envelope("x"), *caller), "/services/gs/kept")
        self.assertEqual(status, 200)
        archive = self.folder / "evidence.zip"
        self.first.cli("journal", "export", headers["Hutong-Exchange"], "--out", archive)
        root = self.ca_files(self.first)["Root CA"]
        done = subprocess.run([hutong_binary(), "journal", "verify", archive, "--root", root, "--caller-root", self.ca.certificate,
                               "--json"], capture_output=True, text=True, timeout=60)
        said = json.loads(done.stdout)
        self.assertTrue(said["intact"], said)
        answered, = [check for check in said["checks"] if check["file"].startswith("ocsp/")]
        self.assertEqual((answered["verdict"], answered["check"]), ("ok", "revocation"), answered)
        # And by openssl.
        with zipfile.ZipFile(archive) as opened:
            answer, = [name for name in opened.namelist() if name.startswith("ocsp/")]
            told = self.file("told.ocsp", opened.read(answer))
        said = openssl("ocsp", "-respin", told, "-issuer", self.ca.certificate, "-CAfile", self.ca.certificate, "-cert", caller[1])
        self.assertIn(": good", said)

    def test_without_revocation_is_said_in_so_many_words(self):
        add = ("trust", "add", self.ca.certificate)
        for words, part in (([], "--no-revocation --reason"), (["--no-revocation"], "go together"),
                            (["--reason", "x"], "go together"), (["--no-revocation", "--reason", "x" * 501], "500"),
                            (["--crl", self.ca.url + "/crl", *WITHOUT_REVOCATION], "leave --no-revocation out")):
            with self.assertRaises(CommandFailed) as caught:
                self.first.cli(*add, *words)
            self.assertIn(part, caught.exception.message)
        self.assertEqual([one for one in self.first.cli("trust", "list") if not one["own"]], [])
        caller = self.bind("good")
        self.assertNotEqual(self.call(self.first, *caller)[0], 200)
        reason = "它不发布吊销信息 (letter 17/2026)"
        self.first.cli(*add, "--no-revocation", "--reason", reason)
        self.wait_for(lambda: self.call(self.first, *caller)[0] == 200, "the certificate is not believed")
        self.assertEqual((self.state()["no_revocation"], self.state()["warning"]), (reason, None))
        self.assertIn(reason, str(self.first.cli("cert", "history")))
        journal = [one for one in self.first.cli("journal", "list", "--limit", "1000") if one["operation"] == "trust.add"]
        records = [record for one in journal for record in self.first.cli("journal", "show", one["exchange"])]
        self.assertIn(reason, str([json.loads(base64.b64decode(record["content"])) for record in records if record["content"]]))

        def told():
            return self.first.cli("status")["certificates"]["without_revocation"]
        self.assertEqual(told(), [])
        # As a version left it that did not ask: believed as before, and told everywhere.
        self.sql("update trusted_cas set no_revocation = null where not own")
        self.assertIn("nobody has said why", self.state()["warning"])
        self.wait_for(told, "status does not tell")
        self.assertEqual(self.call(self.first, *caller)[0], 200)
        warned = [one["level"] for one in self.first.cli("doctor", timeout=120) if "without revocation" in one["state"]]
        self.assertEqual(warned, ["warn"])

    def test_addresses_are_checked(self):
        for words, part in ((["--crl", "file:///etc/passwd"], "scheme"), (["--crl", "ldap://a/b"], "scheme"),
                            (["--ocsp", "http://user@a/"], "user information"), (["--grace", "5"], "--crl or --ocsp"),
                            (["--crl", "http://a/", "--grace", "1000"], "0 to 720")):
            with self.assertRaises(CommandFailed) as caught:
                self.first.cli("trust", "add", self.ca.certificate, *words)
            self.assertIn(part, caught.exception.message)


if __name__ == "__main__":
    suite.main()

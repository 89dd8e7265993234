"""The command line against a real daemon with its embedded PostgreSQL: what is done, what is refused, and how."""
import datetime
import http.client
import json
import os
import pathlib
import pwd
import shutil
import signal
import stat
import subprocess
import time
import unittest
import urllib.error
import urllib.request

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

import registry_case
import suite
import throwaway
from echo_platform import set_values
from hutong_daemon import WITHOUT_REVOCATION, CommandFailed, Daemon, hutong_binary


def run(*arguments, home=None, environment=None, **options):
    command = [hutong_binary(), *map(str, arguments)] + (["--home", str(home)] if home else [])
    clean = {name: value for name, value in os.environ.items() if name != "HUTONG_HOME"}
    return subprocess.run(command, capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL,
                          env=clean | (environment or {}), **options)


def get(url):
    """Status, content type and body of a GET, without any proxy."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(url, timeout=30) as answer:
            return answer.status, answer.headers.get("Content-Type", ""), answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers.get("Content-Type", ""), error.read()


class Refusals(unittest.TestCase):
    """What goes wrong before any daemon runs: one line on stderr, the right exit code, nothing left behind."""

    def setUp(self):
        self.folder = throwaway.folder("ht-")
        self.addCleanup(shutil.rmtree, self.folder, True)

    def assert_one_line(self, done, code, *parts):
        self.assertEqual(done.returncode, code, done.stderr)
        self.assertEqual(len(done.stderr.strip().splitlines()), 1, done.stderr)
        for part in parts:
            self.assertIn(part, done.stderr)

    def test_wrong_usage(self):
        for words in ([], ["nonsense"], ["org", "add", "gs"], ["status", "--wait", "soon"], ["grant", "a"],
                      ["journal", "list", "--limit", "-1"]):
            with self.subTest(words):
                self.assert_one_line(run(*words), 2, "--help")
        self.assert_one_line(run("org", "ad", "gs"), 2, "hutong org has no command ad")

    def test_no_home(self):
        self.assert_one_line(run("org", "list"), 1, "--home", "HUTONG_HOME")
        self.assert_one_line(run("org", "list", home=self.folder), 1, "hutong init")

    def test_home_from_the_environment(self):
        self.assert_one_line(run("org", "list", environment={"HUTONG_HOME": str(self.folder)}), 1, str(self.folder))

    def test_init_refuses_a_folder_in_use(self):
        (self.folder / "letter").write_text("dear")
        self.assert_one_line(run("init", home=self.folder), 1, "letter", "--home")
        self.assertEqual([path.name for path in self.folder.iterdir()], ["letter"])

    def test_a_failed_init_leaves_nothing(self):
        home = self.folder / "home"
        away = f"postgresql://nobody@/none?host={self.folder}/no-such-socket"
        self.assert_one_line(run("init", "--database", away, home=home), 1)
        self.assertFalse(home.exists())
        home.mkdir()
        self.assert_one_line(run("init", "--database", away, home=home), 1)
        self.assertEqual(list(home.iterdir()), [])

    def test_init_checks_what_it_is_told_first(self):
        home = self.folder / "home"
        self.assert_one_line(run("init", "--public-url", "ftp://gw", home=home), 1, "ftp://gw", "https://")
        self.assert_one_line(run("init", "--http", "nowhere", home=home), 1)
        self.assertFalse(home.exists())

    def test_version_and_completion(self):
        self.assertRegex(run("version").stdout, r"^hutong \d+\.\d+\.\d+\n$")
        self.assertIn("version", json.loads(run("version", "--json").stdout))
        script = run("completion", "bash").stdout
        self.assertIn("complete -F", script)
        asked = subprocess.run(["bash", "-c", script + "\nCOMP_WORDS=(hutong ser); COMP_CWORD=1; _hutong; "
                                "echo ${COMPREPLY[@]}"], capture_output=True, text=True, timeout=30, check=True)
        self.assertEqual(asked.stdout.split(), ["serve", "service"])


class Lifecycle(unittest.TestCase):
    """One platform from init to its end; the cases share it and leave it running."""

    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon()
        cls.daemon.__enter__()
        cls.addClassCleanup(cls.daemon.__exit__, None, None, None)
        cls.published = registry_case.publish_echo(cls.daemon)

    def refused(self, *arguments):
        with self.assertRaises(CommandFailed) as caught:
            self.daemon.cli(*arguments)
        self.assertEqual(caught.exception.code, 1)
        self.assertEqual(len(caught.exception.message.splitlines()), 1)
        return caught.exception.message

    def test_status(self):
        said = self.daemon.cli("status")
        self.assertTrue(said["ready"])
        self.assertEqual(said["pid"], self.daemon.process.pid)
        self.assertEqual((said["http"], said["https"]), (self.daemon.http, self.daemon.https))
        self.assertTrue(said["founder"])
        self.assertEqual(said["database"], {"kind": "embedded", "up": True})
        self.assertIn("ready", run("status", home=self.daemon.home).stdout)

    def test_secrets_are_private(self):
        for path in ("keys", "pki", "run"):
            self.assertEqual(stat.S_IMODE((self.daemon.home / path).stat().st_mode), 0o700, path)
        for path in [self.daemon.home / "run" / "admin.sock", *self.daemon.home.glob("keys/*.key")]:
            self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600, path)

    def test_listing(self):
        self.assertIn({"id": "gs", "name": "工商行政管理局"}, self.daemon.cli("org", "list"))
        self.assertIn("工商行政管理局", run("org", "list", home=self.daemon.home).stdout)
        consumer, = [one for one in self.daemon.cli("consumer", "list") if one["id"] == "tax"]
        self.assertEqual(consumer["grants"], [{"consumer": "tax", "service": "gs/echo", "operation": None}])
        service, = [one for one in self.daemon.cli("service", "list") if one["service"] == "gs/echo"]
        self.assertEqual((service["service"], service["status"], service["policy"]), ("gs/echo", "online", "sign"))

    def test_publish_prints_the_url_and_again_changes_nothing(self):
        self.assertEqual(self.published["url"], self.daemon.https + "/services/gs/echo")
        self.assertTrue(self.published["changed"])
        again = self.daemon.publish(self.daemon.folder / "echo.wsdl", "gs", "echo")
        self.assertEqual((again["changed"], again["version"]), (False, 1))

    def test_contract_is_served(self):
        status, kind, body = get(self.daemon.http + "/services/gs/echo?wsdl")
        self.assertEqual(status, 200)
        self.assertIn("xml", kind)
        self.assertIn(self.published["url"].encode(), body)

    def test_what_does_not_exist_is_named(self):
        self.assertIn("nobody", self.refused("grant", "nobody", "gs/echo"))
        self.assertIn("gs/none", self.refused("grant", "tax", "gs/none"))
        self.assertIn("Ecko", self.refused("grant", "tax", "gs/echo", "--operation", "Ecko"))
        self.assertIn("none", self.refused("service", "show", "gs/none"))
        self.assertIn("gs", self.refused("org", "add", "gs", "--name", "twice"))
        self.assertIn("no-such-file", self.refused("trust", "add", "/no-such-file.pem"))

    def test_a_service_may_want_encryption(self):
        self.daemon.publish(self.daemon.folder / "echo.wsdl", "gs", "secret", policy="sign-encrypt")
        self.assertEqual(self.daemon.cli("service", "show", "gs/secret")["policy"], "sign-encrypt")
        status, _, pem = get(self.daemon.http + "/pki/encryption.pem")
        self.assertEqual(status, 200)
        self.assertIn(b"BEGIN CERTIFICATE", pem)

    def test_retire_takes_a_service_offline(self):
        self.daemon.publish(self.daemon.folder / "echo.wsdl", "gs", "passing")
        self.assertEqual(get(self.daemon.http + "/services/gs/passing?wsdl")[0], 200)
        self.daemon.cli("service", "retire", "gs/passing")
        self.assertNotEqual(get(self.daemon.http + "/services/gs/passing?wsdl")[0], 200)
        self.daemon.publish(self.daemon.folder / "echo.wsdl", "gs", "passing")
        self.assertEqual(get(self.daemon.http + "/services/gs/passing?wsdl")[0], 200)
        self.daemon.cli("service", "retire", "gs/passing")

    def test_certificates(self):
        self.daemon.consumer("holder", "gs")
        identity = self.daemon.issue("holder", "rsa")
        ca = self.daemon.ca_file()
        openssl = throwaway.program("openssl")
        subprocess.run([openssl, "verify", "-CAfile", ca, "-untrusted", identity.certificate, identity.certificate],
                       check=True, capture_output=True)
        listed = {one["serial"]: one for one in self.daemon.cli("cert", "list")}
        self.assertEqual(listed[identity.serial]["consumer"], "holder")
        self.assertIn("keyCompromise", self.refused("cert", "revoke", identity.serial, "--reason", "dislike"))
        self.daemon.cli("cert", "revoke", identity.serial, "--reason", "superseded")
        listed = {one["serial"]: one for one in self.daemon.cli("cert", "list")}
        self.assertEqual(listed[identity.serial]["status"], "revoked")
        self.assertIn(identity.serial, self.refused("cert", "revoke", identity.serial, "--reason", "superseded"))
        self.assertIn("absent", self.refused("cert", "issue", "--csr", self.daemon.folder / "holder-rsa.csr",
                                             "--consumer", "absent", "--out", self.daemon.folder / "absent.pem"))
        issued = len(self.daemon.cli("cert", "list"))
        self.assertIn("no-such-folder", self.refused("cert", "issue", "--csr", self.daemon.folder / "holder-rsa.csr",
                                                     "--consumer", "holder", "--out", "/no-such-folder/holder.pem"))
        self.assertEqual(len(self.daemon.cli("cert", "list")), issued)
        self.assertIn(identity.serial.upper().lstrip("0").encode(), self.crl_text(openssl))

    def crl_text(self, openssl):
        """The CRL as the certificates point to it, in OpenSSL's words."""
        certificate = self.daemon.folder / "holder-rsa.pem"
        shown = subprocess.run([openssl, "x509", "-in", certificate, "-noout", "-ext", "crlDistributionPoints"],
                               check=True, capture_output=True, text=True).stdout
        path = "/pki/crl/" + shown.split("/pki/crl/")[1].split()[0]
        status, kind, der = get(self.daemon.http + path)
        self.assertEqual((status, kind), (200, "application/pkix-crl"))
        return subprocess.run([openssl, "crl", "-inform", "DER", "-noout", "-text"], input=der, check=True,
                              capture_output=True).stdout

    def outside_certificate(self, name, days, signs=True):
        """The file of one of no CA, good for so many days from two days ago on; for signing, or for encryption."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        begins = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=2)
        usage = dict.fromkeys(("content_commitment", "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign",
                               "encipher_only", "decipher_only"), False)
        made = (x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
                .serial_number(x509.random_serial_number()).not_valid_before(begins)
                .not_valid_after(begins + datetime.timedelta(days=days))
                .add_extension(x509.KeyUsage(digital_signature=signs, key_encipherment=not signs, **usage), True)
                .sign(key, hashes.SHA256()))
        path = self.daemon.folder / f"{name}.pem"
        path.write_bytes(made.public_bytes(serialization.Encoding.PEM))
        return path

    def test_foreign_ca(self):
        openssl = throwaway.program("openssl")
        ca = self.daemon.folder / "foreign.pem"
        subprocess.run([openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-keyout", self.daemon.folder / "foreign.key", "-out", ca, "-subj", "/CN=Foreign",
                        "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=keyCertSign,cRLSign"],
                       check=True, capture_output=True)
        thumbprint = self.daemon.cli("trust", "add", ca, *WITHOUT_REVOCATION)["thumbprint"]
        own = [one for one in self.daemon.cli("trust", "list") if one["own"]]
        self.assertEqual(len(own), 2)
        self.assertIn(thumbprint, [one["thumbprint"] for one in self.daemon.cli("trust", "list")])
        self.assertIn("CA certificate", self.refused("consumer", "add", "abroad", "--org", "gs", "--cert", ca))
        certificate = self.outside_certificate("abroad", days=10)
        self.daemon.cli("consumer", "add", "abroad", "--org", "gs", "--cert", certificate)
        self.assertIn("abroad", self.refused("consumer", "add", "thief", "--org", "gs", "--cert", certificate))
        # What no call could be believed by is bound to nobody, nor to who publishes in the registry.
        self.daemon.cli("publisher", "add", "editor", "--org", "gs")
        for wrong, why in ((self.outside_certificate("envelopes", days=10, signs=False), "digitalSignature"),
                           (self.outside_certificate("yesterday", days=1), "out of date")):
            for command in (("consumer", "certificate", "abroad"), ("publisher", "certificate", "editor")):
                self.assertIn(why, self.refused(*command, "--cert", wrong))
        self.assertIn("CA certificate", self.refused("publisher", "certificate", "editor", "--cert", ca))
        self.daemon.cli("publisher", "certificate", "editor", "--cert", certificate)
        self.assertNotIn("thief", [one["id"] for one in self.daemon.cli("consumer", "list")])
        self.daemon.cli("trust", "remove", thumbprint)
        self.assertNotIn(thumbprint, [one["thumbprint"] for one in self.daemon.cli("trust", "list")])
        self.assertIn("own", self.refused("trust", "remove", own[0]["thumbprint"]))
        leaf = self.daemon.issue("tax", "p256").certificate
        self.assertIn("CA", self.refused("trust", "add", leaf))

    def test_every_change_is_journaled(self):
        self.daemon.org("zj", "质监局")
        begun, ended = [one for one in self.daemon.cli("journal", "list", "--limit", "1000")
                        if one["kind"] == "admin" and one["operation"] == "org.add"][:2][::-1]
        self.assertEqual((begun["outcome"], ended["outcome"]), ("begun", "ok"))
        self.assertEqual(begun["exchange"], ended["exchange"])
        self.assertIn(f"uid {os.geteuid()} ", begun["remote"])
        shown = self.daemon.cli("journal", "show", begun["exchange"])
        self.assertEqual(len(shown), 2)
        archive = self.daemon.folder / "evidence.zip"
        self.daemon.cli("journal", "export", begun["exchange"], "--out", archive)
        self.assertEqual(run("journal", "verify", archive, "--root", self.daemon.ca_file()).returncode, 0)
        self.assertIn("--root", run("journal", "verify", archive).stderr)
        self.assertTrue(self.daemon.cli("journal", "verify")["intact"])

    def test_probes(self):
        self.assertEqual(get(self.daemon.http + "/healthz")[0], 200)
        self.assertEqual(get(self.daemon.http + "/readyz")[0], 200)
        status, _, text = get(self.daemon.http + "/metrics")
        self.assertEqual(status, 200)
        self.assertIn(b"hutong_database_up 1\n", text)
        self.assertEqual(get(self.daemon.http + "/nothing")[0], 404)
        self.assertEqual(get(self.daemon.http + "/pki/crl/none.crl")[0], 404)
        port = http.client.HTTPConnection(self.daemon.http.removeprefix("http://"), timeout=30)
        port.request("POST", "/healthz", body=b"x")
        answer = port.getresponse()
        self.assertEqual((answer.status, answer.getheader("Allow")), (405, "GET, HEAD"))
        port.close()

    def test_doctor(self):
        done = run("doctor", "--json", home=self.daemon.home)
        levels = {one["what"]: one["level"] for one in json.loads(done.stdout)}
        self.assertEqual([what for what, level in levels.items() if level == "fail"], [])
        self.assertEqual(done.returncode, 0)
        self.assertEqual((levels["port https"], levels["certificate tls"], levels["database"]), ("ok", "ok", "ok"))
        self.assertEqual(levels["officers"], "warn")

    def test_a_second_daemon_is_refused(self):
        done = run("serve", home=self.daemon.home)
        self.assertEqual(done.returncode, 1)
        self.assertIn(str(self.daemon.process.pid), done.stderr)
        self.assertTrue(self.daemon.cli("status")["ready"])
        # The refused one leaves the other's lock file as it was: doctor and a third one still see who runs.
        self.assertIn(str(self.daemon.process.pid), run("serve", home=self.daemon.home).stderr)
        self.assertEqual(run("doctor", home=self.daemon.home).returncode, 0)

    @unittest.skipIf(os.geteuid() != 0, "only root can become another user")
    def test_other_users_may_not_give_commands(self):
        other = pwd.getpwnam("nobody")
        reachable = self.daemon.folder / "hutong"
        shutil.copy(hutong_binary(), reachable)
        reachable.chmod(0o755)
        done = subprocess.run([reachable, "org", "list", "--home", str(self.daemon.home)], capture_output=True,
                              text=True, timeout=60, user=other.pw_uid, group=other.pw_gid, extra_groups=[])
        self.assertEqual(done.returncode, 1)
        self.assertIn("owner", done.stderr)

    def test_config_check(self):
        self.assertEqual(run("config", "check", home=self.daemon.home).returncode, 0)
        other = self.daemon.folder / "other"
        other.mkdir()
        (other / "hutong.toml").write_text("[http]\nmax_conections = 5\n")
        done = run("config", "check", home=other)
        self.assertEqual(done.returncode, 1)
        for part in ("hutong.toml", "line 2", "max_connections"):
            self.assertIn(part, done.stderr)
        # What only the table of algorithms can know is checked too, not at the next start.
        (other / "hutong.toml").write_text(
            '[trust_domains.a]\nsm2_der = ["http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"]\n')
        done = run("config", "check", home=other)
        self.assertEqual(done.returncode, 1)
        self.assertIn("ecdsa-sha256", done.stderr)
        # What has moved says where to.
        (other / "hutong.toml").write_text("[security]\nallow_oaep_sha1 = true\n")
        done = run("config", "check", home=other)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(len(done.stderr.splitlines()), 1)
        for part in ("line 2", "security.allow_oaep_sha1", "trust_domains.NAME.allow_oaep_sha1", "issuers"):
            self.assertIn(part, done.stderr)


class Restarts(unittest.TestCase):
    """Stopping, crashing, reloading: each case has its own platform."""

    def setUp(self):
        self.daemon = Daemon()
        self.daemon.__enter__()
        self.addCleanup(self.daemon.__exit__, None, None, None)

    def test_stop_and_start(self):
        self.daemon.org("gs", "工商")
        postgres = int((self.daemon.home / "pg/data/postmaster.pid").read_text().splitlines()[0])
        self.assertEqual(self.daemon.stop(), 0)
        self.assertFalse((self.daemon.home / "run/listen.json").exists())
        self.assertFalse((self.daemon.home / "run/admin.sock").exists())
        self.assertFalse(pathlib.Path(f"/proc/{postgres}").exists())
        done = run("org", "list", home=self.daemon.home)
        self.assertEqual(done.returncode, 1)
        self.assertIn(f"hutong serve --home {self.daemon.home}", done.stderr)
        self.assertEqual(run("journal", "verify", home=self.daemon.home).returncode, 0)
        self.assertEqual(run("doctor", home=self.daemon.home).returncode, 0)
        self.daemon.start()
        self.assertEqual(len(self.daemon.cli("org", "list")), 1)

    def test_kill_leaves_nothing_in_the_way(self):
        self.daemon.org("gs", "工商")
        self.daemon.kill()
        self.daemon.start()
        self.assertEqual(len(self.daemon.cli("org", "list")), 1)
        self.assertTrue(self.daemon.cli("journal", "verify")["intact"])
        self.assertEqual(self.daemon.stop(), 0)

    def test_reload_keeps_the_old_configuration_when_the_new_one_is_wrong(self):
        configuration = self.daemon.home / "hutong.toml"
        good = configuration.read_text()
        configuration.write_text(good + "\n[nonsense]\n")
        self.reload_until("HT1005")
        self.assertTrue(self.daemon.cli("status")["ready"])
        configuration.write_text(good)
        self.reload_until("HT1004")
        self.assertTrue(self.daemon.cli("status")["ready"])

    def test_reload_takes_new_values_without_dropping_connections(self):
        registry_case.publish_echo(self.daemon)

        def post(connection):
            connection.request("POST", "/services/gs/echo", body=b"x" * 5000, headers={"Content-Type": "text/xml"})
            answer = connection.getresponse()
            answer.read()
            return answer.status

        open_before = http.client.HTTPConnection(self.daemon.http.removeprefix("http://"), timeout=30)
        self.addCleanup(open_before.close)
        self.assertEqual(post(open_before), 500)      # read, and found to be no SOAP
        socket_before = open_before.sock
        set_values(self.daemon, "http", max_body_bytes=4096)
        self.reload_until("HT1004")
        self.assertIs(open_before.sock, socket_before)
        open_after = http.client.HTTPConnection(self.daemon.http.removeprefix("http://"), timeout=30)
        self.addCleanup(open_after.close)
        self.assertEqual(post(open_after), 413)
        open_before.request("GET", "/healthz")
        self.assertEqual(open_before.getresponse().status, 200)

    def reload_until(self, message):
        said_before = self.daemon.log.read_text().count(message)
        self.daemon.reload()
        for _ in range(300):
            if self.daemon.log.read_text().count(message) > said_before:
                return
            time.sleep(0.1)
        self.fail(f"no {message} in the log")

    def test_serve_refuses_a_wrong_configuration_in_one_line(self):
        self.daemon.stop()
        with open(self.daemon.home / "hutong.toml", "a", encoding="utf-8") as file:
            file.write("\n[htp]\n")
        done = run("serve", home=self.daemon.home)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(len(done.stderr.strip().splitlines()), 1, done.stderr)
        self.assertIn("htp", done.stderr)

    def test_embedded_postgres_comes_back_when_it_dies(self):
        postgres = int((self.daemon.home / "pg/data/postmaster.pid").read_text().splitlines()[0])
        os.kill(postgres, signal.SIGQUIT)
        for _ in range(600):
            try:
                self.daemon.org("gs", "工商")
                break
            except CommandFailed as failed:
                self.assertEqual(len(failed.message.splitlines()), 1)
                time.sleep(0.1)
        self.assertEqual(len(self.daemon.cli("org", "list")), 1)


if __name__ == "__main__":
    suite.main()

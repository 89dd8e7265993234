"""What the machine's owner and the platform itself do beside the officers' commands: the configuration, the online root,
nodes that come in, and refusals at the API's door. All of it is in the journal."""
import os
import socket
import struct
import subprocess
import time
import unittest

import node_case
import officers
import suite
from hutong_daemon import CommandFailed, Daemon, hutong_binary
from officers import Api, ask
from officers_case import SeparatedCase

CHANGED = "configuration changed by the machine's owner: "


def wait_for(question, what):
    deadline = time.monotonic() + 60
    while not (answer := question()):
        if time.monotonic() > deadline:
            raise AssertionError(what)
        time.sleep(0.05)
    return answer


def openssl(*arguments):
    return subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True, text=True, timeout=60).stdout


class Configuration(SeparatedCase):
    def read(self):
        return self.audit(command="config.read")

    def test_what_the_owner_changes_is_journaled_and_told(self):
        first = wait_for(self.read, "the start left no record of the configuration")[-1]
        self.assertEqual((first["arguments"]["changes"], first["reason"], first["platform"]), ([], "", True))
        self.assertEqual(first["arguments"]["values"]["security.freshness"], "300")
        self.assertNotIn("owner", first)

        # While the daemon is away: by the next start. The issuer's certificate is a file, which counts by its content.
        for officer in (*self.people.values(), self.second):
            officer.ask("me")
        self.daemon.stop()
        key, certificate = self.daemon.folder / "idp.key", self.daemon.home / "idp.pem"
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, "-subj", "/CN=idp")
        self.daemon.set_option("freshness", "86400")
        self.daemon.set_option("saml_issuers", '{ "urn:idp" = ["idp.pem"] }')
        self.journal_level("metadata")
        self.daemon.start()
        record = wait_for(lambda: [one for one in self.read() if one["reason"]], "the change is in no record")[0]
        wait_for(lambda: "HT1009" in self.daemon.log.read_text(), "the log does not warn of it")
        warned = [line for line in self.daemon.log.read_text().splitlines() if "HT1009" in line]
        self.assertEqual(["freshness: 300 -> 86400" in line for line in warned], [True], warned)
        changes = {one["field"]: (one["old"], one["new"]) for one in record["arguments"]["changes"]}
        self.assertEqual(set(changes), {"security.freshness", "security.saml_issuers.urn:idp", "journal.level"})
        self.assertEqual(changes["security.freshness"], ("300", "86400"))
        self.assertEqual(changes["journal.level"], ("evidence", "metadata"))
        self.assertRegex(changes["security.saml_issuers.urn:idp"][1], "^idp.pem \\(sha256:[0-9a-f]{64}\\)$")
        self.assertTrue(record["reason"].startswith(CHANGED), record)
        self.assertIn("security.freshness: 300 -> 86400", record["reason"])
        self.assertEqual(record["outcome"], "ok")
        digest = subprocess.run(["sha256sum", self.daemon.home / "hutong.toml"], capture_output=True, text=True,
                                check=True).stdout.split()[0]
        self.assertEqual(record["arguments"]["digest"], digest)

        # Each officer is told at the next sign-in, once.
        for officer in (*self.people.values(), self.second):
            notices = self.notices(officer, lambda told: any(CHANGED in one for one in told))
            self.assertTrue(any("journal.level: evidence -> metadata" in one for one in notices), notices)

        # While it runs: by the signal. Another certificate in the same file is a change too.
        openssl("req", "-x509", "-key", key, "-out", certificate, "-subj", "/CN=another")
        self.daemon.reload()
        record = wait_for(lambda: [one for one in self.read() if one["reason"]][:-1], "the reload left no record")[0]
        self.assertEqual([one["field"] for one in record["arguments"]["changes"]], ["security.saml_issuers.urn:idp"])
        # One that is the same is a record without changes.
        count = len(self.read())
        self.daemon.reload()
        wait_for(lambda: len(self.read()) == count + 1, "the second reload left no record")
        self.assertEqual(self.read()[0]["arguments"]["changes"], [])

        # The auditor reads it, and nobody else.
        history = self.auditor.cli("config", "history")
        self.assertEqual([len(one["changes"]) for one in history], [0, 1, 3, 0])
        self.assertNotIn("values", history[0])
        self.assertIn("auditor", self.cli_refused(lambda: self.security.cli("config", "history")))
        self.assertIn("separated", self.cli_refused(lambda: self.daemon.cli("config", "history")))

    def test_nobody_else_writes_such_a_record(self):
        wait_for(self.read, "the start left no record of the configuration")
        forged = {"values": {"security.freshness": "1"}, "changes": [], "digest": "0"}
        self.assertEqual(self.refused(lambda: self.security.ask("config.read", forged)).code, "not_found")
        self.assertEqual(len(self.auditor.ask("config.history")), 1)
        self.daemon.restart()
        wait_for(lambda: len(self.auditor.ask("config.history")) == 2, "the second start left no record")
        self.assertEqual(self.auditor.ask("config.history")[0]["changes"], [])

    def journal_level(self, level):
        """`level` is a key of the log, too."""
        file = self.daemon.home / "hutong.toml"
        before, after = file.read_text(encoding="utf-8").split("[journal]\n")
        lines = after.split("\n")
        at = next(number for number, line in enumerate(lines) if line.startswith("level = "))
        lines[at] = f'level = "{level}"'
        file.write_text(before + "[journal]\n" + "\n".join(lines), encoding="utf-8")

    def notices(self, officer, enough):
        told = []

        def sign_in():
            told.extend(ask(self.daemon, "me", {}, officer.credential(), whole=True).get("notices", []))
            return enough(told)
        wait_for(sign_in, f"{officer.name} is not told")
        officer.session = None
        return told


class OnlineRoot(SeparatedCase):
    def setUp(self):
        super().setUp()
        self.pki = self.daemon.home / "pki"
        key, self.request = self.daemon.folder / "sub.key", self.daemon.folder / "sub.csr"
        openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out",
                self.request, "-subj", "/CN=Somebody's CA")
        self.out = self.daemon.folder / "sub.pem"

    def sign(self, key=None, root=None):
        given = ["--root-key", key, "--root", root] if key else []
        return ["ca", "sign", "--csr", self.request, "--out", self.out, *given]

    def test_the_owner_does_not_sign_with_the_online_root(self):
        copy = self.daemon.folder / "copy.key"
        copy.touch(0o600)
        copy.write_bytes((self.pki / "root.key").read_bytes())
        link = self.daemon.folder / "link.key"
        os.link(self.pki / "root.key", link)
        for words in (self.sign(), self.sign(self.pki / "root.key", self.pki / "root.pem"),
                      self.sign(copy, self.pki / "root.pem"), self.sign(link, self.pki / "root.pem")):
            before = len(self.audit(command="ca.sign", outcome="refused"))
            self.assertIn("separated", self.cli_refused(lambda: self.daemon.cli(*words)))
            records = self.audit(command="ca.sign", outcome="refused")
            self.assertEqual((len(records), records[0]["owner"]), (before + 1, True))
            self.assertFalse(self.out.exists())
        # The key's place says whose it is where no home is given.
        done = subprocess.run([hutong_binary(), *map(str, self.sign(self.pki / "root.key", self.pki / "root.pem"))],
                              capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL,
                              env={name: value for name, value in os.environ.items() if name != "HUTONG_HOME"})
        self.assertEqual((done.returncode, "separated" in done.stderr), (1, True), done.stderr)

    def test_the_security_officer_signs_and_two_where_it_is_set(self):
        self.security.cli(*self.sign())
        openssl("verify", "-CAfile", self.pki / "root.pem", self.out)
        done = self.audit(command="ca.sign", outcome="ok")
        self.assertEqual([one["officer"] for one in done], ["li"])
        self.out.unlink()
        self.security.ask("two-persons.on", {"command": "cert.issue"})
        proposal = self.security.cli(*self.sign(self.pki / "root.key", self.pki / "root.pem"))["proposal"]
        self.assertFalse(self.out.exists())
        pem = self.second.ask("proposals.approve", {"id": proposal})["result"]["certificate"]
        self.out.write_text(pem)
        openssl("verify", "-CAfile", self.pki / "root.pem", self.out)
        # And so are the other ways to what the platform answers for.
        for command, arguments in (("ca.add", {"name": "issuing-9"}), ("node.invite", {}),
                                   ("security-key.make", {"name": "seal", "org": "x", "kind": "p256", "purpose": "sign"})):
            self.assertIn("proposal", self.security.ask(command, arguments), command)
        self.assertEqual([one["name"] for one in self.security.ask("ca.list")], ["root", "issuing-1"])

    def test_an_offline_root_needs_no_platform(self):
        vault = self.daemon.folder / "vault"
        vault.mkdir()
        (self.pki / "root.key").rename(vault / "root.key")
        (vault / "root.pem").write_bytes((self.pki / "root.pem").read_bytes())
        subprocess.run([hutong_binary(), *map(str, self.sign(vault / "root.key", vault / "root.pem"))], check=True,
                       capture_output=True, timeout=60, stdin=subprocess.DEVNULL)
        openssl("verify", "-CAfile", vault / "root.pem", self.out)
        self.assertIn("not on this node", self.cli_refused(lambda: self.security.cli(*self.sign())))


class Nodes(node_case.NodeCase):
    """Certificates that no officer's command issues are in the audit log all the same."""

    def test_who_invited_stands_beside_what_was_certified(self):
        people = officers.separate(self.first)
        system, security, auditor = (people[role] for role in ("system", "security", "auditor"))
        with self.assertRaises(CommandFailed) as caught:
            system.cli("node", "invite")
        self.assertIn("node.invite is the work of the security officer", caught.exception.message)
        done = self.join(self.folder / "second", security.cli("node", "invite")["token"])
        self.assertEqual(done.returncode, 0, done.stderr)

        def audit(command):
            return auditor.ask("audit.list", {"command": command})

        joined = wait_for(lambda: audit("node.join"), "the join is not journaled")
        self.assertEqual([one["outcome"] for one in joined], ["ok"])
        self.assertIn("officer li", joined[0]["arguments"]["invited_by"])
        invited = auditor.ask("cert.history")
        self.assertTrue(any(one["subject"] == f"invitation {joined[0]['arguments']['invitation']}" and
                            "officer li" in one["actor"] for one in invited), invited)
        made = {one["arguments"]["serial"]: one for one in audit("node.certificate")}
        node = joined[0]["arguments"]["node"]
        listed = [one["serial"] for one in auditor.ask("cert.list") if node in one["subject"]]
        self.assertTrue(made)
        for one in made.values():
            self.assertEqual((one["platform"], one["arguments"]["node"], one["outcome"]), (True, node, "ok"))
            self.assertIn("officer li", one["arguments"]["invited_by"])
        registered = {one["serial"] for one in auditor.ask("cert.list")}
        self.assertLessEqual(set(made), registered)
        self.assertLessEqual(set(listed), set(made))
        # And the responder's.
        answering = wait_for(lambda: audit("ocsp.certificate"), "the OCSP delegate is not journaled")
        self.assertIn(answering[0]["arguments"]["serial"], registered)


class ApiRefusals(SeparatedCase):
    def setUp(self):
        super().setUp()
        self.api = Api(self.daemon)
        self.api.sign_in(self.security.credential(), bearer=False)

    def recorded(self, work, command, officer):
        """Exactly one record of a refusal is made by it, in this officer's name (None: in nobody's)."""
        before = len(self.audit(command=command, outcome=work.outcome))
        status = work()
        records = self.audit(command=command, outcome=work.outcome)
        records = records[:len(records) - before]
        self.assertEqual([(one.get("officer"), one.get("nobody", False), one["channel"]) for one in records],
                         [(officer, officer is None, "api")], (command, status))
        return status, records[0]

    def call(self, outcome, *arguments, **more):
        def work():
            return (self.api if more.get("api") is None else more["api"]).call(*arguments, **{
                name: value for name, value in more.items() if name != "api"})[0]
        work.outcome = outcome
        return work

    def test_every_refusal_of_an_account_is_journaled(self):
        lists, form = "/api/v1/commands/org.list", {"Content-Type": "text/plain"}
        for expected, work, command in (
                (400, self.call("invalid", "POST", lists, b"{"), "org.list"),
                (400, self.call("invalid", "POST", lists, b"[]"), "org.list"),
                (400, self.call("invalid", "POST", lists, b"{}", form), "org.list"),
                (400, self.call("invalid", "POST", lists, {"surely-unknown": 1}), "org.list"),
                (403, self.call("refused", "POST", lists, {}, {"X-Hutong-Csrf": "0" * 64}), "org.list"),
                (403, self.call("refused", "POST", lists, {}, {"Origin": "https://evil.example"}), "org.list"),
                (404, self.call("not_found", "GET", "/api/v1/nothing"), "api"),
                (404, self.call("not_found", "PUT", lists, {}), "api"),
                (404, self.call("not_found", "POST", "/api/v1/commands/no.such", {}), "no.such"),
                (403, self.call("refused", "POST", "/api/v1/commands/org.add", {"id": "x", "name": "x"}), "org.add")):
            self.assertEqual(self.recorded(work, command, "li")[0], expected, command)

    def test_every_failed_sign_in_is_journaled(self):
        nobody, path = Api(self.daemon), "/api/v1/session"
        wrong = {"officer": "zhao", "password": "wrong"}
        for expected, work in (
                (400, self.call("invalid", "POST", path, b"{", api=nobody)),
                (400, self.call("invalid", "POST", path, b"{}", {"Content-Type": "text/plain"}, api=nobody)),
                (413, self.call("limit", "POST", path, {"officer": "x" * 20000}, api=nobody)),
                (403, self.call("refused", "POST", path, wrong, {"Origin": "https://evil.example"}, api=nobody)),
                (401, self.call("refused", "POST", path, {}, api=nobody))):
            self.assertEqual(self.recorded(work, "me.sign-in", None)[0], expected)
        self.assertEqual(nobody.call("POST", path, wrong)[0], 401)
        self.assertEqual(self.audit(command="me.sign-in", officer="zhao", outcome="refused")[0]["reason"], "wrong password")
        # Whoever tries too often from one address is not looked at any more, and that is a record as well.
        work = self.call("limit", "POST", path, {}, api=nobody)
        before = len(self.audit(command="me.sign-in", outcome="limit"))
        wait_for(lambda: work() == 429, "nothing ends the tries of one address")
        records = self.audit(command="me.sign-in", outcome="limit")
        self.assertEqual(len(records), before + 1)
        self.assertIn("too many sign-ins", records[0]["reason"])

    def test_a_request_that_is_none_is_journaled_at_the_socket(self):
        before = len(self.audit(command="socket"))
        with socket.socket(socket.AF_UNIX) as door:
            door.settimeout(60)
            door.connect(str(self.daemon.home / "run/admin.sock"))
            door.sendall(struct.pack(">I", 5) + b"hello")
            self.assertIn(b"not a JSON object", door.recv(65536))
        records = self.audit(command="socket")
        self.assertEqual((len(records), records[0]["outcome"], records[0].get("owner", False)), (before + 1, "invalid", False))


class Flood(unittest.TestCase):
    def test_what_strangers_are_refused_becomes_numbers(self):
        """Every kind of refusal of somebody unknown counts into one bound, so that none of them is the open door."""
        with Daemon() as daemon:
            nobody = Api(daemon)
            kinds = (("GET", "/api/v1/nothing", None, {}), ("POST", "/api/v1/session", b"{", {}),
                     ("POST", "/api/v1/commands/org.list", {}, {"Origin": "https://evil.example"}))
            for number in range(520):
                method, path, body, headers = kinds[number % 3]
                self.assertIn(nobody.call(method, path, body, headers)[0], (400, 403, 404))
            records = [one for one in daemon.cli("journal", "list", "--limit", "1000") if one["kind"] == "admin"]
            counted = [one for one in records if " more within a minute" in one["reason"]]
            refused = [one for one in records if one not in counted and one["outcome"] in ("invalid", "refused", "not_found")]
            self.assertTrue(counted)
            self.assertLess(len(refused), 520)
            self.assertGreaterEqual(len(refused), 200)


if __name__ == "__main__":
    suite.main()

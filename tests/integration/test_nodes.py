"""Two nodes on one PostgreSQL server by URL: joining, changes that reach both, and life without the database."""
import hashlib
import json
import ssl
import subprocess
import uuid

import lxml.etree

import node_case
import registry_case
import sm2
import suite
import throwaway
from echo_backend import EchoBackend, envelope
from echo_platform import post
from hutong_daemon import WITHOUT_REVOCATION, CommandFailed, Daemon, hutong_binary
from soft_token import SoftToken
from test_cli import get
from test_hsm import certificate_of, signer_of
from wss_sign import signed


class Nodes(node_case.NodeCase):
    def test_a_second_node_comes_in_and_follows(self):
        token = self.first.cli("node", "invite")["token"]
        home = self.folder / "second"
        done = self.join(home, token)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertFalse(list((home / "pki").iterdir()))
        second = Daemon(self.folder, home_name="second")
        with second:
            self.assertEqual(len(self.first.cli("node", "list")), 2)
            registry_case.publish_echo(self.first)
            self.wait_for(lambda: get(second.http + "/services/gs/echo?wsdl")[0] == 200, "the second node does not follow")
            second.org("ds", "地税")
            self.assertIn("ds", [one["id"] for one in self.first.cli("org", "list")])
            for refused in (lambda: second.issue("tax"), lambda: second.cli("node", "invite")):
                with self.assertRaises(CommandFailed) as caught:
                    refused()
                self.assertIn("founded", caught.exception.message)

    def test_a_revocation_reaches_the_second_node(self):
        backend = EchoBackend()
        self.addCleanup(backend.stop)
        registry_case.publish_echo(self.first, endpoint=backend.url)
        self.assertEqual(self.join(self.folder / "second", self.first.cli("node", "invite")["token"]).returncode, 0)
        with Daemon(self.folder, home_name="second") as second:
            identity = self.first.issue("tax")

            def call(node):
                message = signed(envelope("x"), identity.key, identity.certificate)
                return post(node.http, message)

            self.wait_for(lambda: call(second)[0] == 200, "the second node does not know the certificate")
            self.assertEqual(call(self.first)[0], 200)
            self.first.cli("cert", "revoke", identity.serial, "--reason", "keyCompromise")
            self.assertIn(b"revoked", call(self.first)[2])
            self.wait_for(lambda: b"revoked" in call(second)[2], "the second node believes a revoked certificate")

    def test_a_node_joins_with_sm2_keys(self):
        backend = EchoBackend()
        self.addCleanup(backend.stop)
        registry_case.publish_echo(self.first, endpoint=backend.url)
        authority = sm2.Authority(self.folder, "outside")
        self.first.cli("trust", "add", authority.certificate, *WITHOUT_REVOCATION)
        caller = authority.issue("window")
        self.first.cli("consumer", "add", "window", "--org", "gs", "--cert", caller.certificate)
        self.first.grant("window", "gs/echo")
        done = self.join(self.folder / "second", self.first.cli("node", "invite")["token"], "--sm2")
        self.assertEqual(done.returncode, 0, done.stderr)
        with Daemon(self.folder, home_name="second") as second:
            def call():
                return post(second.http, sm2.signed(envelope("国密"), caller))

            self.wait_for(lambda: call()[0] == 200, "the second node does not know the caller")
            # The answer is by the second node's own SM2 key, under the platform's root.
            body = call()[2]
            self.assertTrue(sm2.openssl_verifies(body, self.folder))
            signer = sm2.certificate_of(lxml.etree.fromstring(body), self.folder)
            self.assertEqual(ssl.PEM_cert_to_DER_cert(signer.read_text()), certificate_of(second, "sign-sm2"))
            self.assertIn(b"OK", sm2.openssl("verify", "-CAfile", second.ca_file(), signer))
            self.assertIn("sign-sm2", [one["name"] for one in second.cli("status")["keys"]])

    def test_a_node_joins_with_a_key_on_a_token(self):
        backend = EchoBackend()
        self.addCleanup(backend.stop)
        registry_case.publish_echo(self.first, endpoint=backend.url)
        caller = self.first.issue("tax")
        token = SoftToken(self.folder / "hsm")
        invitation = self.first.cli("node", "invite")["token"]
        home = self.folder / "second"
        # What cannot be made leaves nothing behind, and the invitation as good as it was.
        done = self.join(home, invitation, *token.options(), "--key", "sign-p256=pkcs11:token=nowhere;object=sign-p256")
        self.assertEqual((done.returncode, len(done.stderr.strip().splitlines())), (1, 1), done.stderr)
        self.assertIn("nowhere", done.stderr)
        self.assertFalse(home.exists())
        done = self.join(home, invitation, *token.options("sign-p256"))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex((home / "keys" / "sign-p256.key").read_text(), "^pkcs11:.*object=sign-p256")
        self.assertEqual(token.tool("--list-objects", "--type", "privkey").count("Private Key Object"), 1)
        with Daemon(self.folder, home_name="second") as second:
            def call():
                return post(second.http, signed(envelope("x"), caller.key, caller.certificate))

            self.wait_for(lambda: call()[0] == 200, "the second node does not know the certificate")
            self.assertEqual(signer_of(call()[2]), certificate_of(second, "sign-p256"))
            # Its heads of the journal are by that key too.
            second.wait_for_heads()
            self.assertTrue(second.cli("journal", "verify")["intact"])

    def test_a_token_is_good_once(self):
        token = self.first.cli("node", "invite")["token"]
        self.assertEqual(self.join(self.folder / "second", token).returncode, 0)
        for wrong in (token, "nonsense"):
            done = self.join(self.folder / "third", wrong)
            self.assertEqual(done.returncode, 1)
            self.assertEqual(len(done.stderr.strip().splitlines()), 1, done.stderr)
            self.assertFalse((self.folder / "third").exists())

    def sql(self, text):
        subprocess.run([throwaway.program("psql", "/usr/lib/postgresql/*/bin/psql"), self.url, "-v", "ON_ERROR_STOP=1", "-qc", text],
                       check=True, capture_output=True, text=True, timeout=60)

    def test_who_writes_to_the_database_joins_no_node(self):
        """Neither with an invitation of his own making nor with one that an officer made."""
        key, request = self.folder / "evil.key", self.folder / "evil.csr"
        subprocess.run([throwaway.program("openssl"), "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-keyout", key, "-subj", "/CN=tls", "-out", request], check=True, capture_output=True, timeout=60)
        before = {one["serial"] for one in self.first.cli("cert", "list")}
        made_up = hashlib.sha256(b"a" * 48).hexdigest()
        self.sql(f"insert into join_tokens (digest, expires, used) values ('{made_up}', now() + interval '1 day', now())")
        invitation = self.first.cli("node", "invite")["token"]
        invited = hashlib.sha256(invitation.encode()).hexdigest()
        for digest, reason in ((made_up, "gave no such invitation"), (invited, "does not show that it has the token")):
            node = str(uuid.uuid4())
            self.sql(f"begin; insert into join_requests (node, token, url) values ('{node}', '{digest}', 'https://evil.example');"
                     f"insert into join_keys (node, key, csr) values ('{node}', 'tls', '{request.read_text()}'); commit")

            def refused():
                return [one for one in self.first.cli("audit", "list", "--command", "node.join")
                        if one["arguments"]["node"] == node]

            self.wait_for(refused, "the request is not answered")
            self.assertEqual(refused()[0]["outcome"], "refused")
            self.assertIn(reason, refused()[0]["reason"])
            self.assertIn(reason, self.first.log.read_text())
        self.assertEqual({one["serial"] for one in self.first.cli("cert", "list")}, before)
        self.assertEqual(len(self.first.cli("node", "list")), 1)
        # What was taken away from who was invited is one invitation.
        self.sql(f"delete from join_requests where token = '{invited}'")
        self.assertEqual(self.join(self.folder / "second", invitation).returncode, 0)

    def test_a_node_that_joins_takes_no_other_certificates(self):
        """Who writes to the database answers before the founding node does."""
        invitation = self.first.cli("node", "invite")["token"]
        self.sql("create function answer() returns trigger language plpgsql as $$ begin new.state := 'admitted'; new.answered := now(); "
                 "new.answer_proof := repeat('0', 64); return new; end $$; "
                 "create trigger answer before insert on join_requests for each row execute function answer();"
                 "create function chain() returns trigger language plpgsql as $$ begin new.chain := 'chain'; return new; end $$;"
                 "create trigger chain before insert on join_keys for each row execute function chain()")
        done = self.join(self.folder / "second", invitation)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("not from who gave this token", done.stderr.strip().splitlines()[-1])
        self.assertFalse((self.folder / "second").exists())

    def test_a_database_holds_one_platform(self):
        command = [hutong_binary(), "init", "--home", str(self.folder / "other"), "--database", self.url]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 1)
        self.assertIn("hutong join", done.stderr)
        self.assertFalse((self.folder / "other").exists())

    def test_without_the_database_contracts_are_served_and_administration_says_so(self):
        registry_case.publish_echo(self.first)
        self.postgres.stop("immediate")
        with self.assertRaises(CommandFailed) as caught:
            self.first.org("ds", "地税")
        self.assertEqual(len(caught.exception.message.splitlines()), 1)
        self.assertEqual(get(self.first.http + "/services/gs/echo?wsdl")[0], 200)
        self.assertEqual(get(self.first.http + "/readyz")[0], 200)

        # A start in that state takes the snapshot from disk.
        self.first.restart()
        self.assertEqual(get(self.first.http + "/services/gs/echo?wsdl")[0], 200)
        status = self.first.cli("status")
        self.assertFalse(status["database"]["up"])
        self.assertTrue(status["ready"])
        self.assertIn("HT2002", self.first.log.read_text())

        self.postgres.start()
        self.wait_for(lambda: self.first.cli("status")["database"]["up"], "the database is not seen again")
        self.wait_for(self.add_organisation, "administration does not come back")
        self.assertIn("ds", [one["id"] for one in self.first.cli("org", "list")])

    def add_organisation(self):
        try:
            return self.first.org("ds", "地税") is not None
        except CommandFailed:
            return False

    def test_doctor_tells_what_is_away(self):
        self.postgres.stop("immediate")
        done = subprocess.run([hutong_binary(), "doctor", "--home", str(self.first.home), "--json"],
                              capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 1)
        failed = [one for one in json.loads(done.stdout) if one["level"] == "fail"]
        self.assertEqual([one["what"] for one in failed], ["database"])
        self.assertTrue(failed[0]["mend"])


if __name__ == "__main__":
    suite.main()

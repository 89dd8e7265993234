"""Separation of officers on a real daemon: every command of the table, every role, over socket, command line and API."""
import base64
import hashlib
import http.client
import json
import os
import ssl
import stat
import subprocess
import time
import unittest

import officers
import suite
from hutong_daemon import CommandFailed, Daemon, hutong_binary
from officers import Api, Refused, ask
from officers_case import SeparatedCase, SharedSeparatedCase

DUMMIES = {"text": "x", "list": ["x"], "flag": True, "number": 1, "object": {}}
NOT_BY_ROLE = "is the work of the"


def dummies(row):
    """Arguments of the right form that mean nothing, so that a command that is let through changes nothing."""
    return {one["name"]: DUMMIES[one["kind"]] for one in row["takes"] if one["required"]}


def sql(daemon, text, fails=False):
    """What the database's own user can do beside the program."""
    done = subprocess.run(["psql", "-v", "ON_ERROR_STOP=1", "-h", str(daemon.home / "pg/run"), "-U", "hutong", "hutong",
                           "-c", text], capture_output=True, text=True, timeout=60)
    if (done.returncode != 0) != fails:
        raise AssertionError(f"{text}: {done.stdout}{done.stderr}")


class Separated(SharedSeparatedCase):
    """One separated platform for all cases, with two security officers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.table = cls.daemon.cli("commands")
        cls.apis = {}
        for role, officer in cls.people.items():
            cls.apis[role] = Api(cls.daemon)
            cls.apis[role].sign_in(officer.credential())

    # Must show 5.

    def test_every_command_by_every_wrong_role(self):
        tried = {"socket": 0, "api": 0, "cli": 0}
        for row in self.table:
            if row["who"] == "anyone":
                continue
            wrong = [role for role in self.people if role not in row["roles"]]
            for role in wrong:
                officer = self.people[role]
                where = f"{row['command']} by {role}"
                before = len(self.audit(command=row["command"], officer=officer.name, outcome="refused"))
                error = self.refused(lambda: officer.ask(row["command"], dummies(row)))
                self.assertEqual(error.code, "refused", where)
                error = self.refused(lambda: self.apis[role].command(row["command"], dummies(row)))
                self.assertEqual(error.code, "refused", where)
                with self.assertRaises(CommandFailed) as caught:
                    officer.cli("command", row["command"], stdin=json.dumps(dummies(row)))
                self.assertEqual(caught.exception.code, 1, where)
                for channel in tried:
                    tried[channel] += 1
                records = self.audit(command=row["command"], officer=officer.name, outcome="refused")
                records = records[:len(records) - before]    # newest first
                self.assertEqual(sorted(one["channel"] for one in records), ["api", "socket", "socket"], where)
        print(f"... refused and journaled by wrong roles: {tried}", flush=True)
        self.assertGreater(tried["socket"], 40)

    def test_every_command_by_the_owner(self):
        count = 0
        nobody = Api(self.daemon)
        for row in self.table:
            if row["who"] != "officers":
                continue
            command = row["command"]
            before = len(self.audit(command=command, outcome="refused"))
            error = self.refused(lambda: ask(self.daemon, command, dummies(row)))
            self.assertEqual(error.code, "refused", command)
            done = subprocess.run([hutong_binary(), "command", command, "--home", str(self.daemon.home)],
                                  input=json.dumps(dummies(row)), capture_output=True, text=True, timeout=60)
            self.assertEqual(done.returncode, 1, command)
            status, _, said = nobody.call("POST", f"/api/v1/commands/{command}", dummies(row))
            self.assertEqual((status, said["error"]["code"]), (401, "refused"), command)
            records = self.audit(command=command, outcome="refused")
            records = records[:len(records) - before]    # newest first
            self.assertEqual(len(records), 3, command)
            self.assertEqual([one.get("owner", False) for one in records], [False, True, True], command)
            count += 1
        print(f"... refused to the owner three ways and journaled: {count} commands", flush=True)
        self.assertGreater(count, 40)

    def test_every_command_by_its_own_role_is_not_refused_for_the_role(self):
        for row in self.table:
            if row["command"].startswith("me") or row["command"] == "proposals.approve":
                continue
            for role in set(row["roles"]) & set(self.apis):
                try:
                    self.apis[role].command(row["command"], dummies(row))
                except Refused as refused:
                    self.assertNotIn(NOT_BY_ROLE, refused.detail, f"{row['command']} by {role}")

    def test_the_owner_keeps_no_other_commands(self):
        self.assertEqual({row["command"] for row in self.table if row["who"] == "owner"},
                         {"officers.separate", "officers.recover", "officers.recovery.finish"})
        self.assertEqual({row["command"] for row in self.table if row["who"] == "anyone"}, {"status", "commands.list"})
        self.assertEqual(self.refused(lambda: ask(self.daemon, "officers.separate")).code, "conflict")

    def test_a_reserved_argument_is_the_other_officers(self):
        for row in self.table:
            for one in row["takes"]:
                if one["reserved"] and "system" in row["roles"] and one["reserved"] != "system":
                    given = {**dummies(row), one["name"]: DUMMIES[one["kind"]]}
                    self.assertIn("to say", self.refused(lambda: self.system.ask(row["command"], given)).detail)

    def test_journal_level_and_validation_are_the_security_officer_s(self):
        self.system.ask("org.add", {"id": "gs", "name": "工商"})
        said = self.system.ask("service.install", {"name": "security", "org": "gs"})
        self.assertTrue(said["changed"])
        changed = self.security.cli("service", "settings", "gs/security", "--journal", "metadata", "--validation", "off")
        self.assertEqual((changed["journal"], changed["validate"]), ("metadata", False))
        # The system administrator publishes again, and they stay.
        self.system.ask("service.install", {"name": "security", "org": "gs"})
        shown = self.system.ask("service.show", {"service": "gs/security"})
        self.assertEqual((shown["journal"], shown["validate"]), ("metadata", False))
        self.assertEqual(self.security.ask("service.settings", {"service": "gs/security", "journal": "default"})["journal"],
                         None)

    # Credentials at the socket.

    def test_raw_socket_credentials(self):
        fresh = {"officer": "wang", "password": self.system.password}
        for bad in ({"officer": "wang"}, {"officer": "wang", "password": "x"}, fresh, {**fresh, "code": "000000"},
                    {"session": "0" * 64}, {"session": ""}, {"officer": "nobody", "password": "x"},
                    {"officer": "wang", "certificate": "0" * 64}, {"officer": ["wang"]},
                    {"session": self.apis["system"].headers["Authorization"].split()[1]}):
            before = len(self.audit(outcome="refused"))
            self.assertEqual(self.refused(lambda: ask(self.daemon, "org.list", {}, bad)).code, "refused", bad)
            self.assertEqual(len(self.audit(outcome="refused")), before + 1, bad)
        ask(self.daemon, "officers.unlock", {"name": "wang"}, {"session": self.session(self.security)})

    def session(self, officer):
        officer.ask("me")
        return officer.session

    def test_unknown_and_wrong_are_told_the_same(self):
        told = {}
        for name in ("zhao", "nobody", "x" * 200, ""):
            begun = time.monotonic()
            error = self.refused(lambda: ask(self.daemon, "me", {}, {"officer": name, "password": "wrong one"}))
            told[name] = (str(error), time.monotonic() - begun)
        self.assertEqual(len({text for text, _ in told.values()}), 1)
        # The journal has the account that was meant; words that name none may be a password, and are not kept.
        self.refused(lambda: ask(self.daemon, "me", {}, {"officer": "my secret passphrase", "password": "zhao"}))
        failed = self.audit(command="me.sign-in", outcome="refused", officer="zhao")
        self.assertTrue(failed and failed[0]["reason"] == "wrong password", failed)
        self.assertTrue(self.audit(command="me.sign-in", outcome="refused", officer="(unknown)"))
        self.assertNotIn("my secret passphrase", json.dumps(self.audit()) + self.daemon.log.read_text())
        print("... seconds: ", {name[:8]: round(took, 2) for name, (_, took) in told.items()}, flush=True)
        self.assertTrue(all(took >= 0.5 for _, took in told.values()))
        self.security.ask("officers.unlock", {"name": "zhao"})

    def test_secrets_are_in_no_record(self):
        for officer in (*self.people.values(), self.second):
            for file in (self.daemon.home / "journal").rglob("*.seg"):
                self.assertNotIn(officer.password.encode(), file.read_bytes())
            self.assertNotIn(officer.password, self.daemon.log.read_text())

    def test_a_refusal_with_large_arguments_is_journaled(self):
        large = "x" * (5 << 20)
        for command, arguments in (("org.add", {"id": large, "name": "x"}), ("grant", {"consumer": large, "service": "x"}),
                                   (large, {})):
            before = len(self.audit())
            error = self.refused(lambda: self.auditor.ask(command, arguments))
            self.assertIn(error.code, ("refused", "not_found"))
            self.assertLess(len(error.detail), 1000 + (len(command) if command == large else 0))
            after = self.audit()
            self.assertEqual(len(after) - before, 2)    # that, and the reading before it
            self.assertLess(len(json.dumps(after[0])), 5000)
            self.assertIn("sha256:", after[0]["command"] + json.dumps(after[0]["arguments"]))

    def test_session_file_is_private(self):
        self.system.cli("org", "list")
        file = self.system._session_file()
        self.assertEqual(stat.S_IMODE(os.stat(file).st_mode), 0o600)
        os.chmod(file, 0o644)
        with self.assertRaises(CommandFailed):
            self.system.cli("org", "list")
        os.chmod(file, 0o600)

    def test_a_session_file_is_of_no_use_in_another_login(self):
        self.system.cli("org", "list")
        with self.assertRaises(CommandFailed) as caught:
            self.system.cli_in_another_login("org", "list")
        self.assertIn("another login", caught.exception.message)
        self.assertTrue(self.audit(command="me", outcome="refused"))
        self.system.cli("org", "list")

    # Two persons.

    def test_two_persons(self):
        self.system.ask("org.add", {"id": "tp", "name": "二人"})
        self.system.ask("consumer.add", {"id": "hall", "org": "tp"})
        self.security.ask("two-persons.on", {"command": "consumer.vouches"})
        self.assertTrue(next(one for one in self.auditor.ask("two-persons.list") if one["command"] == "consumer.vouches")
                        ["two_persons"])
        proposal = self.security.cli("consumer", "vouches", "hall")["proposal"]
        shown = self.second.ask("proposals.show", {"id": proposal})
        self.assertEqual((shown["arguments"], shown["state"]), ({"consumer": "hall"}, "waiting"))
        self.assertIn("own proposal", self.refused(lambda: self.security.ask("proposals.approve", {"id": proposal})).detail)
        for role in ("system", "auditor"):
            self.assertIn(NOT_BY_ROLE,
                          self.refused(lambda: self.people[role].ask("proposals.approve", {"id": proposal})).detail)
        self.assertEqual(self.second.cli("proposals", "approve", proposal)["result"]["consumer"], "hall")
        self.assertEqual(self.refused(lambda: self.second.ask("proposals.approve", {"id": proposal})).code, "conflict")
        done = [one for one in self.audit(command="consumer.vouches", outcome="ok")
                if one["arguments"]["consumer"] == "hall"]
        self.assertEqual([(one["officer"], one["approved_by"]) for one in done], [("li", "sun")])
        # Refused and withdrawn ones do nothing.
        other = self.security.ask("consumer.vouches", {"consumer": "hall", "no": "yes"})["proposal"]
        self.assertEqual(self.refused(lambda: self.security.ask("proposals.refuse", {"id": other})).code, "refused")
        self.auditor.ask("proposals.refuse", {"id": other})
        third = self.security.ask("consumer.vouches", {"consumer": "hall", "no": "yes"})["proposal"]
        self.assertEqual(self.refused(lambda: self.auditor.ask("proposals.withdraw", {"id": third})).code, "refused")
        self.security.ask("proposals.withdraw", {"id": third})
        self.assertEqual(self.refused(lambda: self.second.ask("proposals.approve", {"id": third})).code, "conflict")
        # What circumstances have made impossible fails when it is done, and says so.
        late = self.security.ask("consumer.vouches", {"consumer": "nobody"})["proposal"]
        self.assertEqual(self.refused(lambda: self.second.ask("proposals.approve", {"id": late})).code, "not_found")
        # Turning it off is itself for two, of different roles.
        off = self.security.ask("two-persons.off", {"command": "consumer.vouches"})["proposal"]
        self.assertIn("another role", self.refused(lambda: self.second.ask("proposals.approve", {"id": off})).detail)
        self.auditor.ask("proposals.approve", {"id": off})
        self.assertNotIn("proposal", self.security.ask("consumer.vouches", {"consumer": "hall", "no": "yes"}))

    def test_a_policy_is_changed_by_two_persons(self):
        self.system.ask("org.add", {"id": "pc", "name": "政策"})
        self.system.ask("service.install", {"name": "security", "org": "pc"})
        before = self.security.ask("service.policy", {"service": "pc/security"})
        self.security.ask("two-persons.on", {"command": "service.policy.change"})
        change = {"service": "pc/security", "policy_name": "--set", "policy_document": "request.freshness = 60\n"}
        self.assertIn(NOT_BY_ROLE, self.refused(lambda: self.system.ask("service.policy.change", change)).detail)
        proposal = self.security.cli("service", "policy", "pc/security", "--set", "request.freshness=60")["proposal"]
        # Until another one has approved it nothing is changed, and the proposer is no other.
        self.assertEqual(self.security.ask("service.policy", {"service": "pc/security"}), before)
        self.assertIn("own proposal", self.refused(lambda: self.security.ask("proposals.approve", {"id": proposal})).detail)
        shown = self.second.ask("proposals.show", {"id": proposal})
        self.assertEqual((shown["command"], shown["arguments"]["service"]), ("service.policy.change", "pc/security"))
        self.second.ask("proposals.approve", {"id": proposal})
        after = self.security.ask("service.policy", {"service": "pc/security"})
        self.assertIn("freshness = 60", after["policy"])
        self.assertNotIn("freshness = 60", before["policy"])
        done = [one for one in self.audit(command="service.policy.change", outcome="ok")
                if one["arguments"]["service"] == "pc/security"]
        self.assertEqual([(one["officer"], one["approved_by"]) for one in done], [("li", "sun")])
        off = self.security.ask("two-persons.off", {"command": "service.policy.change"})["proposal"]
        self.auditor.ask("proposals.approve", {"id": off})

    def test_every_way_to_a_certificate_needs_two_persons_together(self):
        self.system.ask("org.add", {"id": "cs", "name": "证书"})
        self.system.ask("consumer.add", {"id": "window", "org": "cs"})
        _, certificate = self.self_signed("window")
        bound = {"consumer": "window", "certificate": certificate.read_text()}
        self.assertIn(NOT_BY_ROLE, self.refused(lambda: self.system.ask("consumer.certificate", bound)).detail)
        self.assertEqual(self.refused(lambda: self.security.ask("consumer.add", {"id": "w2", "org": "cs", **bound})).code,
                         "invalid")
        ways = ["consumer.certificate", "cert.issue", "cert.renew", "cert.approve", "ca.add", "ca.sign", "security-key.make",
                "node.invite"]
        self.assertEqual(self.security.ask("two-persons.on", {"command": "cert.approve"})["commands"], ways)
        self.assertTrue(all(one["two_persons"] for one in self.auditor.ask("two-persons.list") if one["command"] in ways))
        proposal = self.security.cli("consumer", "certificate", "window", "--cert", certificate)["proposal"]
        others = [self.security.ask("cert.issue", {"csr": "x", "consumer": "window"}),
                  self.security.ask("cert.renew", {"csr": "x", "serial": "1"}), self.security.ask("cert.approve", {"id": "1"})]
        self.assertTrue(all("proposal" in one for one in others))
        thumbprint = self.second.ask("proposals.approve", {"id": proposal})["result"]["thumbprint"]
        listed = {one["id"]: one["certificates"] for one in self.auditor.ask("consumer.list")}
        self.assertEqual((listed["window"], "w2" in listed), ([thumbprint], False))
        off = self.security.ask("two-persons.off", {"command": "cert.issue"})["proposal"]
        self.auditor.ask("proposals.approve", {"id": off})
        self.assertFalse(any(one["two_persons"] for one in self.auditor.ask("two-persons.list") if one["command"] in ways))
        self.assertEqual(self.security.ask("consumer.certificate", bound)["thumbprint"], thumbprint)

    def test_a_new_officer_needs_two_of_different_roles(self):
        proposal = self.system.ask("officers.add", {"name": "qian", "role": "security"})["proposal"]
        self.assertNotIn("qian", [one["name"] for one in self.auditor.ask("officers.list")])
        temporary = self.auditor.ask("proposals.approve", {"id": proposal})["result"]["password"]
        qian = officers.Officer(self.daemon, "qian", "security", temporary)
        self.assertIn("set one of your own", self.refused(lambda: qian.ask("org.list")).detail)
        # Nor is anything done that an account proposed which may do nothing now.
        unready = self.second.ask("officers.enable", {"name": "qian"})["proposal"]
        reset = self.security.ask("officers.reset", {"name": "sun"})["proposal"]
        self.second.password = self.auditor.ask("proposals.approve", {"id": reset})["result"]["password"]
        self.second.secret = self.second.session = None
        self.assertIn("may do nothing now",
                      self.refused(lambda: self.auditor.ask("proposals.approve", {"id": unready})).detail)
        self.second.make_ready()
        # Of a proposal whose proposer is gone meanwhile nothing is done.
        qian.make_ready()
        qian.session = None
        orphan = qian.ask("officers.enable", {"name": "li"})["proposal"]
        self.system.ask("officers.disable", {"name": "qian"})
        self.assertIn("disabled", self.refused(lambda: self.auditor.ask("proposals.approve", {"id": orphan})).detail)
        self.assertEqual(self.refused(lambda: qian.ask("org.list")).code, "refused")

    def test_the_last_of_a_role_cannot_be_disabled(self):
        self.assertEqual(self.refused(lambda: self.security.ask("officers.disable", {"name": "wang"})).code, "conflict")

    # The API.

    def test_api_sessions(self):
        api = Api(self.daemon)
        headers, said = api.sign_in(self.second.credential(), bearer=False)
        self.assertNotIn("token", said)
        for part in ("__Host-hutong=", "Secure", "HttpOnly", "SameSite=Strict", "Path=/"):
            self.assertIn(part, headers["Set-Cookie"])
        for name, value in (("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff")):
            self.assertEqual(headers[name], value)
        self.assertIn("Strict-Transport-Security", headers)
        self.assertEqual(api.call("GET", "/api/v1/me")[2]["officer"], "sun")
        self.assertIsInstance(api.command("org.list"), list)
        # CSRF: the cookie alone, another session's token, another site, a form's content type.
        cookie = {"Cookie": api.headers["Cookie"]}
        good = api.headers
        for headers in ({**cookie, "X-Hutong-Csrf": ""}, {**cookie, "X-Hutong-Csrf": "0" * 64},
                        {**good, "Origin": "https://evil.example"}):
            self.assertEqual(api.call("POST", "/api/v1/commands/org.list", {}, {"X-Hutong-Csrf": "", **headers})[0], 403)
        self.assertEqual(api.call("POST", "/api/v1/commands/org.list", b"{}", {"Content-Type": "text/plain"})[0], 400)
        # Fixation: a token that the client brings along is never taken up.
        planted = Api(self.daemon)
        planted.headers = {"Cookie": "__Host-hutong=" + "a" * 64}
        status, headers, _ = planted.call("POST", "/api/v1/session", {"officer": "sun", "password": "x", "code": ""})
        self.assertEqual((status, headers["Set-Cookie"]), (401, None))
        self.assertEqual(planted.call("GET", "/api/v1/me")[0], 401)
        twice = {"Cookie": api.headers["Cookie"] + "; " + api.headers["Cookie"]}
        self.assertEqual(planted.call("GET", "/api/v1/me", headers=twice)[0], 401)
        self.assertEqual(api.call("DELETE", "/api/v1/session")[0], 200)
        self.assertEqual(api.call("GET", "/api/v1/me")[0], 401)
        self.second.session = None
        self.security.ask("officers.unlock", {"name": "sun"})

    def self_signed(self, name):
        """Key and certificate (PEM files) of a person, of no CA."""
        key, certificate = (self.daemon.folder / f"{name}.{ending}" for ending in ("key", "pem"))
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate,
                        "-subj", f"/CN={name}", "-addext", "basicConstraints=critical,CA:FALSE", "-days", "2"], check=True,
                       capture_output=True)
        key.chmod(0o600)
        return key, certificate

    def proof(self, officer, key, certificate):
        """What openssl signs with the key, as the guide has it."""
        der = ssl.PEM_cert_to_DER_cert(certificate.read_text())
        text = f"hutong officer {officer} signs in with certificate {hashlib.sha256(der).hexdigest()}"
        signed = subprocess.run(["openssl", "dgst", "-sha256", "-sign", key], input=text.encode(), check=True,
                                capture_output=True).stdout
        return base64.b64encode(signed).decode()

    def test_a_session_that_ends_while_the_body_comes(self):
        api = Api(self.daemon)
        api.sign_in(self.system.credential())
        body = json.dumps({"id": "late", "name": "x"}).encode()
        connection = http.client.HTTPSConnection(api.port, context=api.context, timeout=30)
        connection.putrequest("POST", "/api/v1/commands/org.add")
        for name, value in {**api.headers, "Content-Type": "application/json", "Content-Length": len(body)}.items():
            connection.putheader(name, value)
        connection.endheaders()
        connection.send(body[:5])
        self.apis["system"].command("me.sign-out")
        connection.send(body[5:])
        self.assertEqual(connection.getresponse().status, 401)
        connection.close()
        self.assertNotIn("late", [one["id"] for one in self.auditor.ask("org.list")])
        self.system.session = None
        self.system.forget_session_file()
        self.apis["system"].sign_in(self.system.credential())

    def test_api_by_certificate(self):
        key, certificate = self.self_signed("zhao")
        pem = {"certificate": certificate.read_text()}
        current = {"current": self.auditor.password, **pem}
        # Nobody binds a certificate without its key: not with no proof, not with one for another officer or by another
        # key, and not over a connection that proved another one.
        other_key, other = self.self_signed("other")
        taken = {"current": self.second.password, **pem}
        for bad in ({}, {"proof": self.proof("zhao", key, certificate)}, {"proof": self.proof("sun", other_key, certificate)},
                    {"proof": "AAAA"}):
            self.assertEqual(self.refused(lambda: self.second.ask("me.certificate", {**taken, **bad})).code, "refused", bad)
        by_other = Api(self.daemon, other, other_key)
        by_other.headers = self.apis["auditor"].headers
        self.assertEqual(self.refused(lambda: by_other.command("me.certificate", current)).code, "refused")

        self.auditor.ask("me.certificate", {**current, "proof": self.proof("zhao", key, certificate)})
        self.auditor.session = None
        taken["proof"] = self.proof("sun", key, certificate)
        self.assertEqual(self.refused(lambda: self.second.ask("me.certificate", taken)).code, "conflict")
        api = Api(self.daemon, certificate, key)
        self.assertEqual(api.sign_in({})[1]["officer"], "zhao")
        self.assertIsInstance(api.command("audit.list"), list)
        self.assertEqual(self.refused(lambda: Api(self.daemon).sign_in({})).code, "refused")
        self.assertEqual(self.refused(lambda: Api(self.daemon, certificate, key).sign_in({"officer": "li"})).code, "refused")
        # Over a connection that proves the key nothing else is asked.
        self.assertEqual(api.command("me.certificate", current)["officer"], "zhao")
        self.apis["auditor"].sign_in(self.auditor.credential())

    def test_a_certificate_bound_on_the_command_line(self):
        key, certificate = self.self_signed("sun")
        with self.assertRaises(CommandFailed) as caught:
            self.second.cli("officers", "certificate", certificate, stdin=self.second.password)
        self.assertIn("openssl dgst", caught.exception.message)
        self.second.cli("officers", "certificate", certificate, "--key", key, stdin=self.second.password)
        self.second.session = None
        self.assertEqual(Api(self.daemon, certificate, key).sign_in({})[1]["officer"], "sun")

    def test_openapi_document(self):
        status, _, document = Api(self.daemon).call("GET", "/api/v1/openapi.json")
        self.assertEqual((status, document["openapi"]), (200, "3.1.0"))
        listed = {path.rsplit("/", 1)[1] for path in document["paths"] if "/commands/" in path}
        self.assertEqual(listed, {row["command"] for row in self.table if row["who"] != "owner"} - {"me.sign-in"})
        # What it says of arguments and answers holds of real ones.
        for row in self.table:
            path = document["paths"].get(f"/api/v1/commands/{row['command']}")
            if path is None or row["effect"] != "reads" or row["command"] == "me":
                continue
            schema = path["post"]["requestBody"]["content"]["application/json"]["schema"]
            self.assertEqual(set(schema["properties"]), {one["name"] for one in row["takes"]})
            role = (path["post"]["x-hutong-roles"] or ["system"])[0]
            status, _, said = self.apis[role].call("POST", f"/api/v1/commands/{row['command']}",
                                                   {**dummies(row), "surely-unknown": 1})
            self.assertEqual((status, set(said["error"])), (400, {"code", "detail"}), row["command"])
            if not schema["required"]:
                status, _, said = self.apis[role].call("POST", f"/api/v1/commands/{row['command']}", {})
                self.assertEqual((status, set(said)), (200, {"result"}), row["command"])

    def test_api_is_not_on_plain_http(self):
        import urllib.error
        import urllib.request
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with self.assertRaises(urllib.error.HTTPError) as caught:
            direct.open(self.daemon.http + "/api/v1/openapi.json", timeout=30)
        self.assertEqual(caught.exception.code, 403)
        caught.exception.close()

    def test_the_owner_exports_evidence_without_sealing_it(self):
        self.system.ask("org.add", {"id": "export", "name": "取证"})
        record = next(one for one in self.daemon.cli("journal", "list", "--limit", "1000") if one["operation"] == "org.add")
        # What is not sealed is proved by a signed head, which is made every few seconds.
        self.daemon.wait_for_heads()
        for by, name in ((self.daemon, "owner.zip"), (self.auditor, "auditor.zip")):
            file = self.daemon.folder / name
            by.cli("journal", "export", record["exchange"], "--out", file)
            self.assertTrue(self.daemon.cli("journal", "verify", file, "--root", self.daemon.ca_file())["intact"])

    def test_audit_and_journal(self):
        self.assertTrue(self.daemon.cli("journal", "verify")["intact"])
        self.assertEqual(self.daemon.cli("status")["mode"], "three-officer")
        self.assertTrue(all(one.get("officer", one["arguments"].get("officer")) == "wang"
                            for one in self.audit(officer="wang")))


class Tampering(unittest.TestCase):
    """What the machine's owner does around the program stays visible."""

    def test_a_separation_taken_back_in_the_database(self):
        with Daemon() as daemon:
            officers.separate(daemon)
            sql(daemon, "update platform set separated = null, recovery_delay = null", fails=True)
            sql(daemon, "alter table platform disable trigger platform_keeps_separation; "
                        "update platform set separated = null, recovery_delay = null")
            done = subprocess.run([hutong_binary(), "doctor", "--home", str(daemon.home), "--json"], capture_output=True,
                                  text=True, timeout=60)
            self.assertEqual(done.returncode, 1)
            found = {one["what"]: one for one in json.loads(done.stdout)}["officers"]
            self.assertEqual(found["level"], "fail")
            self.assertIn("journal says", found["state"])

    def test_a_role_changed_in_the_database(self):
        with Daemon() as daemon:
            officers.add(daemon, "sun", "security")
            auditor = officers.separate(daemon)["auditor"]
            self.assertEqual({one["state"] for one in auditor.cli("audit", "accounts")}, {"as journaled"})
            sql(daemon, "update officers set role = 'system' where name = 'sun'", fails=True)
            sql(daemon, "alter table officers disable trigger officers_keep; "
                        "update officers set role = 'system' where name = 'sun'; "
                        "insert into officers (name, role) values ('ghost', 'security')")
            with self.assertRaises(CommandFailed):
                auditor.cli("audit", "accounts")
            found = {one["name"]: (one["role"], one["journaled_role"], one["state"])
                     for one in auditor.ask("audit.accounts")}
            self.assertEqual(found["sun"], ("system", "security", "ALTERED"))
            self.assertEqual(found["ghost"], ("security", None, "not in this journal"))
            self.assertEqual(found["wang"], ("system", "system", "as journaled"))


class Strangers(unittest.TestCase):
    """What nobody in particular can do at the API's door."""

    def test_strangers_do_not_fill_the_journal(self):
        with Daemon() as daemon:
            nobody = Api(daemon)
            for _ in range(520):
                self.assertEqual(nobody.call("POST", "/api/v1/commands/org.list", {})[0], 401)
            refused = [one for one in daemon.cli("journal", "list", "--limit", "1000") if one["kind"] == "admin"]
            singly = [one for one in refused if one["operation"] == "org.list"]
            counted = [one["reason"] for one in refused if one["operation"] == "api"]
            self.assertIn(len(singly), range(200, 401))    # two of its minutes at most
            self.assertTrue(any(" more within a minute" in reason for reason in counted), counted)

    def test_a_stranger_is_answered_before_his_body_is_read(self):
        with Daemon() as daemon:
            nobody = Api(daemon)
            for headers in ({}, {"Authorization": "Bearer " + "0" * 64}, {"Cookie": "__Host-hutong=" + "0" * 64}):
                connection = http.client.HTTPSConnection(nobody.port, context=nobody.context, timeout=30)
                connection.putrequest("POST", "/api/v1/commands/org.add")
                for name, value in {**headers, "Content-Type": "application/json", "Content-Length": 90 << 20}.items():
                    connection.putheader(name, value)
                connection.endheaders()    # and then nothing
                self.assertEqual(connection.getresponse().status, 401, headers)
                connection.close()


class DatabaseTrouble(SeparatedCase):
    """What a database that goes wrong at a bad moment leaves in the journal, and in the officers' hands."""

    def outcomes(self, command):
        return [one["outcome"] for one in reversed(self.auditor.ask("audit.list", {"command": command}))]

    def test_a_proposal_is_journaled_before_it_is_kept(self):
        self.security.ask("two-persons.on", {"command": "grant"})
        sql(self.daemon, "alter table proposals add constraint away check (false) not valid")
        with self.assertRaises(Refused):
            self.security.ask("grant", {"consumer": "hall", "service": "a/b"})
        self.assertEqual(self.outcomes("grant"), ["proposed", "invalid"])

    def test_the_result_of_an_approval_outlives_a_note_that_fails(self):
        proposal = self.security.ask("officers.add", {"name": "qian", "role": "system"})["proposal"]
        sql(self.daemon, "alter table proposals add constraint unnoted check (outcome is null) not valid")
        said = self.auditor.ask("proposals.approve", {"id": proposal})
        self.assertTrue(said["not_noted"])
        officers.Officer(self.daemon, "qian", "system", said["result"]["password"]).make_ready()

    def test_a_certificate_is_issued_and_bound_or_neither(self):
        self.people["system"].ask("org.add", {"id": "gs", "name": "工商"})
        self.people["system"].ask("consumer.add", {"id": "hall", "org": "gs"})
        key, request, certificate = (self.daemon.folder / f"hall.{ending}" for ending in ("key", "csr", "pem"))
        subprocess.run(["openssl", "req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-subj", "/CN=hall",
                        "-out", request], check=True, capture_output=True)
        sql(self.daemon, "alter table consumer_certificates add constraint away check (false) not valid")
        issue = ("cert", "issue", "--csr", request, "--consumer", "hall", "--out", certificate)
        before = self.security.ask("cert.list")
        with self.assertRaises(CommandFailed):
            self.security.cli(*issue)
        self.assertEqual(self.security.ask("cert.list"), before)
        sql(self.daemon, "alter table consumer_certificates drop constraint away")
        self.security.cli(*issue)
        self.assertEqual(len(self.security.ask("cert.list")), len(before) + 1)

    def test_a_command_that_breaks_off_has_its_outcome_in_the_journal(self):
        proposal = self.security.ask("officers.enable", {"name": "sun"})["proposal"]
        # A time that is none: nothing of the program writes it, and what reads it throws.
        sql(self.daemon, "alter table proposals disable trigger proposals_keep; update proposals set expires = 'infinity'")
        with self.assertRaises(Refused) as caught:
            self.auditor.ask("proposals.refuse", {"id": proposal})
        self.assertEqual(caught.exception.code, "internal", caught.exception)
        # Whose proposal it is is asked before it begins.
        self.assertEqual(self.outcomes("proposals.refuse"), ["internal"])
        # And one that breaks off after it has begun.
        sql(self.daemon, "alter table officers drop constraint officers_role_check; alter table officers disable trigger user; "
                         f"update officers set role = 'nobody' where name = '{self.people['system'].name}'")
        with self.assertRaises(Refused) as caught:
            self.security.ask("officers.disable", {"name": "sun"})
        self.assertEqual(caught.exception.code, "internal", caught.exception)
        self.assertEqual(self.outcomes("officers.disable"), ["begun", "internal"])
        with self.assertRaises(Refused):
            self.auditor.ask("proposals.list")
        self.assertEqual(self.outcomes("proposals.list"), ["internal"])


class Recovery(unittest.TestCase):
    """The owner's one way in: announced, late, and stoppable."""

    def setUp(self):
        self.daemon = Daemon()
        self.daemon.init()
        self.daemon.set_option("recovery_delay", 5)
        self.daemon.__enter__()
        self.addCleanup(self.daemon.__exit__, None, None, None)

    def test_recovery(self):
        with self.assertRaises(CommandFailed) as caught:
            self.daemon.cli("officers", "separate")
        self.assertIn("no working account", caught.exception.message)
        people = officers.separate(self.daemon)
        self.daemon.cli("officers", "recover", "li")
        self.assertEqual(self.daemon.cli("status")["recovery"]["officer"], "li")
        with self.assertRaises(CommandFailed):
            self.daemon.cli("officers", "recovery", "finish")
        said = people["auditor"].sign_in()
        self.assertTrue(any("recovery of officer li" in one for one in said["notices"]), said)
        self.assertIn("HT1023", self.daemon.log.read_text())
        # Who signs in for each command is told, too, once.
        for told in (True, False):
            door = ask(self.daemon, "org.list", {}, people["system"].credential(), whole=True)
            self.assertEqual("recovery of officer li" in "".join(door.get("notices", [])), told)
        self.assertIn("recovery of officer li", people["security"].cli_alone("org", "list").stderr)
        people["auditor"].ask("officers.recovery.stop")
        self.daemon.cli("officers", "recover", "li")
        deadline = time.monotonic() + 60
        while True:
            try:
                temporary = self.daemon.cli("officers", "recovery", "finish")["password"]
                break
            except CommandFailed as early:
                self.assertIn("not before", early.message)
                self.assertLess(time.monotonic(), deadline)
                time.sleep(0.5)
        with self.assertRaises(Refused):
            people["security"].ask("org.list")
        back = officers.Officer(self.daemon, "li", "security", temporary)
        back.make_ready()
        back.session = None
        self.assertIsInstance(back.ask("org.list"), list)
        recovered = people["auditor"].ask("audit.list", {"command": "officers.recovery.finish", "outcome": "ok"})
        self.assertTrue(recovered and recovered[0]["owner"])
        self.daemon.restart()
        with self.assertRaises(Refused):
            ask(self.daemon, "org.list")


if __name__ == "__main__":
    suite.main()

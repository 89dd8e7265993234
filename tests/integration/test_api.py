"""The OpenAPI document held to real answers: every route of /api/v1 is driven on a real daemon, with success and with error."""
import base64
import subprocess
import time
import unittest
import urllib.request

import jsonschema
import officers
import registry_case
import suite
from hutong_daemon import Daemon, hutong_binary
from officers import Api

AGENCY_ROLES = ("publisher", "approver", "developer")


def der_of(crl):
    form = "PEM" if crl.read_bytes().startswith(b"-----") else "DER"
    return subprocess.run(["openssl", "crl", "-inform", form, "-in", crl, "-outform", "DER"], check=True, capture_output=True).stdout


class EveryRoute(unittest.TestCase):
    """One platform, whose officers are separated; what is driven is counted, and must be all there is."""

    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon()
        cls.daemon.__enter__()
        cls.addClassCleanup(cls.daemon.__exit__, None, None, None)
        cls.folder = cls.daemon.folder
        cls.wsdl = registry_case.write_wsdl(cls.folder)
        cls.daemon.org("gs", "工商")
        cls.daemon.publish(cls.wsdl, "gs", "echo")
        cls.people = {}
        for role in AGENCY_ROLES:
            made = cls.daemon.cli("account", "add", f"gs-{role}", "--org", "gs", "--role", role)
            cls.people[role] = officers.Officer(cls.daemon, f"gs-{role}", role, made["password"])
            cls.people[role].make_ready()
        cls.people["registrar"] = officers.add(cls.daemon, "wu", "registrar")
        cls.people["second"] = officers.add(cls.daemon, "sun", "security")
        cls.people |= officers.separate(cls.daemon)
        cls.apis = {}
        for role, officer in cls.people.items():
            cls.apis[role] = Api(cls.daemon)
            cls.apis[role].sign_in(officer.credential())
        cls.document = cls.apis["system"].call("GET", "/api/v1/openapi.json")[2]
        cls.driven, cls.failed = set(), set()

    # What the document says of an answer.

    def operation(self, method, path):
        return self.document["paths"][path][method.lower()]

    def check(self, schema, said, where):
        whole = {**schema, "components": self.document["components"]}
        validator = jsonschema.Draft202012Validator(whole)
        errors = [f"{'/'.join(map(str, one.absolute_path))}: {one.message}" for one in validator.iter_errors(said)]
        self.assertEqual(errors, [], f"{where} answered {str(said)[:2000]}")

    def check_answer(self, method, path, status, said):
        responses = self.operation(method, path)["responses"]
        schema = responses.get(str(status), responses["default"])["content"]["application/json"]["schema"]
        self.check(schema, said, f"{method} {path} {status}")
        (self.driven if status == 200 else self.failed).add((method, path))

    def give(self, role, command, /, expect=200, api=None, **arguments):
        path = f"/api/v1/commands/{command}"
        status, headers, said = (api or self.apis[role]).call("POST", path, arguments)
        self.assertEqual(status, expect, f"{command} {arguments}: {said}")
        self.assertEqual(headers["Content-Type"].split(";")[0], "application/json")
        self.check_answer("POST", path, status, said)
        return said.get("result")

    def both(self, first, second, command, /, **arguments):
        """What needs two: proposed, approved, and the result as the command's own."""
        proposal = self.give(first, command, **arguments)["proposal"]
        done = self.give(second, "proposals.approve", id=proposal)["result"]
        schema = self.operation("POST", f"/api/v1/commands/{command}")["responses"]["200"]["content"]["application/json"]
        self.check(schema["schema"]["properties"]["result"]["anyOf"][0], done, f"{command}, approved,")
        return done

    def publication(self, name, **more):
        return {"org": "gs", "name": name, "main": "echo.wsdl",
                "files": {"echo.wsdl": base64.b64encode(self.wsdl.read_bytes()).decode()}, **more}

    def csr(self, name):
        key, request = self.folder / f"{name}.key", self.folder / f"{name}.csr"
        subprocess.run(["openssl", "req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-subj", f"/CN={name}",
                        "-out", request], check=True, capture_output=True)
        return request.read_text()

    def self_signed(self, name, ca="FALSE"):
        key, certificate = self.folder / f"{name}.key", self.folder / f"{name}.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate,
                        "-subj", f"/CN={name}", "-addext", f"basicConstraints=critical,CA:{ca}", "-days", "2"], check=True,
                       capture_output=True)
        return certificate.read_text()

    def test_every_route(self):
        for part in (self.sessions, self.registry, self.services, self.catalogue, self.grants, self.certificates, self.authorities,
                     self.keys_and_nodes, self.accounts, self.two_persons, self.records):
            part()
        self.every_error()
        routes = {(method.upper(), path) for path, operations in self.document["paths"].items() for method in operations}
        self.assertEqual(routes - self.driven, set(), "routes that no success was seen of")
        self.assertEqual({(method, path) for method, path in routes if method == "POST"} - self.failed, set(),
                         "routes that no error was seen of")
        print(f"... routes driven: {len(self.driven)} with success, {len(self.failed)} with errors", flush=True)

    def test_the_document_is_openapi(self):
        self.assertEqual(self.document["openapi"], "3.1.0")
        for path, operations in self.document["paths"].items():
            for method, operation in operations.items():
                for status, answer in operation["responses"].items():
                    schema = answer["content"]["application/json"]["schema"]
                    jsonschema.Draft202012Validator.check_schema(schema)
                    self.assertNotEqual(schema, {}, f"{method} {path} {status}")
                    if status == "200" and "/commands/" in path:
                        result = schema["properties"]["result"]
                        self.assertTrue(all(result.get("anyOf", [result])), f"{path} says nothing of its answer")

    # The parts.

    def sessions(self):
        api = Api(self.daemon)
        status, _, said = api.call("POST", "/api/v1/session", {"officer": "nobody", "password": "x"})
        self.assertEqual(status, 401)
        self.check_answer("POST", "/api/v1/session", status, said)
        status, _, said = api.call("POST", "/api/v1/session", {**self.people["second"].credential(), "bearer": True})
        self.assertEqual(status, 200)
        self.check_answer("POST", "/api/v1/session", status, said)
        api.headers = {"Authorization": f"Bearer {said['token']}"}
        for path, method in (("/api/v1/me", "GET"), ("/api/v1/session", "DELETE")):
            status, _, said = api.call(method, path)
            self.assertEqual(status, 200)
            self.check_answer(method, path, status, said)
            status, _, said = Api(self.daemon).call(method, path)
            self.assertEqual(status, 401)
            self.check_answer(method, path, status, said)
        self.apis["second"] = Api(self.daemon)
        self.apis["second"].sign_in(self.people["second"].credential())
        self.give("auditor", "status")
        self.give("auditor", "commands.list")

    def registry(self):
        self.give("registrar", "org.add", id="tax", name="税务")
        self.give("publisher", "org.list")
        self.give("registrar", "consumer.add", id="desk", org="tax")
        self.give("registrar", "consumer.add", id="hall", org="gs", answer_key="p256")
        self.give("security", "consumer.certificate", consumer="hall", certificate=self.self_signed("hall"))
        self.give("developer", "consumer.list")
        self.give("security", "consumer.password", consumer="hall", password="nine bridges over water")
        self.give("security", "consumer.saml", consumer="hall", issuer="https://idp.example.gov.cn", name_id="hall")
        self.give("security", "consumer.vouches", consumer="hall")
        self.give("security", "publisher.add", id="pub", org="gs", password="nine bridges over water")
        self.give("security", "publisher.password", publisher="pub", password="ten bridges over water")
        self.give("security", "publisher.certificate", publisher="pub", certificate=self.self_signed("pub"))
        self.give("registrar", "publisher.list")

    def services(self):
        self.give("publisher", "service.publish", **self.publication("way", draft=True))
        self.give("publisher", "service.submit", service="gs/way")
        self.give("approver", "service.refuse", service="gs/way", reason="not yet")
        self.give("publisher", "service.submit", service="gs/way", reason="now")
        self.give("approver", "service.approve", service="gs/way")
        self.give("publisher", "service.online", service="gs/way")
        self.both("publisher", "approver", "service.publish", **self.publication("once"))
        self.give("system", "service.install", name="security", org="gs")
        self.assertTrue(self.give("publisher", "service.list"))
        self.give("publisher", "service.show", service="gs/way")
        self.give("publisher", "service.policy", service="gs/way")
        self.give("security", "service.policy.change", service="gs/way", policy_name="--set",
                  policy_document="request.freshness = 60\n")
        self.give("security", "service.settings", service="gs/way", journal="metadata", validate=False)
        said = self.give("second", "service.settings", service="gs/way", journal="evidence")
        self.assertEqual(said["replaced"]["changed"], ["journal"])
        self.give("publisher", "service.diff", service="gs/way")
        changed = self.wsdl.read_text().replace('name="Echo"', 'name="Echoes"')
        found = self.give("publisher", "service.diff", service="gs/way", main="e.wsdl",
                          files={"e.wsdl": base64.b64encode(changed.encode()).decode()})
        self.assertTrue(found["changes"])

    def catalogue(self):
        for command in ("catalogue.list", "catalogue.themes", "catalogue.agencies", "catalogue.regions"):
            self.give("developer", command)
        entry = self.give("developer", "catalogue.show", id="gs/echo")
        self.give("publisher", "catalogue.set", id="gs/echo", if_match=entry["revision"], title="回声")
        self.assertIn("replaced", self.give("registrar", "catalogue.set", id="gs/echo", title="回声"))
        self.assertTrue(self.give("developer", "search", q="回声")["hits"])
        api = Api(self.daemon)
        for path, query in (("/api/v1/catalogue", ""), ("/api/v1/catalogue/themes", ""), ("/api/v1/catalogue/regions", ""),
                            ("/api/v1/catalogue/agencies", ""), ("/api/v1/catalogue/{id}", ""),
                            ("/api/v1/search", "?q=echo")):
            status, _, said = api.call("GET", path.replace("{id}", "gs/echo") + query)
            self.assertEqual(status, 200, said)
            self.check_answer("GET", path, status, said)
        for path, query in (("/api/v1/catalogue", "?limit=x"), ("/api/v1/catalogue/{id}", ""), ("/api/v1/search", "")):
            status, _, said = api.call("GET", path.replace("{id}", "gs/none") + query)
            self.assertGreaterEqual(status, 400, said)
            self.check_answer("GET", path, status, said)

    def grants(self):
        asked = {"service": "gs/way", "reason": "one-stop"}
        mine = self.give("developer", "grant.request", consumer="hall", **asked)["id"]
        self.give("developer", "grant.withdraw", id=mine, reason="no need")
        for decide in ("grant.refuse", "grant.accept"):
            request = self.give("system", "grant.request", consumer="desk", **asked)["id"]
            self.give("approver", decide, id=request, reason="by law")
        self.assertTrue(self.give("approver", "grant.list", service="gs/way"))
        self.give("security", "grant", consumer="hall", service="gs/way", operation="Echo")
        self.give("publisher", "service.show", service="gs/way")
        self.give("auditor", "consumer.list")
        self.give("publisher", "service.deprecate", service="gs/way", end="2090-01-01", reason="old")
        self.assertTrue(self.give("developer", "consumer.warnings", consumer="hall"))
        self.give("security", "ungrant", consumer="hall", service="gs/way", operation="Echo")
        self.assertEqual(self.give("publisher", "service.offline", 409, service="gs/way"), None)
        self.give("publisher", "service.offline", service="gs/way", force=True, reason="a flood")
        self.give("publisher", "service.retire", service="gs/once")
        self.assertTrue(self.give("publisher", "service.history", service="gs/way"))
        self.give("publisher", "service.drafts")
        self.give("developer", "meter", consumer="hall")

    def certificates(self):
        issued = self.give("security", "cert.issue", csr=self.csr("desk"), consumer="desk")
        self.give("security", "cert.list")
        self.give("security", "cert.show", serial=issued["serial"])
        renewed = self.give("security", "cert.renew", serial=issued["serial"], csr=self.csr("desk-2"))
        self.give("security", "cert.revoke", serial=renewed["serial"], reason="superseded")
        request = self.give("system", "cert.request", csr=self.csr("desk-3"), consumer="desk")["id"]
        self.give("security", "cert.approve", id=request)
        request = self.give("system", "cert.request", csr=self.csr("desk-4"), consumer="desk")["id"]
        self.give("auditor", "cert.requests")
        self.give("security", "cert.refuse", id=request, reason="enough")
        self.give("auditor", "cert.history")

    def authorities(self):
        self.give("auditor", "ca.list")
        pki = self.daemon.home / "pki"
        vault = self.folder / "vault"
        vault.mkdir(mode=0o700)
        self.give("security", "ca.add", name="issuing-2", kind="p256")
        previous = self.folder / "previous.crl"
        with urllib.request.urlopen(self.daemon.http + "/pki/crl/root.crl", timeout=10) as answer:
            previous.write_bytes(answer.read())
        (pki / "root.key").rename(vault / "root.key")
        (self.folder / "ca.csr").write_text(self.give("security", "ca.add", name="issuing-3")["request"])
        subprocess.run([hutong_binary(), "ca", "sign", "--csr", self.folder / "ca.csr", "--root-key", vault / "root.key",
                        "--root", pki / "root.pem", "--out", self.folder / "issuing-3.pem"], check=True, capture_output=True)
        self.give("security", "ca.complete", name="issuing-3", certificate=(self.folder / "issuing-3.pem").read_text())
        # The offline root's list: of a machine that has nothing but the root's key.
        self.give("security", "ca.revoke", name="issuing-3", reason="superseded")
        subprocess.run([hutong_binary(), "ca", "sign-crl", "--root-key", vault / "root.key", "--root", pki / "root.pem", "--previous",
                        previous, "--revoke", self.folder / "issuing-3.pem", "--reason", "superseded", "--out", self.folder / "root.crl"],
                       check=True, capture_output=True)
        self.give("security", "ca.crl", crl=base64.b64encode(der_of(self.folder / "root.crl")).decode())
        (vault / "root.key").rename(pki / "root.key")
        self.give("security", "ca.sign", csr=(self.folder / "ca.csr").read_text())
        self.give("security", "ca.retire", name="issuing-2")
        self.give("auditor", "ca.list")
        trusted = self.give("security", "trust.add", certificate=self.self_signed("foreign", ca="TRUE"), no_revocation=True,
                            reason="it publishes none")
        self.give("auditor", "trust.list")
        self.give("security", "trust.remove", thumbprint=trusted["thumbprint"])

    def keys_and_nodes(self):
        self.give("security", "security-key.make", name="seal", org="gs", kind="p256", purpose="sign")
        self.give("auditor", "security-key.list")
        self.give("security", "security-key.grant", name="seal", org="tax")
        self.give("security", "security-key.revoke", name="seal", org="tax")
        self.give("security", "node.invite")
        self.give("auditor", "node.list")
        self.give("auditor", "journal.seal")
        self.daemon.wait_for_heads()
        self.give("auditor", "journal.heads")

    def accounts(self):
        made = self.both("system", "auditor", "officers.add", name="qian", role="system")
        qian = Api(self.daemon)
        qian.sign_in({"officer": "qian", "password": made["password"]})
        own = "eleven bridges over water"
        self.give(None, "me.password", api=qian, current=made["password"], password=own)
        qian.sign_in({"officer": "qian", "password": own})
        secret = self.give(None, "me.totp", api=qian, current=own)["secret"]
        step = int(time.time() // officers.STEP)
        self.give(None, "me.totp.confirm", api=qian, code=officers.totp(secret, step))
        self.give("system", "me.certificate", 403, current="wrong")
        self.give("system", "me.certificate", current=self.people["system"].password)
        self.apis["system"].sign_in(self.people["system"].credential())
        self.give("system", "me")
        out = Api(self.daemon)
        out.sign_in(self.people["second"].credential())
        self.give(None, "me.sign-out", api=out)
        self.apis["second"].sign_in(self.people["second"].credential())
        self.give("auditor", "officers.list")
        self.give("security", "officers.disable", name="qian")
        self.both("security", "auditor", "officers.enable", name="qian")
        self.give("security", "officers.unlock", name="qian")
        self.both("security", "system", "officers.reset", name="qian")
        self.daemon.cli("officers", "recover", "li")
        self.give("auditor", "officers.recovery.stop")
        self.both("registrar", "auditor", "account.add", name="zhu", role="developer", org="tax")
        self.give("registrar", "account.list", org="tax")
        self.give("registrar", "account.disable", name="zhu")
        self.both("registrar", "auditor", "account.enable", name="zhu")
        self.give("registrar", "account.unlock", name="zhu")
        self.both("registrar", "security", "account.reset", name="zhu")

    def two_persons(self):
        self.give("auditor", "two-persons.list")
        self.give("security", "two-persons.on", command="publisher.remove")
        self.both("security", "second", "publisher.remove", publisher="pub")
        for decide, role in (("proposals.refuse", "second"), ("proposals.withdraw", "security")):
            proposal = self.give("security", "publisher.remove", publisher="none")["proposal"]
            self.give("auditor", "proposals.show", id=proposal)
            self.give(role, decide, id=proposal)
        self.both("security", "auditor", "two-persons.off", command="publisher.remove")
        self.assertTrue(self.give("auditor", "proposals.list"))
        self.give("approver", "proposals.list")

    def records(self):
        self.assertTrue(self.give("auditor", "audit.list", limit=10000))
        self.assertTrue(self.give("auditor", "audit.accounts"))
        self.assertTrue(self.give("auditor", "config.history"))

    def every_error(self):
        """Unknown arguments, a wrong role, no session."""
        nobody = Api(self.daemon)
        for path, operations in self.document["paths"].items():
            if "/commands/" not in path:
                continue
            roles = operations["post"]["x-hutong-roles"]
            api = self.apis[(roles or ["system"])[0]]
            status, _, said = api.call("POST", path, {"surely-unknown": 1})
            self.assertEqual(status, 400, f"{path}: {said}")
            self.check_answer("POST", path, status, said)
            for role in set(self.apis) - {"second"} - set(roles) if roles else ():
                status, _, said = self.apis[role].call("POST", path, {})
                self.assertEqual(status, 403, f"{path} by {role}: {said}")
                self.check_answer("POST", path, status, said)
            status, _, said = nobody.call("POST", path, {})
            self.assertEqual(status, 401, f"{path}: {said}")
            self.check_answer("POST", path, status, said)


if __name__ == "__main__":
    suite.main()

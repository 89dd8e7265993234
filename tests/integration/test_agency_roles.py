"""Agencies' accounts on a real daemon: every command of the table by every wrong role, and by another organisation's right
one, over socket, command line and API; the way of a service and of a grant between two agencies."""
import base64
import json
import unittest

import officers
import registry_case
import suite
from hutong_daemon import CommandFailed, Daemon
from officers import Api, Refused

AGENCY_ROLES = ("publisher", "approver", "developer")
DUMMIES = {"text": "x", "list": ["x"], "flag": True, "number": 1, "object": {}}
NOT_BY_ROLE = "is the work of the"
NOT_IN_REACH = "name what is your own organisation's"


def dummies(row):
    return {one["name"]: DUMMIES[one["kind"]] for one in row["takes"] if one["required"]}


def account(daemon, name, role, org):
    """An agency's account that is ready to work, made by the owner before the separation."""
    made = officers.Officer(daemon, name, role, daemon.cli("account", "add", name, "--org", org, "--role", role)["password"])
    made.make_ready()
    return made


class Agencies(unittest.TestCase):
    """Two agencies, gs and tax, each with a service, a consumer and one account of each role; the officers are separated."""

    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon()
        cls.daemon.__enter__()
        cls.addClassCleanup(cls.daemon.__exit__, None, None, None)
        cls.wsdl = registry_case.write_wsdl(cls.daemon.folder)
        cls.accounts = {}
        for org, consumer in (("gs", "hall"), ("tax", "desk")):
            cls.daemon.org(org, org)
            cls.daemon.publish(cls.wsdl, org, "echo")
            cls.daemon.publish(cls.wsdl, org, "new", options=("--draft",))
            cls.daemon.consumer(consumer, org)
            for role in AGENCY_ROLES:
                cls.accounts[role, org] = account(cls.daemon, f"{org}-{role}", role, org)
        cls.registrar = officers.add(cls.daemon, "wu", "registrar")
        cls.second = officers.add(cls.daemon, "sun", "security")
        cls.people = officers.separate(cls.daemon)
        cls.table = cls.daemon.cli("commands")
        cls.apis = {}
        for key, one in (*cls.accounts.items(), (("registrar", None), cls.registrar)):
            cls.apis[key] = Api(cls.daemon)
            cls.apis[key].sign_in(one.credential())
        # What the other agency has, to be tried for: a request among its own, and a proposal.
        cls.request = cls.accounts["developer", "tax"].ask(
            "grant.request", {"consumer": "desk", "service": "tax/echo", "reason": "ours"})["id"]
        cls.proposal = cls.accounts["publisher", "tax"].ask("service.publish", cls.publication("tax", "other"))["proposal"]

    @classmethod
    def publication(cls, org, name, **more):
        return {"org": org, "name": name, "main": "echo.wsdl",
                "files": {"echo.wsdl": base64.b64encode(cls.wsdl.read_bytes()).decode()}, **more}

    def refused(self, work):
        with self.assertRaises(Refused) as caught:
            work()
        return caught.exception

    def assert_refused(self, key, row, arguments, words):
        """Over all three channels, in these words."""
        one = self.accounts.get(key, self.registrar)
        command, where = row["command"], f"{row['command']} {arguments} by {key}"
        for error in (self.refused(lambda: one.ask(command, arguments)),
                      self.refused(lambda: self.apis[key].command(command, arguments))):
            self.assertEqual(error.code, "refused", where)
            self.assertIn(words, error.detail, where)
        with self.assertRaises(CommandFailed, msg=where) as caught:
            one.cli("command", command, stdin=json.dumps(arguments))
        self.assertEqual(caught.exception.code, 1, where)
        self.assertIn(words, caught.exception.message, where)

    def others(self, row):
        """Arguments that touch the other agency (tax), or nothing that there is, or nothing named."""
        some = dummies(row)
        return {"org": [{**some, "org": "tax"}, {**some, "org": "none"}],
                "service": [{**some, "service": one} for one in ("tax/echo", "tax/new", "none/echo", "gs", "/gs/echo")],
                "consumer": [{**some, "consumer": one} for one in ("desk", "nobody")],
                "either": [{**some}, {**some, "consumer": "desk"}, {**some, "service": "tax/echo"},
                           {**some, "consumer": "desk", "service": "tax/echo"}, {**some, "consumer": "nobody"}],
                "asker": [{**some, "id": one} for one in (self.request, "none")],
                "decider": [{**some, "id": one} for one in (self.request, "none")],
                "entry": [{**some, "id": one} for one in ("tax/echo", "uddi:hutong:service:tax:echo", "none/echo", "x")],
                "proposal": [{**some, "id": one} for one in (self.proposal, "none")],
                "nobodys": []}[row["subject"]]

    def own(self, row):
        some = dummies(row)
        return {"org": {**some, "org": "gs"}, "service": {**some, "service": "gs/none"},
                "consumer": {**some, "consumer": "hall"}, "either": {**some, "consumer": "hall"}}.get(row["subject"])

    # Every command.

    def test_every_command_by_every_wrong_role(self):
        tried = 0
        for row in self.table:
            if row["who"] == "anyone":
                continue
            for key in [(role, "gs") for role in AGENCY_ROLES] + [("registrar", None)]:
                if key[0] in row["roles"]:
                    continue
                self.assert_refused(key, row, dummies(row), NOT_BY_ROLE if row["who"] == "officers" else "owner's alone")
                tried += 1
        print(f"... refused by wrong roles, each three ways: {tried}", flush=True)
        self.assertGreater(tried, 150)

    def test_every_command_by_another_organisations_right_role(self):
        before = self.everything_of_tax()
        tried = 0
        for row in self.table:
            for role in set(AGENCY_ROLES) & set(row["roles"]):
                for arguments in self.others(row):
                    self.assert_refused((role, "gs"), row, arguments, NOT_IN_REACH)
                    tried += 1
        print(f"... refused to the right role of another organisation, each three ways: {tried}", flush=True)
        self.assertGreater(tried, 80)
        self.assertEqual(self.everything_of_tax(), before)

    def everything_of_tax(self):
        auditor = self.people["auditor"]
        return ([auditor.ask("service.history", {"service": one}) for one in ("tax/echo", "tax/new")],
                auditor.ask("grant.list", {"consumer": "desk", "service": "tax/echo"}),
                auditor.ask("proposals.show", {"id": self.proposal}))

    def test_every_command_within_its_reach(self):
        for row in self.table:
            arguments = self.own(row)
            for role in set(AGENCY_ROLES) & set(row["roles"]):
                if arguments is None:
                    continue
                try:
                    self.apis[role, "gs"].command(row["command"], arguments)
                except Refused as refused:
                    self.assertNotIn(NOT_BY_ROLE, refused.detail, row["command"])
                    self.assertNotIn(NOT_IN_REACH, refused.detail, row["command"])

    def test_every_agency_command_names_its_subject(self):
        for row in self.table:
            if set(row["roles"]) & set(AGENCY_ROLES):
                self.assertNotEqual(row["subject"], "unnamed", row["command"])

    # Lists.

    def test_lists_hold_ones_own(self):
        for role in AGENCY_ROLES:
            listed = self.accounts[role, "gs"].ask("service.list")
            self.assertTrue(listed)
            self.assertEqual({one["service"].split("/")[0] for one in listed}, {"gs"})
        self.assertEqual([one["id"] for one in self.accounts["developer", "gs"].ask("consumer.list")], ["hall"])
        self.assertEqual(self.accounts["approver", "gs"].ask("proposals.list", {"org": "gs"}),
                         [one for one in self.people["auditor"].ask("proposals.list") if one["org"] == "gs"])
        self.assertIn(self.proposal, [one["id"] for one in self.accounts["approver", "tax"].ask("proposals.list")])
        self.assertEqual({one["service"].split("/")[0] for one in self.registrar.ask("service.list")}, {"gs", "tax"})

    # A service's way, and a grant's.

    def test_a_service_goes_online_by_two_persons(self):
        publisher, approver = (self.accounts[role, "gs"] for role in ("publisher", "approver"))
        publisher.cli("service", "publish", self.wsdl, "--org", "gs", "--name", "way", "--draft")
        publisher.cli("service", "submit", "gs/way")
        self.assertIn(NOT_BY_ROLE, self.refused(lambda: publisher.ask("service.approve", {"service": "gs/way"})).detail)
        self.assertEqual(self.refused(lambda: publisher.ask("service.online", {"service": "gs/way"})).code, "conflict")
        approver.cli("service", "approve", "gs/way", "--reason", "fits")
        publisher.cli("service", "online", "gs/way")
        steps = publisher.ask("service.history", {"service": "gs/way"})
        self.assertEqual([one["to"] for one in steps], ["draft", "submitted", "approved", "online"])
        self.assertIn("account gs-approver (agency approver of gs)", steps[2]["actor"])

    def test_publishing_at_once_waits_for_an_approver(self):
        publisher, approver = (self.accounts[role, "gs"] for role in ("publisher", "approver"))
        for who in (publisher, self.registrar, self.people["system"]):
            name = f"at-once-{who.name}"
            proposal = who.ask("service.publish", self.publication("gs", name))["proposal"]
            self.assertNotIn(f"gs/{name}", [one["service"] for one in self.registrar.ask("service.list")])
            self.assertEqual(self.refused(lambda: who.ask("proposals.approve", {"id": proposal})).code, "refused")
            self.assertIn(NOT_IN_REACH, self.refused(
                lambda: self.accounts["approver", "tax"].ask("proposals.approve", {"id": proposal})).detail)
            # Neither who publishes elsewhere, nor who audits.
            for role in ("system", "auditor"):
                error = self.refused(lambda: self.people[role].ask("proposals.approve", {"id": proposal}))
                self.assertEqual(error.code, "refused")
            approver.ask("proposals.approve", {"id": proposal})
            shown = approver.ask("service.show", {"service": f"gs/{name}"})
            self.assertEqual(shown["status"], "online")
            history = approver.ask("service.history", {"service": f"gs/{name}"})
            self.assertIn("approved by gs-approver", history[-1]["actor"])
        # Another version, too, and another backend of what is online.
        moved = self.publication("gs", "at-once-gs-publisher", endpoints=["http://127.0.0.1:10/elsewhere"])
        proposal = publisher.ask("service.publish", moved)["proposal"]
        shown = publisher.ask("service.show", {"service": "gs/at-once-gs-publisher"})
        self.assertEqual(shown["endpoints"], ["http://127.0.0.1:9/echo"])
        self.second.ask("proposals.approve", {"id": proposal})    # a security officer may, for any agency
        shown = publisher.ask("service.show", {"service": "gs/at-once-gs-publisher"})
        self.assertEqual(shown["endpoints"], ["http://127.0.0.1:10/elsewhere"])

    def test_an_approver_refuses_what_he_could_approve(self):
        proposal = self.accounts["publisher", "gs"].ask("service.publish", self.publication("gs", "unwanted"))["proposal"]
        self.accounts["approver", "gs"].ask("proposals.refuse", {"id": proposal})
        self.assertEqual(self.refused(lambda: self.second.ask("proposals.approve", {"id": proposal})).code, "conflict")

    def test_what_is_changed_after_approval_needs_it_again(self):
        publisher, approver = (self.accounts[role, "gs"] for role in ("publisher", "approver"))
        publisher.ask("service.publish", self.publication("gs", "again", draft=True))
        publisher.ask("service.submit", {"service": "gs/again"})
        approver.ask("service.approve", {"service": "gs/again"})
        publisher.ask("service.publish", self.publication("gs", "again", draft=True, endpoints=["http://127.0.0.1:10/"]))
        self.assertEqual(self.refused(lambda: publisher.ask("service.online", {"service": "gs/again"})).code, "conflict")

    def test_policy_stays_the_security_officers(self):
        given = self.publication("gs", "weak", policy="plain", draft=True)
        self.assertIn("to say", self.refused(lambda: self.accounts["publisher", "gs"].ask("service.publish", given)).detail)

    def test_a_grant_is_asked_for_and_decided_by_two_agencies(self):
        developer, approver = self.accounts["developer", "tax"], self.accounts["approver", "gs"]
        request = developer.cli("grant", "request", "desk", "gs/echo", "--reason", "一站式服务")["id"]
        for decide in ("grant.accept", "grant.refuse"):
            self.assertIn(NOT_IN_REACH, self.refused(lambda: self.accounts["approver", "tax"].ask(
                decide, {"id": request, "reason": "ours"})).detail)
        self.assertEqual([one["id"] for one in approver.ask("grant.list", {"service": "gs/echo", "state": "waiting"})],
                         [request])
        approver.cli("grant", "accept", request, "--reason", "agreed")
        self.assertIn({"consumer": "desk", "operation": None},
                      approver.ask("service.show", {"service": "gs/echo"})["grants"])
        self.assertEqual(developer.ask("meter", {"consumer": "desk"}), [])

    def test_nobody_decides_on_what_he_asked_for(self):
        li = self.people["security"]
        request = li.ask("grant.request", {"consumer": "hall", "service": "tax/echo", "reason": "x"})["id"]
        self.assertIn("another person", self.refused(lambda: li.ask("grant.accept", {"id": request, "reason": "x"})).detail)
        self.second.ask("grant.accept", {"id": request, "reason": "two"})

    # Two who change one thing.

    def test_a_concurrent_edit_is_refused_with_what_changed(self):
        publisher, api = self.accounts["publisher", "gs"], self.apis["publisher", "gs"]
        publisher.ask("service.publish", self.publication("gs", "shared", draft=True))
        path, draft = "/api/v1/commands/", {**self.publication("gs", "shared", draft=True)}
        status, headers, said = api.call("POST", path + "service.show", {"service": "gs/shared"})
        tag = headers["ETag"]
        self.assertEqual((status, tag), (200, f'"{said["result"]["revision"]}"'))
        # Somebody else hands it in meanwhile; what was seen is not what there is.
        publisher.cli("service", "submit", "gs/shared")
        moved = {**draft, "endpoints": ["http://127.0.0.1:10/"]}
        for name, body in (("service.publish", moved), ("service.submit", {"service": "gs/shared"}),
                           ("service.offline", {"service": "gs/shared", "reason": "old"}),
                           ("service.retire", {"service": "gs/shared", "reason": "old"})):
            status, _, said = api.call("POST", path + name, body, {"If-Match": tag})
            self.assertEqual((status, said["error"]["code"]), (412, "conflict"), said)
            self.assertIn("changed since: status", said["error"]["detail"])
        with self.assertRaises(CommandFailed) as caught:
            publisher.cli("service", "offline", "gs/shared", "--reason", "old", "--if-match", tag.strip('"'))
        self.assertIn("changed since: status", caught.exception.message)
        self.assertEqual(publisher.ask("service.show", {"service": "gs/shared"})["status"], "submitted")
        # With what there is now it is done, and the answer has the next one.
        tag = api.call("POST", path + "service.show", {"service": "gs/shared"})[1]["ETag"]
        status, headers, _ = api.call("POST", path + "service.publish", moved, {"If-Match": tag})
        self.assertEqual(status, 200)
        status, headers, said = api.call("POST", path + "service.submit", {"service": "gs/shared"}, {"If-Match": tag})
        self.assertIn("changed since: endpoints, status", said["error"]["detail"])
        self.assertEqual(status, 412)
        # The security officer's settings, too; and what is no revision, or a command that knows none, is not passed over.
        li = Api(self.daemon)
        li.sign_in(self.people["security"].credential())
        for name, body in (("service.settings", {"service": "gs/shared", "validate": False}),
                           ("service.policy.change", {"service": "gs/shared", "policy_name": "--set",
                                                      "policy_document": "request.freshness = 60\n"})):
            self.assertEqual(li.call("POST", path + name, body, {"If-Match": tag})[0], 412)
        for wrong in ("*", '"x"', '"1", "2"'):
            status, _, said = api.call("POST", path + "service.submit", {"service": "gs/shared"}, {"If-Match": wrong})
            self.assertEqual((status, said["error"]["code"]), (400, "invalid"))
        self.assertEqual(api.call("POST", path + "service.show", {"service": "gs/shared"}, {"If-Match": tag})[0], 400)

    # Consumers that would lose a service.

    def test_consumers_are_not_orphaned_in_silence(self):
        publisher = self.accounts["publisher", "gs"]
        proposal = publisher.ask("service.publish", self.publication("gs", "leaving"))["proposal"]
        self.accounts["approver", "gs"].ask("proposals.approve", {"id": proposal})
        self.people["security"].ask("grant", {"consumer": "desk", "service": "gs/leaving"})
        for command in ("retire", "offline"):
            with self.assertRaises(CommandFailed) as caught:
                publisher.cli("service", command, "gs/leaving", "--reason", "old")
            self.assertIn("desk", caught.exception.message)
            with self.assertRaises(CommandFailed) as caught:
                publisher.cli("service", command, "gs/leaving", "--force")
            self.assertIn("reason", caught.exception.message)
        self.assertEqual(publisher.ask("service.show", {"service": "gs/leaving"})["status"], "online")
        said = publisher.cli("service", "retire", "gs/leaving", "--force", "--reason", "a flood")
        self.assertEqual((said["status"], said["consumers"]), ("offline", ["desk"]))
        deed = self.people["auditor"].ask("audit.list", {"command": "service.retire", "outcome": "ok"})[0]
        self.assertEqual((deed["arguments"]["force"], deed["arguments"]["reason"]), (True, "a flood"))
        self.assertEqual(publisher.ask("service.history", {"service": "gs/leaving"})[-1]["reason"], "a flood")

    # Accounts.

    def test_accounts_are_made_by_two(self):
        wu, auditor = self.registrar, self.people["auditor"]
        wu.ask("org.add", {"id": "civil", "name": "民政"})
        proposal = wu.cli("account", "add", "zhu", "--org", "civil", "--role", "publisher")["proposal"]
        for one in (self.accounts["approver", "gs"], self.accounts["approver", "tax"]):
            self.assertEqual(self.refused(lambda: one.ask("proposals.approve", {"id": proposal})).code, "refused")
        self.assertEqual(self.refused(lambda: wu.ask("proposals.approve", {"id": proposal})).code, "refused")
        made = auditor.ask("proposals.approve", {"id": proposal})["result"]
        zhu = officers.Officer(self.daemon, "zhu", "publisher", made["password"])
        zhu.make_ready()
        self.assertEqual(zhu.ask("me")["org"], "civil")
        self.assertEqual(zhu.ask("service.list"), [])
        found = {one["name"]: (one["role"], one["state"]) for one in auditor.ask("audit.accounts")}
        self.assertEqual(found["zhu"], ("publisher of civil", "as journaled"))
        wu.ask("account.disable", {"name": "zhu"})
        self.assertEqual(self.refused(lambda: zhu.ask("me")).code, "refused")
        self.assertTrue(next(one for one in wu.ask("account.list", {"org": "civil"}))["disabled"])

    def test_officers_accounts_are_not_the_registrars(self):
        for command in ("account.disable", "account.unlock"):
            self.assertIn("no agency's account", self.refused(lambda: self.registrar.ask(command, {"name": "li"})).detail)
        self.assertIn("hutong account", self.refused(
            lambda: self.people["security"].ask("officers.disable", {"name": "gs-publisher"})).detail)
        for arguments in ({"name": "x1", "role": "security", "org": "gs"}, {"name": "x1", "role": "registrar", "org": "gs"}):
            proposal = self.registrar.ask("account.add", arguments)["proposal"]
            self.assertEqual(self.refused(
                lambda: self.people["auditor"].ask("proposals.approve", {"id": proposal})).code, "invalid")

    def test_the_session_says_whom_it_acts_for(self):
        api = Api(self.daemon)
        _, said = api.sign_in(self.accounts["developer", "gs"].credential())
        self.assertEqual((said["role"], said["org"]), ("developer", "gs"))
        self.assertEqual(api.call("GET", "/api/v1/me")[2]["org"], "gs")


if __name__ == "__main__":
    suite.main()

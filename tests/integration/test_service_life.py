"""The life of a service on a real daemon: its states over calls, versions that break, requests for grants, metering."""
import email.utils
import os
import signal
import socket
import subprocess
import time
import unittest
import xml.etree.ElementTree as tree

import officers
import registry_case
import suite
import uddi_client as u
from echo_platform import EchoPlatform
from hutong_daemon import CommandFailed, Daemon, hutong_binary
from officers import Api

END = "2099-01-31"
ELEMENT = '<xsd:element name="Echo" type="xsd:string"/>'
CODES = ('<xsd:element name="Echo"><xsd:simpleType><xsd:restriction base="xsd:string">'
         '<xsd:enumeration value="one"/></xsd:restriction></xsd:simpleType></xsd:element>')


def text(daemon, *words):
    """What a command prints for people."""
    done = subprocess.run([hutong_binary(), *words, "--home", str(daemon.home)], capture_output=True, text=True, timeout=60,
                          check=True)
    return done.stdout


class OnePlatform(unittest.TestCase):
    """Calls go to gs/echo; what cases change they change at services of their own."""

    @classmethod
    def setUpClass(cls):
        cls.platform = EchoPlatform()
        cls.daemon = cls.platform.daemon
        cls.addClassCleanup(cls.platform.stop)
        cls.wsdl = cls.daemon.folder / "echo.wsdl"

    def refused(self, *words):
        with self.assertRaises(CommandFailed) as caught:
            self.daemon.cli(*words)
        self.assertEqual(caught.exception.code, 1, caught.exception.message)
        return caught.exception.message

    def publish(self, name, *options, wsdl=None):
        return self.daemon.publish(wsdl or self.wsdl, "gs", name, endpoint=self.platform.backend.url, policy="sign",
                                   options=options)

    def call(self, name):
        return self.platform.post(self.platform.message(), f"/services/gs/{name}")

    def steps(self, name):
        return [(one["from"], one["to"], one["reason"]) for one in self.daemon.cli("service", "history", f"gs/{name}")]

    def contract(self, name, element):
        file = self.daemon.folder / f"{name}.wsdl"
        self.assertIn(ELEMENT, registry_case.WSDL)
        file.write_text(registry_case.WSDL.replace(ELEMENT, element), encoding="utf-8")
        return file


class States(OnePlatform):
    def warnings_of(self, service):
        return [one for one in self.daemon.cli("consumer", "warnings", "tax") if one["service"] == service]

    def test_from_draft_to_offline(self):
        said = self.publish("whole", "--draft", "--reason", "first try")
        self.assertTrue(said["changed"])
        service = "gs/whole"
        self.daemon.grant("tax", service)
        self.assertEqual(self.call("whole")[0], 500)
        self.assertIn("draft", self.refused("service", "online", service))
        self.daemon.cli("service", "submit", service)
        self.daemon.cli("service", "refuse", service, "--reason", "the contract has no documentation")
        self.daemon.cli("service", "submit", service)
        self.daemon.cli("service", "approve", service, "--reason", "as the law says")
        self.assertEqual(self.call("whole")[0], 500)
        self.assertEqual(self.daemon.cli("service", "online", service)["status"], "online")
        status, headers, _ = self.call("whole")
        self.assertEqual(status, 200)
        self.assertNotIn("Sunset", headers)

        self.assertIn("tax", self.refused("service", "offline", service, "--reason", "gone"))
        said = self.daemon.cli("service", "deprecate", service, "--end", END, "--reason", "see gs/echo")
        self.assertEqual((said["status"], said["consumers"]), ("deprecated", ["tax"]))
        status, headers, _ = self.call("whole")
        self.assertEqual(status, 200)
        self.assertEqual(email.utils.parsedate_to_datetime(headers["Sunset"]).strftime("%Y-%m-%d"), END)
        self.assertLess(abs(int(headers["Deprecation"].lstrip("@")) - time.time()), 3600)

        warning, = self.warnings_of(service)
        self.assertEqual((warning["ends"][:10], warning["reason"], warning["operations"]), (END, "see gs/echo", []))
        self.assertIn(END, text(self.daemon, "consumer", "warnings", "tax"))
        self.assertIn("tax", self.refused("service", "offline", service))
        said = self.daemon.cli("service", "offline", service, "--force", "--reason", "it was broken into")
        self.assertEqual((said["status"], said["consumers"]), ("offline", ["tax"]))
        self.assertEqual(self.call("whole")[0], 500)
        self.assertEqual(self.warnings_of(service), [])
        self.assertEqual(self.steps("whole"), [
            (None, "draft", "first try"), ("draft", "submitted", ""),
            ("submitted", "draft", "the contract has no documentation"), ("draft", "submitted", ""),
            ("submitted", "approved", "as the law says"), ("approved", "online", ""),
            ("online", "deprecated", "see gs/echo"), ("deprecated", "offline", "it was broken into")])
        self.assertTrue(all(one["actor"] for one in self.daemon.cli("service", "history", service)))

    def test_publishing_and_retiring_go_on_to_work(self):
        self.publish("short", "--reason", "at once")
        self.assertEqual([one[1] for one in self.steps("short")], ["draft", "submitted", "approved", "online"])
        self.daemon.grant("tax", "gs/short")
        self.assertIn("tax", self.refused("service", "retire", "gs/short"))
        self.assertIn("reason", self.refused("service", "retire", "gs/short", "--force"))
        self.assertEqual(self.steps("short")[-1][1], "online")
        said = self.daemon.cli("service", "retire", "gs/short", "--force", "--reason", "a flood")
        self.assertEqual((said["status"], said["consumers"]), ("offline", ["tax"]))
        self.daemon.cli("service", "retire", "gs/short")
        self.publish("short")
        self.assertEqual(self.steps("short")[-2:], [("online", "offline", "a flood"), ("offline", "online", "")])
        self.assertIn("--draft", self.refused("service", "publish", str(self.contract("short", CODES)), "--org", "gs",
                                              "--name", "short", "--draft"))

    def test_status_says_what_ends_soon(self):
        self.publish("soon")
        tomorrow = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 86400))
        self.daemon.cli("service", "deprecate", "gs/soon", "--end", tomorrow, "--reason", "old")
        self.assertIn({"service": "gs/soon", "ends": tomorrow.replace("Z", ".000Z")}, self.daemon.cli("status")["endings"])
        self.assertIn("gs/soon", text(self.daemon, "status"))
        self.daemon.cli("service", "deprecate", "gs/soon", "--end", END, "--reason", "later")
        self.assertEqual(self.daemon.cli("status")["endings"], [])

    def test_an_earlier_end_is_forced(self):
        self.publish("kept")
        self.daemon.grant("tax", "gs/kept")
        self.daemon.cli("service", "deprecate", "gs/kept", "--end", END, "--reason", "old")
        words = ("service", "deprecate", "gs/kept", "--end", "2098-01-31", "--reason", "it costs too much")
        self.assertIn("tax", self.refused(*words))
        self.assertEqual(self.daemon.cli(*words, "--force")["ends"], "2098-01-31T00:00:00.000Z")

    def test_what_was_given_up_is_approved_first(self):
        self.publish("given-up", "--draft")
        self.daemon.cli("service", "retire", "gs/given-up")
        self.assertIn("submit", self.refused("service", "online", "gs/given-up"))
        for step in ("submit", "approve", "online"):
            self.daemon.cli("service", step, "gs/given-up")

    def test_ends_are_in_the_future(self):
        self.publish("early")
        for end, part in (("2001-01-01", "future"), ("soon", "YYYY-MM-DD")):
            self.assertIn(part, self.refused("service", "deprecate", "gs/early", "--end", end, "--reason", "x"))


CUSTODY = "urn:uddi-org:custody_v3"


class UddiDrafts(OnePlatform):
    def client(self, name, org="gs"):
        password = self.daemon.cli("publisher", "add", name, "--org", org)["password"]
        client = u.Uddi(self.daemon.http)
        client.token = client.sign_in(name, password)
        return client

    def saved(self, client, key, called, *tmodels):
        return u.keys_of(client.publish("save_service", u.service(key, called, business="uddi:hutong:org:gs",
                                                                  bindings=[u.binding(tmodels=tmodels)])))[0]

    def tmodel(self, client, address, **attributes):
        overview = u.element("overviewDoc", u.element("overviewURL", address, **attributes))
        return u.keys_of(client.publish("save_tModel", u.tmodel(None, "port", overview=overview)))[0]

    def test_a_service_saved_with_a_wsdl_is_completed_by_its_agency(self):
        client = self.client("editor")
        tmodel = self.tmodel(client, "http://agency.example/licence", useType="wsdlInterface")
        key = self.saved(client, None, "Licence", tmodel)
        self.saved(client, None, "no-wsdl")
        self.assertEqual(self.daemon.cli("service", "drafts"), [
            {"service": "gs/licence", "status": "draft", "wsdl": "http://agency.example/licence", "uddi_key": key}])
        self.assertEqual(self.call("licence")[0], 500)
        self.publish("licence", "--draft")
        self.assertEqual(self.daemon.cli("service", "drafts"), [])
        self.daemon.cli("service", "submit", "gs/licence")
        self.assertEqual([one[:2] for one in self.steps("licence")], [(None, "draft"), ("draft", "submitted")])
        self.assertIn(key, self.steps("licence")[0][2])
        # The publisher's entity is his still, and saving it again makes no second draft.
        self.saved(client, key, "Licence", tmodel)
        self.assertEqual(self.daemon.cli("service", "drafts"), [])

    def catalogued(self, *keys):
        """Which of these the resource catalogue shows: its list and its counts; and its search for "charter"."""
        listed = [one["key"] for one in self.daemon.cli("catalogue", "list", "--agency", "gs")["entries"]]
        agency, = [one for one in self.daemon.cli("catalogue", "agencies") if one["agency"] == "gs"]
        self.assertEqual(agency["count"], len(listed))
        found = [one["key"] for one in self.daemon.cli("search", "charter")["hits"]]
        return [one for one in keys if one in listed], [one for one in keys if one in found]

    def test_a_completed_draft_is_catalogued_once(self):
        """Its publisher's entity until the gateway shows the service, then the gateway's own."""
        client = self.client("cataloguer")
        key = self.saved(client, None, "Charter", self.tmodel(client, "http://agency.example/charter?wsdl"))
        ours = "uddi:hutong:service:gs:charter"
        self.publish("charter", "--draft")
        self.assertEqual(self.catalogued(key, ours), ([key], [key]))
        self.publish("charter")
        self.daemon.cli("catalogue", "set", "gs/charter", "--title", "Charter")
        self.assertEqual(self.catalogued(key, ours), ([ours], [ours]))
        self.assertEqual(u.keys_of(client.inquire("find_service", u.name("Charter"))), [key])   # in UDDI it is still
        self.daemon.cli("service", "retire", "gs/charter", "--reason", "done")
        self.assertEqual(self.catalogued(key, ours), ([key], [key]))

    def test_a_draft_goes_with_its_wsdl_or_its_entity(self):
        client = self.client("writer")
        tmodel = self.tmodel(client, "https://agency.example/permit.wsdl")
        key = self.saved(client, None, "echo", tmodel)
        draft, = self.daemon.cli("service", "drafts")
        self.assertRegex(draft["service"], "^gs/uddi-[0-9a-f]{12}$")  # gs/echo is another service
        self.saved(client, key, "echo")
        self.assertEqual(self.daemon.cli("service", "drafts"), [])
        self.saved(client, key, "echo", tmodel)
        self.assertEqual(len(self.daemon.cli("service", "drafts")), 1)
        client.publish("delete_service", u.element("serviceKey", key))
        self.assertEqual(self.daemon.cli("service", "drafts"), [])

    def test_an_overview_url_is_never_fetched(self):
        """Of a hostile address the platform keeps the text, and of what is no Web address makes no draft."""
        client = self.client("hostile")
        with socket.create_server(("127.0.0.1", 0)) as inside:
            address = f"http://127.0.0.1:{inside.getsockname()[1]}/secret?wsdl"
            key = self.saved(client, None, "Inside", self.tmodel(client, address))
            draft, = self.daemon.cli("service", "drafts")
            self.assertEqual((draft["uddi_key"], draft["wsdl"]), (key, address))
            for other in ("file:///etc/passwd.wsdl", "gopher://127.0.0.1/x.wsdl", "ftp://127.0.0.1/x.wsdl", "//127.0.0.1/x.wsdl",
                          "javascript:x.wsdl", "http://no-such-host.invalid/x.wsdl#/etc"):
                self.saved(client, None, "Elsewhere", self.tmodel(client, other))
            self.assertEqual(self.daemon.cli("service", "drafts"), [draft])
            self.publish("inside", "--draft")
            self.assertEqual(self.daemon.cli("service", "drafts"), [])
            inside.setblocking(False)
            with self.assertRaises(BlockingIOError):
                inside.accept()

    def test_a_draft_follows_its_tmodel_its_bindings_and_its_owner(self):
        client = self.client("keeper")
        port = u.tmodel(None, "port")
        tmodel = u.keys_of(client.publish("save_tModel", port))[0]
        key = self.saved(client, None, "Parking", tmodel)
        self.assertEqual(self.daemon.cli("service", "drafts"), [])
        overview = u.element("overviewDoc", u.element("overviewURL", "https://agency.example/parking.wsdl"))
        client.publish("save_tModel", u.tmodel(tmodel, "port", overview=overview))
        self.assertEqual([one["uddi_key"] for one in self.daemon.cli("service", "drafts")], [key])
        client.publish("delete_tModel", u.element("tModelKey", tmodel))
        self.assertEqual(self.daemon.cli("service", "drafts"), [])
        tmodel = self.tmodel(client, "https://agency.example/parking.wsdl")
        saved = client.publish("save_service", u.service(key, "Parking", business="uddi:hutong:org:gs",
                                                         bindings=[u.binding(tmodels=[tmodel])]))
        self.assertEqual(len(self.daemon.cli("service", "drafts")), 1)
        binding = next(saved.iter(u.tag("bindingTemplate"))).get("bindingKey")
        client.publish("delete_binding", u.element("bindingKey", binding))
        self.assertEqual(self.daemon.cli("service", "drafts"), [])
        client.publish("delete_service", u.element("serviceKey", key))

    def test_a_draft_goes_to_its_new_owner(self):
        self.daemon.cli("org", "add", "ds", "--name", "tax office")
        giver, taker = self.client("giver"), self.client("taker", "ds")
        tmodel = self.tmodel(giver, "https://agency.example/ferry.wsdl")
        service = u.service(None, "Ferry", bindings=[u.binding(tmodels=[tmodel])])
        business = u.keys_of(giver.publish("save_business", u.business(None, "port", services=[service])))[0]
        self.assertEqual([one["service"] for one in self.daemon.cli("service", "drafts")], ["gs/ferry"])
        bag = u.element("keyBag", u.element("key", business))

        def custody(client, name, content):
            return client.call("custody", f'<{name} xmlns="{CUSTODY}"><authInfo xmlns="{u.NS}">{client.token}</authInfo>'
                                          f'{content}</{name}>')
        token = tree.tostring(custody(giver, "get_transferToken", bag), encoding="unicode")
        custody(taker, "transfer_entities", token + bag)
        self.assertEqual([one["service"] for one in self.daemon.cli("service", "drafts")], ["ds/ferry"])
        taker.publish("delete_business", u.element("businessKey", business))
        self.assertEqual(self.daemon.cli("service", "drafts"), [])


class Versions(OnePlatform):
    def test_a_breaking_version_needs_to_be_meant(self):
        self.publish("edge")
        self.daemon.grant("tax", "gs/edge")
        narrower = self.contract("narrower", CODES)
        said = self.daemon.cli("service", "diff", "gs/edge", "--file", str(narrower))
        self.assertEqual((said["from"], said["to"], said["breaking"], said["consumers"]), (1, None, True, ["tax"]))
        self.assertEqual([(one["where"], one["breaks"]) for one in said["changes"]], [("Echo request /Echo", "request")])
        message = self.refused("service", "publish", str(narrower), "--org", "gs", "--name", "edge", "--endpoint",
                               self.platform.backend.url)
        self.assertIn("tax", message)
        self.assertIn("--accept-breaking", message)
        self.assertEqual(self.daemon.cli("service", "show", "gs/edge")["version"], 1)
        said = self.publish("edge", "--accept-breaking", wsdl=narrower)
        self.assertEqual((said["version"], said["changes"][0]["breaks"]), (2, "request"))
        self.assertEqual(self.publish("edge")["version"], 3)  # wider again: nobody is hurt
        between = self.daemon.cli("service", "diff", "gs/edge", "--from", "1", "--to", "2")
        self.assertEqual((between["from"], between["to"], between["breaking"]), (1, 2, True))
        self.assertFalse(self.daemon.cli("service", "diff", "gs/edge")["breaking"])
        self.assertEqual(self.daemon.cli("service", "diff", "gs/edge", "--from", "1", "--to", "3")["changes"], [])
        self.assertIn("breaks request: Echo request /Echo", text(self.daemon, "service", "diff", "gs/edge", "--from", "1",
                                                                 "--to", "2"))
        self.assertIn("version 9", self.refused("service", "diff", "gs/edge", "--to", "9"))

    def test_without_consumers_it_is_only_told(self):
        self.publish("free")
        said = self.publish("free", wsdl=self.contract("free", CODES))
        self.assertEqual((said["version"], said["changes"][0]["breaks"]), (2, "request"))


class Requests(OnePlatform):
    def test_asked_decided_and_called(self):
        self.publish("asked")
        self.assertEqual(self.call("asked")[0], 500)
        request = self.daemon.cli("grant", "request", "tax", "gs/asked", "--operation", "Echo", "--reason", "tax audits")
        self.assertEqual((request["state"], request["consumer_org"]), ("waiting", "gs"))
        self.assertIn("waits already", self.refused("grant", "request", "tax", "gs/asked", "--operation", "Echo", "--reason",
                                                    "again"))
        listed, = self.daemon.cli("grant", "list", "--service", "gs/asked", "--state", "waiting")
        self.assertEqual(listed["id"], request["id"])
        self.assertIn("tax audits", text(self.daemon, "grant", "list"))
        refused = self.daemon.cli("grant", "refuse", request["id"], "--reason", "say for how long")
        self.assertEqual((refused["state"], refused["decision"]), ("refused", "say for how long"))
        self.assertEqual(self.call("asked")[0], 500)
        request = self.daemon.cli("grant", "request", "tax", "gs/asked", "--operation", "Echo", "--reason", "for a year")
        self.daemon.cli("grant", "accept", request["id"], "--reason", "agreed")
        self.assertEqual(self.call("asked")[0], 200)
        self.assertIn("accepted", self.refused("grant", "withdraw", request["id"], "--reason", "oh"))
        history = self.daemon.cli("grant", "list", "--consumer", "tax", "--service", "gs/asked")
        self.assertEqual([one["state"] for one in history], ["accepted", "refused"])
        second = self.daemon.cli("grant", "request", "tax", "gs/asked", "--reason", "all of it")
        self.daemon.cli("grant", "withdraw", second["id"], "--reason", "one is enough")
        self.assertEqual(self.daemon.cli("grant", "list", "--state", "waiting", "--service", "gs/asked"), [])


class Metering(OnePlatform):
    def counted(self, wanted, *words):
        """The rows of a report, once they have as many calls."""
        deadline = time.monotonic() + 60
        while True:
            try:
                rows = self.daemon.cli("meter", "--service", "gs/echo", *words)
                if sum(one["calls"] for one in rows) >= wanted:
                    return rows
            except CommandFailed as failed:
                rows = failed.message  # the database is away
            if time.monotonic() > deadline:
                self.fail(f"not {wanted} calls: {rows}")
            time.sleep(0.2)

    def totals(self, rows):
        return {key: sum(one[key] for one in rows) for key in ("calls", "faults", "bytes_in", "bytes_out", "milliseconds")}

    def test_calls_are_counted_per_consumer_and_operation(self):
        before = self.totals(self.counted(0))
        sent = received = 0
        for number in range(20):
            message = self.platform.message(f"call {number}")
            status, _, body = self.platform.post(message)
            self.assertEqual(status, 200)
            sent, received = sent + len(message), received + len(body)
        self.platform.backend.answer = (500, "text/xml; charset=utf-8", b'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/'
                                        b'soap/envelope/"><e:Body><e:Fault><faultcode>e:Server</faultcode><faultstring>no'
                                        b'</faultstring></e:Fault></e:Body></e:Envelope>')
        try:
            message = self.platform.message("fault")
            status, _, body = self.platform.post(message)
        finally:
            self.platform.backend.answer = None
        self.assertEqual(status, 500)
        sent, received = sent + len(message), received + len(body)
        # What nobody signed is nobody's call.
        self.assertEqual(self.platform.post(message.replace(b"fault", b"fraud"))[0], 500)
        rows = self.counted(before["calls"] + 21)
        after = self.totals(rows)
        self.assertEqual(after["calls"] - before["calls"], 21)
        self.assertEqual(after["faults"] - before["faults"], 1)
        self.assertEqual(after["bytes_in"] - before["bytes_in"], sent)
        self.assertEqual(after["bytes_out"] - before["bytes_out"], received)
        self.assertGreater(after["milliseconds"], before["milliseconds"])
        self.assertEqual({(one["consumer"], one["operation"]) for one in rows}, {("tax", "Echo")})
        self.assertEqual({one["from"][10:] for one in rows}, {"T00:00:00.000Z"})
        self.assertEqual(self.totals(self.counted(21, "--by", "hour", "--consumer", "tax"))["calls"], after["calls"])
        self.assertEqual({one["from"][7:] for one in self.counted(21, "--by", "month")}, {"-01T00:00:00.000Z"})
        self.assertEqual(self.daemon.cli("meter", "--consumer", "nobody"), [])
        self.assertEqual(self.daemon.cli("meter", "--since", END), [])
        self.assertIn("CALLS", text(self.daemon, "meter"))

    def test_figures_wait_for_the_database_and_outlive_the_stop(self):
        before = self.totals(self.counted(0))["calls"]
        postgres = int((self.daemon.home / "pg/data/postmaster.pid").read_text().split()[0])
        os.kill(postgres, signal.SIGQUIT)  # the daemon starts it again
        for _ in range(5):
            self.assertEqual(self.platform.post(self.platform.message())[0], 200)
        self.assertEqual(self.totals(self.counted(before + 5))["calls"], before + 5)
        for _ in range(3):
            self.assertEqual(self.platform.post(self.platform.message())[0], 200)
        self.daemon.restart()
        self.assertEqual(self.totals(self.daemon.cli("meter", "--service", "gs/echo"))["calls"], before + 8)


class Officers(unittest.TestCase):
    """Whose work it is, over the JSON API, once the officers are separated."""

    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon()
        cls.daemon.__enter__()
        cls.addClassCleanup(cls.daemon.__exit__, None, None, None)
        registry_case.publish_echo(cls.daemon)
        cls.daemon.publish(cls.daemon.folder / "echo.wsdl", "gs", "new", options=("--draft",))
        cls.people = officers.separate(cls.daemon)
        cls.apis = {}
        for role, officer in cls.people.items():
            cls.apis[role] = Api(cls.daemon)
            cls.apis[role].sign_in(officer.credential())

    def give(self, role, command, expect=200, **arguments):
        status, _, said = self.apis[role].call("POST", f"/api/v1/commands/{command}", arguments)
        self.assertEqual(status, expect, said)
        return said.get("result")

    def test_one_offers_the_other_lets_in(self):
        self.give("security", "service.submit", 403, service="gs/new")
        self.give("system", "service.submit", service="gs/new")
        self.give("system", "service.approve", 403, service="gs/new")
        self.give("security", "service.approve", service="gs/new", reason="fits")
        self.give("security", "service.online", 403, service="gs/new")
        self.give("system", "service.online", service="gs/new")
        records = self.give("auditor", "service.history", service="gs/new")
        self.assertEqual([(one["to"], one["actor"].split()[1]) for one in records[-3:]],
                         [("submitted", self.people["system"].name), ("approved", self.people["security"].name),
                          ("online", self.people["system"].name)])
        # What was done and what was refused is on record.
        audited = self.people["auditor"].ask("audit.list", {"limit": 1000})
        deeds = {(one["command"], one["outcome"]) for one in audited}
        self.assertIn(("service.approve", "ok"), deeds)
        self.assertIn(("service.approve", "refused"), deeds)

    def test_requests_are_decided_by_the_security_officer(self):
        request = self.give("system", "grant.request", consumer="tax", service="gs/new", reason="audits")["id"]
        self.give("system", "grant.accept", 403, id=request, reason="mine")
        self.give("security", "grant.accept", 400, id=request)
        self.give("security", "grant.accept", id=request, reason="agreed")
        self.assertEqual(self.give("auditor", "grant.list")[0]["state"], "accepted")
        self.give("auditor", "meter")


if __name__ == "__main__":
    suite.main()

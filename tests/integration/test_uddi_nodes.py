"""The registry on two nodes: a publish on one routes and is found on the other; a node killed in the middle leaves all or nothing;
a database from before UDDI gets its views at the start; each listener of a subscription is notified by one of them."""
import http.client as http_client
import random
import subprocess
import threading
import time
import unittest
import xml.etree.ElementTree as tree

import node_case
import registry_case
import suite
import throwaway
import uddi_client as u
from echo_backend import EchoBackend, envelope
from echo_platform import post
from hutong_daemon import CommandFailed, Daemon
from test_cli import get
from uddi_listener import WebListener, disposition
from wss_sign import signed

EXAMPLE = "published-in-peace"      # what every other service of the echo contract must be like

# All that the registry's tables have of each service, without its name.
FACTS = """
    with own as (select * from uddi_entities where org = 'gs' and service is not null),
    facts (service, fact) as (
        select service, concat_ws('|', 'entity', key, kind, parent, owner, lead, names, descriptions, middle, tail, name, signed,
                                  hidden) from own
        union all select o.service, concat_ws('|', 'name', n.entity, n.kind, n.position, n.name, n.lang)
            from uddi_names n join own o on o.key = n.entity
        union all select o.service, concat_ws('|', 'reference', r.entity, r.kind, r.service, r.business, r.bag, r.position, r.grouped,
            r.group_key, r.tmodel, r.name, r.value) from uddi_references r join own o on o.key = r.entity
        union all select o.service, concat_ws('|', 'instance', i.binding, i.position, i.service, i.business, i.tmodel, t.key, t.hidden)
            from uddi_instances i join own o on o.key = i.binding left join uddi_entities t on t.key = i.tmodel
        union all select o.service, concat_ws('|', 'document', d.service, d.operations, d.elements, d.text)
            from search_documents d join own o on o.key = d.service
        union all select s.name, concat_ws('|', 'service', s.version, s.wsdl_service, s.policy, s.status, s.journal, s.forward,
            s.validate, s.security, s.revision, v.contract, c.main) from services s join service_versions v using (org, name, version)
            left join contracts c on c.id = v.contract where s.org = 'gs'
        union all select name, concat_ws('|', 'endpoint', position, url) from endpoints where org = 'gs'
        union all select name, concat_ws('|', 'step', version, from_status, to_status) from service_history where org = 'gs'),
    alike (service, fact) as (select service, replace(fact, service, '*') from facts)
"""


class UddiNodes(node_case.NodeCase):
    def sql(self, text):
        psql = throwaway.program("psql", "/usr/lib/postgresql/*/bin/psql")
        done = subprocess.run([psql, self.url, "-v", "ON_ERROR_STOP=1", "-qAtc", text], capture_output=True, text=True, check=True)
        return done.stdout.split()

    def second(self):
        token = self.first.cli("node", "invite")["token"]
        done = self.join(self.folder / "second", token)
        self.assertEqual(done.returncode, 0, done.stderr)
        return Daemon(self.folder, home_name="second")

    def test_a_publish_on_one_is_routed_and_found_on_the_other(self):
        with self.second() as second:
            registry_case.publish_echo(self.first)
            self.wait_for(lambda: get(second.http + "/services/gs/echo?wsdl")[0] == 200, "the second node does not route")
            key = "uddi:hutong:service:gs:echo"
            for node in (self.first, second):
                answer = u.Uddi(node.http).inquire("get_serviceDetail", u.element("serviceKey", key))
                point = answer.find(f".//{u.tag('accessPoint')}").text
                self.assertTrue(point.startswith(node.https), f"{point} is not at {node.https}")
            second.cli("service", "retire", "gs/echo", "--force", "--reason", "moved")
            with self.assertRaises(u.UddiFault):
                u.Uddi(self.first.http).inquire("get_serviceDetail", u.element("serviceKey", key))

    def test_a_token_of_one_is_good_on_the_other(self):
        self.first.org("gs", "工商行政管理局")
        said = self.first.cli("publisher", "add", "editor", "--org", "gs")
        with self.second() as second:
            client = u.Uddi(second.http)
            client.token = u.Uddi(self.first.http).sign_in("editor", said["password"])
            client.publish("save_tModel", u.tmodel(None, "made on the second"))
            self.assertEqual(len(u.Uddi(self.first.http).inquire("find_tModel", u.name("made on the second")).findall(
                f".//{u.tag('tModelInfo')}")), 1)

    def lines(self, text):
        psql = throwaway.program("psql", "/usr/lib/postgresql/*/bin/psql")
        done = subprocess.run([psql, self.url, "-v", "ON_ERROR_STOP=1", "-qAtc", text], capture_output=True, text=True, check=True)
        return done.stdout.splitlines()

    def disagreements(self, tampered="select where false"):
        """What the registry's tables and the UDDI view say differently of the services: which there are; entities, names,
        keyedReferences, instances of tModels, documents, versions, endpoints and steps that are not as the example's.
        `tampered`: SQL that goes before, and is taken back."""
        return self.lines(f"""begin; {tampered};
            select coalesce(s.org || '/' || s.name, u.key) from (select * from services where status = 'online') s
            full join (select * from uddi_entities where kind = 'service' and service is not null) u
            on u.org = s.org and u.service = s.name where s.org is null or u.key is null
            union all select org || '/' || service from uddi_entities where kind = 'service' and service is not null
            and not exists (select 1 from uddi_entities b where b.parent = uddi_entities.key and b.kind = 'binding')
            """) + self.lines(f"begin; {tampered}; " + FACTS + f"""
            select service || ' has ' || fact from alike a where exists (select 1 from alike where service = '{EXAMPLE}')
                and not exists (select 1 from alike e where e.service = '{EXAMPLE}' and e.fact = a.fact)
            union all select s.service || ' lacks ' || e.fact from (select distinct service from alike) s, alike e
                where e.service = '{EXAMPLE}' and not exists (select 1 from alike a where (a.service, a.fact) = (s.service, e.fact))""")

    def test_the_comparison_sees_what_differs(self):
        self.first.org("gs", "工商行政管理局")
        for name in (EXAMPLE, "other"):
            self.first.publish(registry_case.write_wsdl(self.folder), "gs", name)
        self.assertEqual(self.disagreements(), [])
        for tampered in ("update uddi_references set value = 'x' where entity like '%:other:binding:%' and position = 0",
                         "delete from uddi_references where entity like '%:other'",
                         "delete from uddi_instances where service like '%:other'",
                         "update uddi_entities set middle = 'x' where kind = 'binding' and service = 'other'",
                         "delete from uddi_entities where kind = 'binding' and service = 'other'",
                         "update uddi_entities set hidden = true where kind = 'tmodel' and service = 'other'",
                         "delete from uddi_entities where service = 'other'",
                         "update search_documents set operations = '' where service like '%:other'",
                         "update endpoints set url = 'http://127.0.0.1:1/' where name = 'other'",
                         "update services set wsdl_service = 'x' where name = 'other'"):
            self.assertNotEqual(self.disagreements(tampered), [], tampered)
        self.assertEqual(self.disagreements(), [])

    @staticmethod
    def answers(node, name):
        """What a node says of the service, without its name: over UDDI, of each of its entities and by what finds it, and as
        the gateway that routes to it; None for each that it says there is not."""
        client, key, said = u.Uddi(node.http), f"uddi:hutong:service:gs:{name}", []
        types = [f"{key}:porttype:echoport", f"{key}:binding:echobinding"]
        for operation, content in (("get_serviceDetail", u.element("serviceKey", key)),
                                   ("get_bindingDetail", u.element("bindingKey", f"{key}:port:echoport")),
                                   ("get_tModelDetail", u.element("tModelKey", types[0])),
                                   ("get_tModelDetail", u.element("tModelKey", types[1])),
                                   ("find_binding", u.tmodel_bag(*types))):     # which knows tModels that are there only
            try:
                said.append(tree.tostring(client.inquire(operation, content), encoding="unicode"))
            except u.UddiFault as fault:
                if fault.number != 10210:
                    raise
                said.append(None)
        whole = client.inquire("get_businessDetail", u.element("businessKey", "uddi:hutong:org:gs"))
        said.append("".join(one.get("serviceKey") for one in whole.iter(u.tag("businessService")) if one.get("serviceKey") == key) or None)
        status, _, text = get(f"{node.http}/services/gs/{name}?wsdl")
        said.append(text.decode() if status == 200 else None)
        return [one and one.replace(name, "*") for one in said]

    def check_routing(self, node, name, caller):
        """The operation of the contract gets to the backend, and no other one does."""
        node.grant("tax", f"gs/{name}")
        call = lambda what: post(node.http, signed(what, caller.key, caller.certificate), f"/services/gs/{name}")
        self.wait_for(lambda: call(envelope("企业"))[0] == 200, f"{name} is not routed")
        self.assertIn("企业".encode(), call(envelope("企业"))[2])
        status, _, text = call(envelope("企业").replace(b"t:Echo", b"t:Other"))
        self.assertNotEqual(status, 200)
        self.assertNotIn("企业".encode(), text)

    def check_survivor(self, node, attempted, businesses):
        """Whole or nothing of each, over UDDI and by routing, and the same as the tables have. Returns how many are there."""
        present = set(self.lines("select name from services where org = 'gs'"))
        whole = self.answers(node, EXAMPLE)
        self.assertNotIn(None, whole)
        nothing = [None] * len(whole)
        for name in attempted:
            routed = lambda name=name: get(f"{node.http}/services/gs/{name}?wsdl")[0] == 200
            if name in present and not routed():     # what it routes by follows the tables
                self.wait_for(routed, f"{name} is not routed")
            self.assertEqual(self.answers(node, name), whole if name in present else nothing, name)
        for name in set(attempted) - present:
            self.assertIn(f"no service gs/{name}".encode(), post(node.http, envelope("x"), f"/services/gs/{name}")[2])
        client, kept = u.Uddi(node.http), 0
        for key in businesses:
            try:
                entity = client.inquire("get_businessDetail", u.element("businessKey", key))
            except u.UddiFault as fault:
                self.assertEqual(fault.number, 10210)
                self.assertEqual(u.keys_of(client.inquire("find_business", u.name(key))), [])
                continue
            kept += 1
            self.assertEqual(len(list(entity.iter(u.tag("businessService")))), 20, key)
            self.assertEqual(len(list(entity.iter(u.tag("bindingTemplate")))), 20, key)
        return len(present & set(attempted)), kept

    def test_a_node_killed_in_the_middle_leaves_all_or_nothing(self):
        """And its neighbour, which goes on, says so."""
        backend = EchoBackend()
        self.addCleanup(backend.stop)
        self.first.org("gs", "工商行政管理局")
        self.first.consumer("tax", "gs")
        caller = self.first.issue("tax")
        wsdl = registry_case.write_wsdl(self.folder)
        self.first.publish(wsdl, "gs", EXAMPLE, endpoint=backend.url)
        password = self.first.cli("publisher", "add", "editor", "--org", "gs")["password"]
        editor = u.Uddi(self.first.http)
        editor.sign_in("editor", password)
        editor.publish("save_tModel", u.generator("gs.test"))
        totals = [0, 0, 0, 0]
        with self.second() as second:
            self.wait_for(lambda: get(f"{second.http}/services/gs/{EXAMPLE}?wsdl")[0] == 200, "the second node does not route")
            self.check_routing(second, EXAMPLE, caller)
            for round_ in range(4):
                stop, attempted, businesses = threading.Event(), [], []

                def publish(thread, round_=round_, stop=stop, attempted=attempted):
                    for number in range(1000):
                        if stop.is_set():
                            return
                        name = f"echo-{round_}-{thread}-{number}"
                        attempted.append(name)
                        try:
                            self.first.publish(wsdl, "gs", name, endpoint=backend.url)
                        except CommandFailed:
                            return      # the node is gone

                def save(token, http=self.first.http, round_=round_, stop=stop, businesses=businesses):
                    client = u.Uddi(http)
                    client.token = token
                    for number in range(1000):
                        if stop.is_set():
                            return
                        key = f"uddi:gs.test:b{round_}-{number}"
                        businesses.append(key)
                        try:
                            client.publish("save_business", u.business(key, key, services=[
                                u.service(f"{key}-{one}", "one", bindings=[u.binding()]) for one in range(20)]))
                        except (OSError, http_client.HTTPException):
                            return
                threads = [threading.Thread(target=publish, args=(number,)) for number in range(2)]
                threads.append(threading.Thread(target=save, args=(editor.token,)))
                for one in threads:
                    one.start()
                time.sleep(0.7 + random.random() * 0.5)
                self.first.kill()
                stop.set()
                for one in threads:
                    one.join()
                # What the dead node had sent ends one way or the other.
                self.wait_for(lambda: self.sql("select count(*) from pg_stat_activity where datname = current_database() and "
                                               "xact_start is not null and pid <> pg_backend_pid()") == ["0"], "transactions go on")
                self.assertEqual(self.disagreements(), [])
                services, kept = self.check_survivor(second, attempted, businesses)
                published = [one for one in attempted if one in self.lines("select name from services where org = 'gs'")]
                if published:
                    self.check_routing(second, published[-1], caller)
                totals = [a + b for a, b in zip(totals, (len(attempted), services, len(businesses), kept))]
                self.first.start()
                self.assertEqual(self.disagreements(), [])
                self.check_survivor(self.first, attempted, businesses)
        print("... services %d tried, %d there; businesses %d tried, %d there" % tuple(totals), flush=True)
        self.assertGreater(totals[1], 0)
        self.assertGreater(totals[3], 0)

    def test_views_that_an_older_version_left_out_are_made_at_the_start(self):
        registry_case.publish_echo(self.first)
        self.first.stop()
        self.sql("delete from uddi_entities")
        self.assertEqual(len(self.disagreements()), 1)
        self.first.start()
        self.assertEqual(self.disagreements(), [])
        client = u.Uddi(self.first.http)
        client.inquire("get_serviceDetail", u.element("serviceKey", "uddi:hutong:service:gs:echo"))
        client.inquire("get_tModelDetail", u.element("tModelKey", u.TYPES))
        self.assertEqual(u.keys_of(client.inquire("find_business", u.name("工商行政管理局"))), ["uddi:hutong:org:gs"])

    @staticmethod
    def allow_listeners(node):
        node.set_option("listeners", '["127.0.0.0/8"]')
        node.set_option("notification_interval", "1")

    def publisher_with_listener(self):
        """Someone who publishes on the first node, which notifies listeners on loopback; and such a listener."""
        self.allow_listeners(self.first)
        self.first.restart()
        self.first.org("gs", "工商行政管理局")
        said = self.first.cli("publisher", "add", "editor", "--org", "gs")
        client = u.Uddi(self.first.http)
        client.sign_in("editor", said["password"])
        web = WebListener()
        self.addCleanup(web.close)
        return client, web

    @staticmethod
    def subscribe(client, web, place):
        """To services of that name; the listener is at the place of that name."""
        saved = client.publish("save_business", u.business(
            None, "has a listener", services=[u.service(None, "listens", bindings=[u.binding(access=web.url(place))])]))
        binding = saved.find(f".//{u.tag('bindingTemplate')}").get("bindingKey")
        client.call("subscription", f"""<save_subscription xmlns="urn:uddi-org:sub_v3">
            <authInfo xmlns="{u.NS}">{client.token}</authInfo><subscription>
            <subscriptionFilter>{u.element('find_service', u.name(place), ns=True)}</subscriptionFilter>
            <bindingKey xmlns="{u.NS}">{binding}</bindingKey><notificationInterval>PT1S</notificationInterval>
            </subscription></save_subscription>""")

    @staticmethod
    def publish_services(client, names):
        saved = client.publish("save_business", u.business(None, "has services", services=[u.service(None, one) for one in names]))
        return {one.find(u.tag("name")).text: one.get("serviceKey") for one in saved.iter(u.tag("businessService"))}

    @staticmethod
    def told(results_list):
        return [one.get("serviceKey") for one in results_list.iter(u.tag("serviceInfo"))]

    def test_each_listener_is_notified_by_one_node(self):
        """Once by the two, whatever intervals go by; and by each of them when it is alone."""
        client, web = self.publisher_with_listener()
        second = self.second()
        self.allow_listeners(second)
        places = [f"listener{number}" for number in range(8)]

        def tell_all(publisher, round_):
            made = self.publish_services(publisher, places)
            for place in places:
                self.assertEqual(self.told(web.wait(place, round_)[-1]), [made[place]])

        def let_intervals_go_by(publisher, beats):
            """A listener of something else is told so many times more, each after an interval."""
            for _ in range(beats):
                before = web.count("beat")
                self.publish_services(publisher, ["beat"])
                web.wait("beat", before + 1)

        def alone(left, gone):
            gone.stop()
            self.sql("update uddi_subscriptions set next_try = now()")     # what the other had claimed
            publisher = u.Uddi(left.http)
            publisher.token = client.token
            return publisher

        with second:
            for place in (*places, "beat"):
                self.subscribe(client, web, place)
            for round_ in range(1, 4):
                tell_all(client, round_)
            let_intervals_go_by(client, 4)
            self.assertEqual([web.count(place) for place in places], [3] * len(places))
            tell_all(alone(second, self.first), 4)
            self.first.start()
            publisher = alone(self.first, second)
            tell_all(publisher, 5)
            let_intervals_go_by(publisher, 2)
            self.assertEqual([web.count(place) for place in places], [5] * len(places))

    def test_what_a_dying_node_had_not_confirmed_is_told_by_another(self):
        client, web = self.publisher_with_listener()
        released = threading.Event()
        self.addCleanup(released.set)
        web.answers["listener"] = lambda number: (number == 1 and released.wait(60), (200, {}, disposition()))[1]
        self.subscribe(client, web, "listener")
        second = self.second()
        self.allow_listeners(second)
        made = self.publish_services(client, ["listener"])["listener"]
        self.assertEqual(self.told(web.wait("listener")[0]), [made])
        self.first.kill()
        with second:
            self.sql("update uddi_subscriptions set next_try = now()")     # when the dead node's claim is over
            self.assertEqual(self.told(web.wait("listener", 2)[1]), [made])
        self.first.start()

    def test_without_the_database_the_registry_says_so(self):
        registry_case.publish_echo(self.first)
        self.postgres.stop("immediate")
        with self.assertRaises(u.UddiFault) as caught:
            u.Uddi(self.first.http).inquire("find_service", u.name("echo"))
        self.assertEqual(caught.exception.number, 10400)
        self.assertNotIn("postgres", caught.exception.text.lower())


if __name__ == "__main__":
    suite.main()

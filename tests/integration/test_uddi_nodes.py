"""The registry on two nodes: a publish on one routes and is found on the other; a node killed in the middle leaves all or nothing;
a database from before UDDI gets its views at the start; each listener of a subscription is notified by one of them."""
import random
import subprocess
import threading
import time
import unittest

import node_case
import registry_case
import suite
import throwaway
import uddi_client as u
from hutong_daemon import CommandFailed, Daemon
from test_cli import get
from uddi_listener import WebListener, disposition


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

    def disagreements(self):
        """What the registry's tables and the UDDI view say differently of the services."""
        return self.sql("""
            select coalesce(s.org || '/' || s.name, u.key) from (select * from services where status = 'online') s
            full join (select * from uddi_entities where kind = 'service' and service is not null) u
            on u.org = s.org and u.service = s.name where s.org is null or u.key is null
            union all select org || '/' || service from uddi_entities where kind = 'service' and service is not null
            and not exists (select 1 from uddi_entities b where b.parent = uddi_entities.key and b.kind = 'binding')""")

    def test_a_node_killed_in_the_middle_leaves_all_or_nothing(self):
        self.first.org("gs", "工商行政管理局")
        wsdl = registry_case.write_wsdl(self.folder)
        for round_ in range(4):
            stop = threading.Event()

            def publish(round_=round_, stop=stop):
                for number in range(1000):
                    if stop.is_set():
                        return
                    try:
                        self.first.publish(wsdl, "gs", f"echo-{round_}-{number}", endpoint="http://127.0.0.1:9/echo")
                    except CommandFailed:
                        return      # the node is gone

            thread = threading.Thread(target=publish)
            thread.start()
            time.sleep(0.7 + random.random() * 0.5)
            self.first.kill()
            stop.set()
            thread.join()
            self.assertEqual(self.disagreements(), [])
            self.first.start()
        published = self.sql("select count(*) from services where org = 'gs'")
        self.assertGreater(int(published[0]), 0)
        self.assertEqual(self.disagreements(), [])

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

"""Publication from all sides at once: publishers over UDDI and the gateway's own, in each other's entities, on one PostgreSQL. Each
is done; nobody is told of what the others did to the database (40P01)."""
import subprocess
import threading
import unittest
import xml.etree.ElementTree as tree

import node_case
import registry_case
import suite
import throwaway
import uddi_client as u

ORG = "uddi:hutong:org:gs"
ROUNDS = 25


class AtOnce(node_case.NodeCase):
    def setUp(self):
        super().setUp()
        self.first.org("gs", "工商行政管理局")
        self.wsdl = registry_case.write_wsdl(self.first.folder)
        for name in ("shown", "coming"):
            self.first.publish(self.wsdl, "gs", name)

    def publisher(self, name):
        said = self.first.cli("publisher", "add", name, "--org", "gs")
        client = u.Uddi(self.first.http)
        client.sign_in(name, said["password"])
        return client

    def number(self, statement):
        psql = throwaway.program("psql", "/usr/lib/postgresql/*/bin/psql")
        done = subprocess.run([psql, self.url, "-v", "ON_ERROR_STOP=1", "-qAtc", statement], capture_output=True, text=True, check=True)
        return int(done.stdout)

    def together(self, *jobs):
        """Each job some rounds, all at once; what failed, in words."""
        failures, begin = [], threading.Barrier(len(jobs))

        def run(job):
            begin.wait(60)
            for round_ in range(ROUNDS):
                try:
                    job(round_)
                except Exception as failed:
                    failures.append(f"{job.__name__}, round {round_}: {failed}")
        threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
        for one in threads:
            one.start()
        for one in threads:
            one.join(300)
        self.assertFalse(any(one.is_alive() for one in threads), "a job hangs")
        print(f"... {self.number('select deadlocks from pg_stat_database where datname = current_database()')} deadlocks", flush=True)
        return failures

    def test_the_organisation_s_entity_and_its_services(self):
        """The whole entity by its publishers, with the services in it as they are; the services by the gateway."""
        jobs = []

        def saver(name):
            client = self.publisher(name)

            def save_business(round_):
                whole = client.inquire("get_businessDetail", u.element("businessKey", ORG)).find(u.tag("businessEntity"))
                inside = "".join(tree.tostring(one, encoding="unicode") for one in whole.iter(u.tag("businessService"))
                                 if one.get("serviceKey").endswith(":shown"))
                client.publish("save_business", u.business(ORG, "工商行政管理局", services=[inside],
                                                           descriptions=f"<description>{name} {round_}</description>"))
            return save_business

        def publish(round_):
            self.first.publish(self.wsdl, "gs", "shown", endpoint=f"http://127.0.0.1:9/{round_}")

        def offline_and_online(_):
            self.first.cli("service", "offline", "gs/coming", "--reason", "a test")
            self.first.cli("service", "online", "gs/coming", "--reason", "a test")
        jobs += [saver("wu"), saver("li"), publish, offline_and_online]
        self.assertEqual(self.together(*jobs), [])
        self.assertEqual(self.number("select count(*) from uddi_entities where kind = 'service' and service is not null"), 2)

    def test_a_whole_and_its_parts(self):
        """A business by one publisher, its service by a second one, bindings in that by a third one, who deletes them, too."""
        whole, service, parts = self.publisher("wu"), self.publisher("li"), self.publisher("sun")
        whole.publish("save_tModel", u.generator("gs.test"))
        business, inside = "uddi:gs.test:a", "uddi:gs.test:z"      # keys in the one order, and in the other
        for one, other in ((business, inside), ("uddi:gs.test:y", "uddi:gs.test:b")):
            whole.publish("save_business", u.business(one, "whole", services=[u.service(other, "part")]))
            with self.subTest(business=one):
                def save_business(round_, one=one, other=other):
                    whole.publish("save_business", u.business(one, f"whole {round_}", services=[u.service(other, "part"),
                                                                                                 u.service(None, "beside")]))

                def save_service(round_, one=one, other=other):
                    service.publish("save_service", u.service(other, f"part {round_}", business=one, bindings=[u.binding()]))

                def save_and_delete_binding(_, other=other):
                    made = parts.publish("save_binding", u.binding(service=other))[0].get("bindingKey")
                    try:
                        parts.publish("delete_binding", u.element("bindingKey", made))
                    except u.UddiFault as fault:
                        if fault.number != 10210:       # it went with the whole
                            raise
                self.assertEqual(self.together(save_business, save_service, save_and_delete_binding), [])


if __name__ == "__main__":
    suite.main()

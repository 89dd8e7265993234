#!/usr/bin/env python3
"""A published WSDL in UDDI: OASIS technical note "Using WSDL in a UDDI Registry" 2.0.2, section 2.4 and appendix A; and that the
registry's tables, the UDDI view and the gateway's routing say the same."""
import pathlib
import sys
import unittest

import suite
import uddi_client as u
from hutong_daemon import CommandFailed, Daemon

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "integration"))
import registry_case  # noqa: E402

TYPES, NAMESPACE, LOCAL = "uddi:uddi.org:wsdl:types", "uddi:uddi.org:xml:namespace", "uddi:uddi.org:xml:localname"
PORT_TYPE = "uddi:uddi.org:wsdl:porttypereference"
PROTOCOL, TRANSPORT = "uddi:uddi.org:wsdl:categorization:protocol", "uddi:uddi.org:wsdl:categorization:transport"
KEY = "uddi:hutong:service:gs:echo"
TNS = "urn:test:echo"


def references(entity):
    return {(one.get("tModelKey"), one.get("keyValue")) for one in entity.iter(u.tag("keyedReference"))}


class WsdlInUddi(unittest.TestCase):
    """In the order of their names: the service is published, changed, retired."""

    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon()
        cls.daemon.__enter__()
        cls.said = registry_case.publish_echo(cls.daemon, "http://127.0.0.1:9/echo")
        cls.uddi = u.Uddi(cls.daemon.http)
        cls.publisher = u.Uddi(cls.daemon.http)
        made = cls.daemon.cli("publisher", "add", "editor", "--org", "gs")
        cls.publisher.sign_in("editor", made["password"])

    @classmethod
    def tearDownClass(cls):
        cls.daemon.__exit__(None, None, None)

    def refused(self, number, what, *arguments):
        with self.assertRaises(u.UddiFault) as caught:
            what(*arguments)
        self.assertEqual(caught.exception.number, number, caught.exception.text)
        return caught.exception

    def find(self, what, *refs, extra=""):
        return u.keys_of(self.uddi.inquire(what, extra + u.categories(*(u.reference(*one) for one in refs))))

    def service(self):
        return self.uddi.inquire("get_serviceDetail", u.element("serviceKey", KEY))[0]

    def test_10_business_is_the_organisation(self):
        answer = self.uddi.inquire("find_business", u.name("工商行政管理局"))
        self.assertEqual(u.keys_of(answer), ["uddi:hutong:org:gs"])
        self.assertEqual([one.get("serviceKey") for one in answer.iter(u.tag("serviceInfo"))], [KEY])

    def test_11_port_type_tmodel(self):
        found = self.find("find_tModel", (TYPES, "portType"), (NAMESPACE, TNS), extra=u.name("EchoPort"))
        self.assertEqual(found, [f"{KEY}:porttype:echoport"])
        entity = self.uddi.inquire("get_tModelDetail", u.element("tModelKey", found[0]))[0]
        self.assertEqual(references(entity), {(TYPES, "portType"), (NAMESPACE, TNS)})
        self.assertTrue(entity.find(f".//{u.tag('overviewURL')}").text.endswith("/services/gs/echo?wsdl"))

    def test_12_binding_tmodel(self):
        found = self.find("find_tModel", (TYPES, "binding"), (NAMESPACE, TNS), (PORT_TYPE, f"{KEY}:porttype:echoport"))
        self.assertEqual(found, [f"{KEY}:binding:echobinding"])
        entity = self.uddi.inquire("get_tModelDetail", u.element("tModelKey", found[0]))[0]
        self.assertEqual(references(entity), {
            (TYPES, "binding"), (NAMESPACE, TNS), (PORT_TYPE, f"{KEY}:porttype:echoport"), (PROTOCOL, "uddi:uddi.org:protocol:soap"),
            (TRANSPORT, "uddi:uddi.org:transport:http"), (u.TYPES, "wsdlSpec")})

    def test_13_service_and_binding_template(self):
        entity = self.service()
        self.assertEqual(entity.get("businessKey"), "uddi:hutong:org:gs")
        self.assertEqual(references(entity), {(TYPES, "service"), (NAMESPACE, TNS), (LOCAL, "EchoService")})
        binding = entity.find(f".//{u.tag('bindingTemplate')}")
        point = binding.find(u.tag("accessPoint"))
        self.assertEqual(point.get("useType"), "endPoint")
        infos = {one.get("tModelKey"): one for one in binding.iter(u.tag("tModelInstanceInfo"))}
        self.assertEqual(set(infos), {f"{KEY}:porttype:echoport", f"{KEY}:binding:echobinding"})
        self.assertEqual(infos[f"{KEY}:binding:echobinding"].find(f".//{u.tag('instanceParms')}").text, "EchoPort")

    def test_14_access_point_is_the_gateways(self):
        point = self.service().find(f".//{u.tag('accessPoint')}").text
        self.assertEqual(point, self.said["url"])
        status, _, text = u.Uddi(self.daemon.http).get("/services/gs/echo?wsdl")
        self.assertEqual(status, 200)
        self.assertIn(b"EchoService", text)

    def test_15_find_service_by_port_type_namespace_and_local_name(self):
        embedded = u.element("find_tModel", u.name("EchoPort") + u.categories(u.reference(TYPES, "portType"), u.reference(NAMESPACE, TNS)))
        self.assertEqual(u.keys_of(self.uddi.inquire("find_service", embedded)), [KEY])
        self.assertEqual(self.find("find_service", (TYPES, "service"), (NAMESPACE, TNS), (LOCAL, "EchoService")), [KEY])

    def test_16_find_binding_by_both_tmodels(self):
        bag = u.tmodel_bag(f"{KEY}:porttype:echoport", f"{KEY}:binding:echobinding")
        self.assertEqual(u.keys_of(self.uddi.inquire("find_binding", bag)), [f"{KEY}:port:echoport"])

    def test_20_views_are_not_changed_through_uddi(self):
        for operation, content in (("save_service", u.service(KEY, "mine", business="uddi:hutong:org:gs")),
                                   ("delete_service", u.element("serviceKey", KEY)),
                                   ("save_binding", u.binding(service=KEY)),
                                   ("delete_binding", u.element("bindingKey", f"{KEY}:port:echoport")),
                                   ("save_tModel", u.tmodel(f"{KEY}:porttype:echoport", "mine")),
                                   ("delete_tModel", u.element("tModelKey", f"{KEY}:porttype:echoport")),
                                   ("delete_business", u.element("businessKey", "uddi:hutong:org:gs"))):
            self.refused(10140, self.publisher.publish, operation, content)

    def test_21_an_organisation_is_described_by_its_publisher(self):
        import xml.etree.ElementTree as tree
        got = self.uddi.inquire("get_businessDetail", u.element("businessKey", "uddi:hutong:org:gs"))
        text = tree.tostring(got[0], encoding="unicode")
        described = text.replace("</ns0:name>", '</ns0:name><ns0:description xml:lang="zh">管理企业登记</ns0:description>', 1)
        self.assertNotEqual(text, described)
        answer = self.publisher.publish("save_business", described)
        self.assertEqual(answer.find(f".//{u.tag('description')}").text, "管理企业登记")
        self.assertEqual([one.get("serviceKey") for one in answer.iter(u.tag("businessService"))], [KEY])

    def test_22_but_keeps_its_name(self):
        self.refused(20210, self.publisher.publish, "save_business", u.business("uddi:hutong:org:gs", "Another name"))

    def test_23_further_services_stand_beside_the_gateways(self):
        self.publisher.publish("save_service", u.service(None, "by telephone", business="uddi:hutong:org:gs"))
        answer = self.uddi.inquire("get_businessDetail", u.element("businessKey", "uddi:hutong:org:gs"))
        self.assertEqual(len(list(answer.iter(u.tag("businessService")))), 2)

    def test_30_a_new_contract_changes_the_view(self):
        path = self.daemon.folder / "echo2.wsdl"
        path.write_text(registry_case.WSDL.replace("EchoPort", "SayPort"), encoding="utf-8")
        self.daemon.publish(path, "gs", "echo", endpoint="http://127.0.0.1:9/echo")
        self.assertEqual(self.find("find_tModel", (TYPES, "portType"), (NAMESPACE, TNS)), [f"{KEY}:porttype:sayport"])
        entity = self.service()
        self.assertEqual([one.get("bindingKey") for one in entity.iter(u.tag("bindingTemplate"))], [f"{KEY}:port:sayport"])
        old = self.uddi.inquire("get_tModelDetail", u.element("tModelKey", f"{KEY}:porttype:echoport"))[0]
        self.assertEqual(old.get("deleted"), "true")

    def test_31_a_contract_that_is_refused_changes_nothing(self):
        path = self.daemon.folder / "bad.wsdl"
        path.write_text(registry_case.WSDL.replace('type="tns:EchoPort"', 'type="tns:NoPort"'), encoding="utf-8")
        with self.assertRaises(CommandFailed):
            self.daemon.publish(path, "gs", "echo", endpoint="http://127.0.0.1:9/echo")
        self.assertEqual([one.get("bindingKey") for one in self.service().iter(u.tag("bindingTemplate"))], [f"{KEY}:port:sayport"])

    def test_40_retiring_takes_the_view_away(self):
        self.daemon.cli("service", "retire", "gs/echo", "--force", "--reason", "closed")
        self.refused(10210, self.uddi.inquire, "get_serviceDetail", u.element("serviceKey", KEY))
        self.assertEqual(self.find("find_tModel", (TYPES, "portType"), (NAMESPACE, TNS)), [])

    def test_41_publishing_again_brings_it_back(self):
        self.daemon.publish(registry_case.write_wsdl(self.daemon.folder), "gs", "echo", endpoint="http://127.0.0.1:9/echo")
        self.assertEqual(self.find("find_tModel", (TYPES, "portType"), (NAMESPACE, TNS)), [f"{KEY}:porttype:echoport"])
        self.assertEqual(self.service().get("serviceKey"), KEY)

    def test_50_views_that_are_missing_are_made_at_the_start(self):
        self.daemon.stop()
        self.daemon.start()
        self.uddi = u.Uddi(self.daemon.http)
        self.assertEqual(self.service().get("serviceKey"), KEY)


if __name__ == "__main__":
    suite.main()

#!/usr/bin/env python3
"""Every operation of the UDDI APIs, driven once by a client others wrote: zeep, from the contracts the daemon serves."""
import requests
import zeep
import zeep.transports

import suite
import uddi_client as u
from world import B1, B2, COLOUR, IFACE1, RELATIONS, S1, WorldCase


class Clients(WorldCase):
    """In the order of their names: what is saved first is deleted last."""

    used = {}

    def client(self, api):
        session = requests.Session()
        session.trust_env = False
        session.verify = str(self.world.daemon.ca_file())
        return zeep.Client(f"{self.world.daemon.http}/uddi/{api}?wsdl", transport=zeep.transports.Transport(session=session))

    def port(self, api, soap12=False):
        client = self.client(api)
        name = next(iter(client.wsdl.services))
        ports = sorted(client.wsdl.services[name].ports)
        self.assertEqual(len(ports), 2)
        proxy = client.bind(name, ports[1] if soap12 else ports[0])
        self.used.setdefault(api, set(client.wsdl.services[name].ports[ports[0]].binding._operations))
        return client, proxy

    def did(self, api, *operations):
        """Takes them off the list of what is still to be driven."""
        self.used[api] -= set(operations)

    def test_1_inquiry(self):
        for soap12 in (False, True):
            _, port = self.port("inquiry", soap12)
            found = port.find_service(name=[{"_value_1": "Tax%"}], findQualifiers={"findQualifier": ["approximateMatch"]})
            self.assertIn(S1, [one.serviceKey for one in found.serviceInfos.serviceInfo])
            self.assertEqual(port.find_business(name=[{"_value_1": "Bureau One"}]).businessInfos.businessInfo[0].businessKey, B1)
            self.assertEqual(port.find_tModel(name={"_value_1": "Interface one"}).tModelInfos.tModelInfo[0].tModelKey, IFACE1)
            self.assertEqual(len(port.find_binding(tModelBag={"tModelKey": [IFACE1]}).bindingTemplate), 2)
            self.assertEqual(port.find_relatedBusinesses(businessKey=B1).businessKey, B1)
            service = port.get_serviceDetail(serviceKey=[S1]).businessService[0]
            key = service.bindingTemplates.bindingTemplate[0].bindingKey
            self.assertEqual(service.name[0]._value_1, "Tax Query")
            self.assertEqual(port.get_bindingDetail(bindingKey=[key]).bindingTemplate[0].serviceKey, S1)
            self.assertEqual(len(port.get_businessDetail(businessKey=[B1]).businessEntity[0].businessServices.businessService), 3)
            self.assertEqual(port.get_tModelDetail(tModelKey=[COLOUR]).tModel[0].name._value_1, "Colour scheme")
            self.assertEqual(port.get_operationalInfo(entityKey=[S1]).operationalInfo[0].authorizedName, "alpha")
        self.did("inquiry", "find_service", "find_business", "find_tModel", "find_binding", "find_relatedBusinesses",
                 "get_serviceDetail", "get_bindingDetail", "get_businessDetail", "get_tModelDetail", "get_operationalInfo")

    def test_2_fault(self):
        _, port = self.port("inquiry")
        with self.assertRaises(zeep.exceptions.Fault) as caught:
            port.get_serviceDetail(serviceKey=["uddi:alpha.test:none"])
        report = caught.exception.detail.find(u.tag("dispositionReport"))
        self.assertEqual(report.find(u.tag("result")).get("errno"), "10210")

    def test_3_security_and_publication(self):
        said = self.world.daemon.cli("publisher", "add", "zeep", "--org", "alpha")
        _, security = self.port("security")
        token = security.get_authToken(userID="zeep", cred=said["password"])
        token = getattr(token, "authInfo", token)
        _, port = self.port("publish")
        auth = {"authInfo": token}
        kept = port.save_tModel(**auth, tModel=[{"name": {"_value_1": "zeep's"}}])
        tmodel = kept.tModel[0].tModelKey
        kept = port.save_business(**auth, businessEntity=[{"name": [{"_value_1": "互通", "lang": "zh"}]}])
        business = kept.businessEntity[0].businessKey
        kept = port.save_service(**auth, businessService=[{"businessKey": business, "name": [{"_value_1": "zeep's service"}]}])
        service = kept.businessService[0].serviceKey
        kept = port.save_binding(**auth, bindingTemplate=[{
            "serviceKey": service, "accessPoint": {"_value_1": "http://z.test/", "useType": "endPoint"},
            "tModelInstanceDetails": {"tModelInstanceInfo": [{"tModelKey": tmodel}]}}])
        binding = kept.bindingTemplate[0].bindingKey
        assertion = {"fromKey": business, "toKey": B2, "keyedReference": {"tModelKey": RELATIONS, "keyName": "", "keyValue": "peer-peer"}}
        port.add_publisherAssertions(**auth, publisherAssertion=[assertion])
        self.assertEqual(self.client("inquiry").service.find_relatedBusinesses(businessKey=business).relatedBusinessInfos
                         .relatedBusinessInfo[0].businessKey, B2)
        report = port.get_assertionStatusReport(**auth)
        self.assertIn("status:complete", str(report))
        self.assertIn(business, str(port.get_publisherAssertions(**auth)))
        port.delete_publisherAssertions(**auth, publisherAssertion=[assertion])
        port.set_publisherAssertions(**auth, publisherAssertion=[])
        self.assertIn(business, str(port.get_registeredInfo(**auth, infoSelection="all")))
        port.delete_binding(**auth, bindingKey=[binding])
        port.delete_service(**auth, serviceKey=[service])
        port.delete_business(**auth, businessKey=[business])
        port.delete_tModel(**auth, tModelKey=[tmodel])
        security.discard_authToken(authInfo=token)
        with self.assertRaises(zeep.exceptions.Fault):
            port.get_publisherAssertions(**auth)
        self.did("publish", "save_tModel", "save_business", "save_service", "save_binding", "add_publisherAssertions",
                 "get_assertionStatusReport", "get_publisherAssertions", "delete_publisherAssertions", "set_publisherAssertions",
                 "get_registeredInfo", "delete_binding", "delete_service", "delete_business", "delete_tModel")
        self.did("security", "get_authToken", "discard_authToken")

    def signed_in(self, name, org):
        said = self.world.daemon.cli("publisher", "add", name, "--org", org)
        token = self.port("security")[1].get_authToken(userID=name, cred=said["password"])
        return {"authInfo": getattr(token, "authInfo", token)}

    def test_4_custody(self):
        giver, taker = self.signed_in("zeep-giver", "alpha"), self.signed_in("zeep-taker", "beta")
        _, publish = self.port("publish")
        key = publish.save_business(**giver, businessEntity=[{"name": [{"_value_1": "zeep's to give"}]}]).businessEntity[0].businessKey
        _, port = self.port("custody")
        keys = {"key": [key]}
        unused = port.get_transferToken(**giver, keyBag=keys)
        port.discard_transferToken(**giver, transferToken={name: unused[name] for name in ("nodeID", "expirationTime", "opaqueToken")})
        given = port.get_transferToken(**giver, keyBag=keys)
        port.transfer_entities(**taker, transferToken={name: given[name] for name in ("nodeID", "expirationTime", "opaqueToken")},
                               keyBag=keys)
        self.assertIn(key, str(publish.get_registeredInfo(**taker, infoSelection="all")))
        publish.delete_business(**taker, businessKey=[key])
        self.did("custody", "get_transferToken", "discard_transferToken", "transfer_entities")

    def test_5_subscription(self):
        auth = self.signed_in("zeep-reader", "alpha")
        _, port = self.port("subscription")
        kept = port.save_subscription(**auth, subscription=[{
            "brief": False, "subscriptionFilter": {"find_service": {"name": [{"_value_1": "Tax%"}],
                                                                    "findQualifiers": {"findQualifier": ["approximateMatch"]}}}}])
        key = kept[0].subscriptionKey
        self.assertEqual([one.subscriptionKey for one in port.get_subscriptions(**auth)], [key])
        results = port.get_subscriptionResults(**auth, subscriptionKey=key, coveragePeriod={
            "startPoint": "2020-01-01T00:00:00Z", "endPoint": "2100-01-01T00:00:00Z"})
        self.assertIn(S1, str(results))
        port.delete_subscription(**auth, subscriptionKey=[key])
        self.did("subscription", "save_subscription", "get_subscriptions", "get_subscriptionResults", "delete_subscription")

    def test_9_nothing_is_left(self):
        """Each operation of the served contracts was driven."""
        self.assertEqual(self.used, {api: set() for api in ("inquiry", "publish", "security", "custody", "subscription")})


if __name__ == "__main__":
    suite.main()

#!/usr/bin/env python3
"""UDDI v3.0.2 section 6.5, inquiry by GET; and edits that meet (RFC 9110, If-Match; RFC 6585): over HTTP against a real daemon."""
import json
import threading
import unittest
import urllib.parse
import xml.etree.ElementTree as tree

import suite
import uddi_client as u
from world import B1, B2, B4, COLOUR, IFACE1, IFACE2, NUMBER, RELATIONS, S1, S3, S5, S7, CaseTable, World, fresh, install


# Inquiry by GET

def ask(self, query, accept=None):
    connection = self.alpha._connect()
    connection.request("GET", "/uddi/inquiry?" + query, headers={"Accept": accept} if accept else {})
    answer = connection.getresponse()
    return answer.status, answer.headers.get_content_type(), answer.read()


def entity(parameter, key, name):
    def run(self):
        status, kind, text = ask(self, f"{parameter}={urllib.parse.quote(key)}")
        self.assertEqual((status, kind), (200, "text/xml"))
        root = tree.fromstring(text)
        self.assertEqual(root.tag, u.tag(name))
        self.assertIn(key, root.attrib.values())
    return run


def same_as_soap(self):
    status, _, text = ask(self, f"serviceKey={S1}")
    soap = self.alpha.inquire("get_serviceDetail", u.element("serviceKey", S1))[0]
    self.assertEqual(tree.tostring(tree.fromstring(text)), tree.tostring(soap))


def as_json(self):
    for query, accept in ((f"serviceKey={S1}&format=json", None), (f"serviceKey={S1}", "application/json")):
        status, kind, text = ask(self, query, accept)
        self.assertEqual((status, kind), (200, "application/json"))
        service = json.loads(text)["businessService"]
        self.assertEqual(service["serviceKey"], S1)
        self.assertEqual(service["name"], ["Tax Query"])
        self.assertEqual(len(service["bindingTemplates"][0]["bindingTemplate"]), 2)


def found(query, expected):
    def run(self):
        status, _, text = ask(self, query)
        self.assertEqual(status, 200, text)
        self.assertEqual(sorted(u.keys_of(tree.fromstring(text))), sorted(expected))
    return run


def fails(query, status, number):
    def run(self):
        got, _, text = ask(self, query)
        self.assertEqual(got, status, text)
        self.assertEqual(tree.fromstring(text).find(f".//{u.tag('result')}").get("errno"), str(number))
    return run


def json_error(self):
    status, kind, text = ask(self, "serviceKey=uddi:none&format=json")
    self.assertEqual((status, kind), (404, "application/json"))
    self.assertEqual(json.loads(text)["dispositionReport"]["result"][0]["errno"], "10210")


def page(self):
    _, _, text = ask(self, "find_service&maxRows=2&listHead=2&format=json")
    said = json.loads(text)["serviceList"]
    self.assertEqual(said["truncated"], "true")
    self.assertEqual(said["listDescription"][0]["listHead"], ["2"])
    self.assertEqual(len(said["serviceInfos"][0]["serviceInfo"]), 2)


def like_soap(query, operation, content, member):
    """The same as XML, as JSON and over SOAP."""
    def run(self):
        soap = self.alpha.inquire(operation, content)
        status, kind, text = ask(self, query)
        self.assertEqual((status, kind), (200, "text/xml"), text)
        self.assertEqual(tree.tostring(tree.fromstring(text)), tree.tostring(soap))
        status, kind, text = ask(self, query + "&format=json")
        self.assertEqual((status, kind), (200, "application/json"), text)
        self.assertEqual(list(json.loads(text)), [soap.tag.split("}")[1]])
        self.assertIn(member, text.decode())
    return run


def entity_as_json(parameter, key, name):
    def run(self):
        status, kind, text = ask(self, f"{parameter}={urllib.parse.quote(key)}&format=json")
        self.assertEqual((status, kind), (200, "application/json"))
        self.assertEqual(json.loads(text)[name][parameter], key)
    return run


def related_by_get(self):
    self.alpha.publish("set_publisherAssertions", u.element("publisherAssertion", u.element("fromKey", B1) + u.element("toKey", B2) +
                                                            u.reference(RELATIONS, "parent-child")))
    for query, expected in ((f"businessKey={B1}", [B2]), (f"fromKey={B1}", [B2]), (f"toKey={B1}", []), (f"toKey={B2}", [B1]),
                            (f"businessKey={B1}&relationship={RELATIONS}|parent-child", [B2]),
                            (f"businessKey={B1}&relationship={RELATIONS}|peer-peer", [])):
        status, _, text = ask(self, "find_relatedBusinesses&" + query)
        self.assertEqual(status, 200, text)
        found = [one.find(u.tag("businessKey")).text for one in tree.fromstring(text).iter(u.tag("relatedBusinessInfo"))]
        self.assertEqual(found, expected, query)
    said = json.loads(ask(self, f"find_relatedBusinesses&businessKey={B1}&format=json")[2])["relatedBusinessesList"]
    self.assertEqual(said["relatedBusinessInfos"][0]["relatedBusinessInfo"][0]["businessKey"], [B2])


def wsdl_still(self):
    status, kind, text = ask(self, "wsdl")
    self.assertEqual((status, kind), (200, "text/xml"))
    self.assertIn(b"UDDI_Inquiry_Service", text)


GET_CASES = [
    ("6.5", "a businessEntity by its key", entity("businessKey", B1, "businessEntity")),
    ("6.5", "a businessService by its key", entity("serviceKey", S1, "businessService")),
    ("6.5", "a bindingTemplate by its key", entity("bindingKey", "uddi:alpha.test:s1b1", "bindingTemplate")),
    ("6.5", "a tModel by its key", entity("tModelKey", IFACE1, "tModel")),
    ("6.5", "an operationalInfo by its key", entity("entityKey", S1, "operationalInfo")),
    ("6.5", "the XML is what SOAP says", same_as_soap),
    ("6.5", "JSON where it is asked for", as_json),
    ("6.5", "find_service by name", found("find_service&name=Tax+Query", [S1])),
    ("6.5", "find_service by pattern", found("find_service&name=Tax%25&findQualifier=approximateMatch", [S1, S3])),
    ("6.5", "find_service by a Chinese name and language", found("find_service&name.zh=" + urllib.parse.quote("企业信息查询"), [S5])),
    ("6.5", "find_service by category", found(f"find_service&category={COLOUR}|red&category=uddi:alpha.test:size|big", [S1])),
    ("6.5", "find_service by category with keyName", found(
        "find_service&category=uddi:uddi.org:categorization:general_keywords|alpha|urn:kind-1", [S5])),
    ("6.5", "find_service by tModels", found(f"find_service&tModelKey={IFACE1}&tModelKey={IFACE2}", [S1])),
    ("6.5", "find_service in a business", found(f"find_service&businessKey={B4}", [S1, S7])),
    ("6.5", "find_business by identifier", found(f"find_business&identifier={NUMBER}|1", [B1])),
    ("6.5", "find_tModel by name", found("find_tModel&name=Interface+one", [IFACE1])),
    ("6.5", "find_binding by service and category", found(f"find_binding&serviceKey={S1}&category={COLOUR}|green", ["uddi:alpha.test:s1b1"])),
    ("6.5", "a page of a find", page),
    *(("6.5", f"{name} by its key as JSON", entity_as_json(parameter, key, name)) for parameter, key, name in (
        ("businessKey", B1, "businessEntity"), ("serviceKey", S1, "businessService"), ("bindingKey", "uddi:alpha.test:s1b1", "bindingTemplate"),
        ("tModelKey", IFACE1, "tModel"), ("entityKey", S1, "operationalInfo"))),
    ("6.5", "find_business is what SOAP says", like_soap("find_business&name=Bureau+One", "find_business", u.name("Bureau One"), B1)),
    ("6.5", "find_service is what SOAP says", like_soap("find_service&name=Tax+Query", "find_service", u.name("Tax Query"), S1)),
    ("6.5", "find_binding is what SOAP says", like_soap(f"find_binding&tModelKey={IFACE1}", "find_binding", u.tmodel_bag(IFACE1), "s1b1")),
    ("6.5", "find_tModel is what SOAP says", like_soap("find_tModel&name=Interface+one", "find_tModel", u.name("Interface one"), IFACE1)),
    ("6.5", "find_business by discoveryURL", found("find_business&discoveryURL=http://one.example.test/", [B1])),
    ("6.5", "find_relatedBusinesses", related_by_get),
    ("6.5", "find_relatedBusinesses of an unknown business", fails("find_relatedBusinesses&businessKey=uddi:alpha.test:none", 404, 10210)),
    ("6.5", "find_relatedBusinesses needs a key", fails("find_relatedBusinesses", 400, 10500)),
    ("6.5", "find_relatedBusinesses has one key", fails(f"find_relatedBusinesses&fromKey={B1}&toKey={B2}", 400, 10500)),
    ("6.5", "an unknown parameter of find_relatedBusinesses", fails(f"find_relatedBusinesses&businessKey={B1}&name=x", 400, 10050)),
    ("6.5", "an unknown parameter beside a key is named", fails(f"serviceKey={S1}&colour=red", 400, 10050)),
    ("6.5", "an unknown key is not found", fails("serviceKey=uddi:alpha.test:none", 404, 10210)),
    ("6.5", "an unknown parameter is named", fails("find_service&colour=red", 400, 10050)),
    ("6.5", "an unknown find", fails("find_nothing&name=x", 400, 10050)),
    ("6.5", "an unknown format", fails("find_service&format=yaml", 400, 10050)),
    ("6.5", "a broken escape", fails("find_service&name=%zz", 400, 10500)),
    ("6.5", "errors in JSON", json_error),
    ("6.5", "the contract is where it was", wsdl_still),
]


# Edits that meet

def state(self, parameter, key):
    """The ETag of a GET, with its quotes."""
    status, headers, _ = self.alpha.get(f"/uddi/inquiry?{parameter}={key}")
    self.assertEqual(status, 200)
    return headers["ETag"]


def publish_if(self, if_match, operation, content, client=None):
    """The HTTP status and the fault's number and text, or None."""
    client = client or self.alpha
    connection = client._connect()
    text = client.envelope(u.element(operation, u.element("authInfo", client.token) + content, ns=True))
    connection.request("POST", "/uddi/publish", text.encode(), {"Content-Type": "text/xml; charset=utf-8", "If-Match": if_match})
    answer = connection.getresponse()
    body = tree.fromstring(answer.read())
    result = body.find(f".//{u.tag('result')}")
    if result is None:
        return answer.status, None, None
    return answer.status, int(result.get("errno")), result.find(u.tag("errInfo")).text


def edited(self):
    key = fresh("edit")
    self.alpha.publish("save_service", u.service(key, "first", business=B2, bag=u.categories(u.reference(COLOUR, "red"))))
    return key


def service_name(self, key):
    return self.alpha.inquire("get_serviceDetail", u.element("serviceKey", key)).find(f".//{u.tag('name')}").text


def unchanged_is_saved(self):
    key = edited(self)
    tag = state(self, "serviceKey", key)
    self.assertEqual(tag, state(self, "serviceKey", f"{key}&format=json"))
    self.assertEqual(publish_if(self, tag, "save_service", u.service(key, "second", business=B2)), (200, None, None))
    self.assertNotEqual(tag, state(self, "serviceKey", key))


def changed_is_refused(self):
    """Both editors have seen the first state: the second one to save is told what the first one changed."""
    key = edited(self)
    seen = state(self, "serviceKey", key)
    self.alpha.publish("save_service", u.service(key, "other", business=B2, bag=u.categories(u.reference(COLOUR, "red"))))
    status, number, text = publish_if(self, seen, "save_service", u.service(key, "lost", business=B2))
    self.assertEqual((status, number), (412, 20210))
    self.assertIn("changed since then were name.", text)
    self.assertEqual(service_name(self, key), "other")
    self.alpha.publish("save_service", u.service(key, "other", business=B2, bag=u.categories(u.reference(COLOUR, "blue")),
                                                 bindings=[u.binding()]))
    _, _, text = publish_if(self, seen, "save_service", u.service(key, "lost", business=B2))
    self.assertIn("changed since then were bindingTemplates, categoryBag, name.", text)


def changed_below_is_refused(self):
    key = edited(self)
    seen = state(self, "serviceKey", key)
    self.alpha.publish("save_binding", u.binding(service=key))
    status, number, text = publish_if(self, seen, "save_service", u.service(key, "lost", business=B2))
    self.assertEqual((status, number), (412, 20210))
    self.assertIn("bindingTemplates", text)


def deletion_of_changed(self):
    key = edited(self)
    seen = state(self, "serviceKey", key)
    self.alpha.publish("save_service", u.service(key, "other", business=B2))
    self.assertEqual(publish_if(self, seen, "delete_service", u.element("serviceKey", key))[:2], (412, 20210))
    self.assertEqual(service_name(self, key), "other")
    self.assertEqual(publish_if(self, state(self, "serviceKey", key), "delete_service", u.element("serviceKey", key)), (200, None, None))


def one_of_many_editors_wins(self):
    key, answers = edited(self), []
    seen = state(self, "serviceKey", key)

    def edit(number):
        answers.append(publish_if(self, seen, "save_service", u.service(key, f"editor {number}", business=B2))[:2])
    editors = [threading.Thread(target=edit, args=(number,)) for number in range(8)]
    for one in editors:
        one.start()
    for one in editors:
        one.join()
    self.assertEqual(sorted(answers, key=str), sorted([(200, None)] + 7 * [(412, 20210)], key=str))


def what_is_gone(self):
    key = edited(self)
    seen = state(self, "serviceKey", key)
    self.alpha.publish("delete_service", u.element("serviceKey", key))
    self.assertEqual(publish_if(self, seen, "save_service", u.service(key, "again", business=B2))[1], 10210)
    self.refused(10210, self.alpha.inquire, "get_serviceDetail", u.element("serviceKey", key))


def strange_tags(self):
    key = edited(self)
    seen = state(self, "serviceKey", key)
    for tag in ('"nothing"', "nothing", "W/" + seen, '""', '"'):
        status, number, text = publish_if(self, tag, "save_service", u.service(key, "x", business=B2))
        self.assertEqual((status, number), (412, 20210), tag)
        self.assertIn("no ETag", text)
    for tag in ("*", f'"nothing", {seen}'):
        self.assertEqual(publish_if(self, tag, "save_service", u.service(key, "first", business=B2, bag=u.categories(
            u.reference(COLOUR, "red"))))[0], 200, tag)


def no_other_operation(self):
    self.assertEqual(publish_if(self, "*", "add_publisherAssertions", relation(B1, B2))[1], 10050)
    self.assertEqual(publish_if(self, "*", "delete_publisherAssertions", relation(B1, B2))[1], 10050)
    self.assertEqual(publish_if(self, "*", "get_registeredInfo", "")[1], 10500)    # it lacks its infoSelection
    two = u.service(S1, "a", business=B1) + u.service(S3, "b", business=B1)
    self.assertEqual(publish_if(self, "*", "save_service", two)[1], 10050)
    self.assertEqual(publish_if(self, "*", "save_service", u.service(None, "new", business=B1))[1], 10050)


# Edits that do not say what they build on: whose change they replaced is in Hutong-Replaced.

def colleague(self):
    """Another publisher of alpha's organisation."""
    if not hasattr(self.world, "colleague"):
        said = self.world.daemon.cli("publisher", "add", "alpha-colleague", "--org", "alpha")
        self.world.colleague = u.Uddi(self.world.daemon.http)
        self.world.colleague.sign_in("alpha-colleague", said["password"])
    return self.world.colleague


def replaced_by(self, client, operation, content):
    """What the answer says that it replaced: {key: parameters}."""
    request = u.element(operation, u.element("authInfo", client.token) + content, ns=True)
    status, headers, text = client.post("publish", client.envelope(request))
    self.assertEqual(status, 200, text)
    said = {}
    for item in filter(None, headers.get("Hutong-Replaced", "").split(", \"")):
        key, *parameters = item.strip('"').replace('"', "").split(";")
        said[key] = dict(one.split("=", 1) for one in parameters)
    return said


def unseen_is_told(self):
    key, other = edited(self), colleague(self)
    self.assertEqual(replaced_by(self, self.alpha, "save_service", u.service(key, "mine", business=B2)), {})
    said = replaced_by(self, other, "save_service", u.service(key, "yours", business=B2, bag=u.categories(u.reference(COLOUR, "red"))))
    self.assertRegex(said[key].pop("at"), r"^20\d\d-\d\d-\d\dT[0-9:.]+Z$")
    self.assertEqual(said, {key: {"by": "alpha-editor", "changed": "categoryBag, name"}})
    self.assertEqual(service_name(self, key), "yours")
    self.assertEqual(replaced_by(self, self.alpha, "save_service", u.service(key, "mine", business=B2))[key]["by"], "alpha-colleague")


def nothing_replaced(self):
    key, other = edited(self), colleague(self)
    content = u.service(key, "first", business=B2, bag=u.categories(u.reference(COLOUR, "red")))
    self.assertEqual(replaced_by(self, other, "save_service", content), {})                 # as it was
    self.assertEqual(replaced_by(self, other, "save_service", u.service(key, "a", business=B2)), {})    # it was his own by then
    self.assertEqual(publish_if(self, state(self, "serviceKey", key), "save_service", u.service(key, "b", business=B2)), (200, None, None))
    self.assertEqual(replaced_by(self, other, "save_service", u.service(None, "new", business=B2)), {})


def below_is_told(self):
    key, other = edited(self), colleague(self)
    binding = other.publish("save_binding", u.binding(service=key))[0].get("bindingKey")
    said = replaced_by(self, self.alpha, "save_service", u.service(key, "first", business=B2, bag=u.categories(
        u.reference(COLOUR, "red"))))
    self.assertEqual((said[key]["by"], said[key]["changed"]), ("alpha-colleague", "bindingTemplates"))
    self.refused(10210, self.alpha.inquire, "get_bindingDetail", u.element("bindingKey", binding))


def deletion_is_told(self):
    key, other = edited(self), colleague(self)
    said = replaced_by(self, other, "delete_service", u.element("serviceKey", key))
    self.assertEqual((said[key]["by"], said[key].get("changed")), ("alpha-editor", None))
    several = [edited(self) for _ in range(22)]
    text = "".join(u.element("serviceKey", one) for one in several)
    status, headers, _ = other.post("publish", other.envelope(u.element(
        "delete_service", u.element("authInfo", other.token) + text, ns=True)))
    self.assertEqual(status, 200)
    self.assertTrue(headers["Hutong-Replaced"].endswith(", more;count=2"), headers["Hutong-Replaced"])


def relation(one, other, value="peer-peer"):
    return u.element("publisherAssertion", u.element("fromKey", one) + u.element("toKey", other) + u.reference(RELATIONS, value, "n"))


def assertions_tag(self):
    status, headers, _ = self.alpha.post("publish", self.alpha.envelope(u.element(
        "get_publisherAssertions", u.element("authInfo", self.alpha.token), ns=True)))
    self.assertEqual(status, 200)
    return headers["ETag"]


def set_of_assertions(self):
    self.addCleanup(self.alpha.publish, "set_publisherAssertions")
    empty = assertions_tag(self)
    self.assertEqual(publish_if(self, empty, "set_publisherAssertions", relation(B1, B2)), (200, None, None))
    status, number, text = publish_if(self, empty, "set_publisherAssertions", "")
    self.assertEqual((status, number), (412, 20210))
    self.assertIn("changed since then were publisherAssertion.", text)
    colleague(self).publish("add_publisherAssertions", relation(B1, B4))
    self.assertEqual(publish_if(self, assertions_tag(self), "set_publisherAssertions", relation(B1, B4)), (200, None, None))
    self.assertEqual(len(self.alpha.publish("get_publisherAssertions")), 1)


def loss_of_assertions(self):
    self.addCleanup(self.alpha.publish, "set_publisherAssertions")
    colleague(self).publish("add_publisherAssertions", relation(B1, B2))
    self.assertEqual(replaced_by(self, self.alpha, "set_publisherAssertions", relation(B1, B2) + relation(B1, B4)), {})
    self.assertEqual(replaced_by(self, self.alpha, "set_publisherAssertions", relation(B1, B4)),
                     {"publisherAssertions": {"changed": "publisherAssertion"}})


UNSEEN = [
    ("5.2.17", "no If-Match: whose change was replaced is said", unseen_is_told),
    ("5.2.17", "no If-Match: where nothing was replaced, nothing is said", nothing_replaced),
    ("5.2.17", "no If-Match: what another publisher saved below counts", below_is_told),
    ("5.2.10", "no If-Match: a deletion says whose entity it was", deletion_is_told),
    ("5.2.19", "If-Match: a set of assertions that somebody changed is refused", set_of_assertions),
    ("5.2.19", "no If-Match: assertions that are not in the new set are said", loss_of_assertions),
]

EDITS = [
    ("5.2.17", "If-Match: what nobody changed is saved", unchanged_is_saved),
    ("5.2.17", "If-Match: what somebody changed is refused, with what changed", changed_is_refused),
    ("5.2.17", "If-Match: what is below counts", changed_below_is_refused),
    ("5.2.10", "If-Match: what somebody changed is not deleted", deletion_of_changed),
    ("5.2.17", "If-Match: of many editors at once one wins", one_of_many_editors_wins),
    ("5.2.17", "If-Match: what is gone does not come back", what_is_gone),
    ("5.2.17", "If-Match: tags that are none, weak ones, lists", strange_tags),
    ("5.2.5", "If-Match is for one entity only", no_other_operation),
    ("5.2.17", "If-Match: another's entity stays another's", lambda self: self.assertEqual(
        publish_if(self, state(self, "serviceKey", S7), "save_service", u.service(S7, "taken", business=B4))[1], 10140)),
]


class Rest(CaseTable):
    pass


install(Rest, GET_CASES + EDITS + UNSEEN)


class NothingUnseen(unittest.TestCase):
    """registry.require_if_match: an edit that does not say what it builds on is refused with HTTP 428."""

    @classmethod
    def setUpClass(cls):
        cls.world = World(require_if_match=True)
        cls.addClassCleanup(cls.world.close)
        cls.alpha = cls.world.alpha
        cls.alpha.publish("save_tModel", u.generator("alpha.test"))
        cls.alpha.publish("save_business", u.business(B1, "one", services=[u.service(S1, "first")]) + u.business(B2, "two"))

    def told(self, operation, content):
        """The status, the fault's number and its text."""
        request = u.element(operation, u.element("authInfo", self.alpha.token) + content, ns=True)
        status, _, text = self.alpha.post("publish", self.alpha.envelope(request))
        result = tree.fromstring(text).find(f".//{u.tag('result')}")
        return (status, None, None) if result is None else (
            status, int(result.get("errno")), result.find(u.tag("errInfo")).text)

    def test_what_is_there_is_edited_by_if_match_only(self):
        for operation, content in (("save_service", u.service(S1, "lost", business=B1)),
                                   ("save_business", u.business(B1, "lost")),
                                   ("save_business", u.business("uddi:alpha.test:b9", "new") + u.business(B2, "lost")),
                                   ("delete_service", u.element("serviceKey", S1)),
                                   ("delete_tModel", u.element("tModelKey", "uddi:alpha.test:keygenerator"))):
            status, number, text = self.told(operation, content)
            self.assertEqual((status, number), (428, 20210), operation)
            self.assertIn("If-Match", text)
        # Whatever is there: that is nothing he has seen.
        self.assertEqual(publish_if(self, "*", "save_service", u.service(S1, "lost", business=B1))[:2], (428, 20210))
        self.assertEqual(service_name(self, S1), "first")
        self.assertEqual(publish_if(self, state(self, "serviceKey", S1), "save_service", u.service(S1, "second", business=B1)),
                         (200, None, None))
        self.assertEqual(self.told("save_service", u.service(None, "new", business=B1))[0], 200)

    def test_another_organisation_s_is_refused_as_that(self):
        self.assertEqual(self.told("delete_business", u.element("businessKey", "uddi:hutong:org:beta"))[:2], (500, 10140))

    def test_a_set_of_assertions(self):
        self.assertEqual(self.told("set_publisherAssertions", relation(B1, B2))[0], 200)
        self.assertEqual(self.told("set_publisherAssertions", "")[:2], (428, 20210))
        self.assertEqual(self.told("add_publisherAssertions", relation(B1, "uddi:hutong:org:beta"))[0], 200)
        self.assertEqual(publish_if(self, assertions_tag(self), "set_publisherAssertions", ""), (200, None, None))

if __name__ == "__main__":
    suite.main()

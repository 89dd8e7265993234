#!/usr/bin/env python3
"""UDDI v3.0.2 chapters 3, 4, 5.2 and 5.3: structures, errors, publication, security; over SOAP against a real daemon."""
import xml.etree.ElementTree as tree

import suite
import uddi_client as u
from world import (B1, B2, B4, COLOUR, COUNTER, IFACE1, NUMBER, RELATIONS, S1, S2, S3, S7, SIGNATURE, SIZE, CaseTable, fresh,
                   install)


DSIG = "http://www.w3.org/2000/09/xmldsig#"


def saved_business(self, key=None, *names, **how):
    return self.alpha.publish("save_business", u.business(key, *(names or ("A business",)), **how))


def new_business(self):
    key = fresh("business")
    saved_business(self, key)
    return key


def new_service(self, business=None, **how):
    key = fresh("service")
    self.alpha.publish("save_service", u.service(key, "A service", business=business or B2, **how))
    return key


def text_at(answer, path):
    found = answer.find(".//" + "/".join(u.tag(one) for one in path.split("/")))
    return None if found is None else found.text


# Lengths: section 3, the data types of the schema

def lengths(title, most, save, code=10500, least=1):
    """Just so long is taken, one more is refused; and, where there must be something, nothing is refused."""
    yield "3.2", f"{title}: {most} characters are taken", lambda self: save(self, "x" * most)
    yield "3.2", f"{title}: {most + 1} characters are refused", lambda self: self.refused(code, save, self, "x" * (most + 1))
    if least:
        yield "3.2", f"{title}: it must not be empty", lambda self: self.refused(10500, save, self, "")


def chinese_name(self):
    answer = saved_business(self, fresh(), "政" * 255)
    self.assertEqual(text_at(answer, "name"), "政" * 255)


def contact(inside, **attributes):
    return u.element("contacts", u.element("contact", inside, **attributes))


def with_contact(inside):
    return lambda self, text: saved_business(self, None, "x", contacts=contact(inside(text)))


PERSON = u.element("personName", "Li Lei")
LENGTHS = [
    *lengths("name of a business", 255, lambda self, text: saved_business(self, None, text), code=10020),
    *lengths("name of a service", 255, lambda self, text: self.alpha.publish("save_service", u.service(None, u.name(text), business=B2)), code=10020),
    *lengths("name of a tModel", 255, lambda self, text: self.alpha.publish("save_tModel", u.tmodel(None, text)), code=10020),
    *lengths("description", 255, lambda self, text: saved_business(self, None, "x", descriptions=u.element("description", text))),
    *lengths("personName", 255, with_contact(lambda text: u.element("personName", text))),
    *lengths("phone", 50, with_contact(lambda text: PERSON + u.element("phone", text))),
    *lengths("email", 255, with_contact(lambda text: PERSON + u.element("email", text))),
    *lengths("addressLine", 80, with_contact(lambda text: PERSON + u.element("address", u.element("addressLine", text)))),
    *lengths("sortCode", 10, with_contact(lambda text: PERSON + u.element("address", u.element("addressLine", "x"), sortCode=text)), least=0),
    *lengths("useType", 255, lambda self, text: saved_business(self, None, "x", contacts=contact(PERSON, useType=text)), least=0),
    *lengths("keyName", 255, lambda self, text: saved_business(self, None, "x", after=u.categories(u.reference(COLOUR, "red", text))), least=0),
    *lengths("keyValue", 255, lambda self, text: saved_business(self, None, "x", after=u.categories(u.reference(COLOUR, text))), least=0),
    *lengths("accessPoint", 4096, lambda self, text: self.alpha.publish("save_binding", u.binding(service=S2, access=text))),
    *lengths("instanceParms", 8192, lambda self, text: self.alpha.publish("save_binding", u.element(
        "bindingTemplate", u.element("accessPoint", "http://x.test/") + u.element("tModelInstanceDetails", u.element(
            "tModelInstanceInfo", u.element("instanceDetails", u.element("instanceParms", text)), tModelKey=IFACE1)), serviceKey=S2))),
    *lengths("overviewURL", 4096, lambda self, text: self.alpha.publish("save_tModel", u.tmodel(None, "x", overview=u.element(
        "overviewDoc", u.element("overviewURL", text))))),
    *lengths("discoveryURL", 4096, lambda self, text: saved_business(self, None, "x", before=u.element(
        "discoveryURLs", u.element("discoveryURL", text)))),
    ("3.2", "lengths are counted in characters, not bytes", chinese_name),
    ("3.2", "a key has 255 characters at most", lambda self: self.refused(10500, saved_business, self, "uddi:alpha.test:" + "k" * 240)),
    ("3.2", "a key of 255 characters is taken", lambda self: saved_business(self, "uddi:alpha.test:" + "k" * 239)),
]


# Structures: chapter 3

def everything_comes_back(self):
    key = fresh()
    saved_business(self, key, u.name("一", "zh"), u.name("One", "en"),
                   before='<discoveryURLs><discoveryURL useType="a">http://a.test/</discoveryURL><discoveryURL>http://b.test/</discoveryURL></discoveryURLs>',
                   descriptions='<description xml:lang="en">d &amp; e</description>',
                   contacts=contact('<description>c</description><personName xml:lang="zh">李雷</personName><phone useType="office">1</phone>'
                                    '<email>a@b.test</email><address useType="seat" sortCode="1" tModelKey="uddi:alpha.test:colour">'
                                    '<addressLine keyName="n" keyValue="v">line</addressLine></address>', useType="head"),
                   after=u.identifiers(u.reference(NUMBER, "9", "n")) + u.categories(
                       u.reference(COLOUR, "red"), u.group(SIZE, u.reference(COLOUR, "blue"))) + SIGNATURE)
    answer = self.alpha.inquire("get_businessDetail", u.element("businessKey", key))
    entity = answer[0]
    self.assertEqual([one.tag.split("}")[1] for one in entity],
                     ["discoveryURLs", "name", "name", "description", "contacts", "identifierBag", "categoryBag", "Signature"])
    self.assertEqual(entity.find(u.tag("description")).text, "d & e")
    self.assertEqual(text_at(answer, "personName"), "李雷")
    address = answer.find(f".//{u.tag('address')}")
    self.assertEqual((address.get("useType"), address.get("sortCode"), address.get("tModelKey")), ("seat", "1", COLOUR))
    self.assertEqual(len(answer.findall(f".//{u.tag('keyedReferenceGroup')}/{u.tag('keyedReference')}")), 1)


def answer_fits_what_was_saved(self):
    """What get_businessDetail gives can be saved as it is."""
    answer = self.alpha.inquire("get_businessDetail", u.element("businessKey", B2))
    text = tree.tostring(answer[0], encoding="unicode")
    again = self.alpha.publish("save_business", text)
    self.assertEqual(tree.tostring(again[0]), tree.tostring(answer[0]))


def instance_details(self):
    key = fresh("binding")
    self.alpha.publish("save_binding", u.element(
        "bindingTemplate", '<description>b</description><accessPoint useType="wsdlDeployment">http://w.test/?wsdl</accessPoint>'
        f'<tModelInstanceDetails><tModelInstanceInfo tModelKey="{IFACE1}"><description>i</description><instanceDetails>'
        '<description>d</description><overviewDoc><overviewURL>http://o.test/</overviewURL></overviewDoc>'
        '<instanceParms>  two  blanks </instanceParms></instanceDetails></tModelInstanceInfo></tModelInstanceDetails>',
        bindingKey=key, serviceKey=S2))
    answer = self.alpha.inquire("get_bindingDetail", u.element("bindingKey", key))
    self.assertEqual(answer.find(f".//{u.tag('accessPoint')}").get("useType"), "wsdlDeployment")
    self.assertEqual(text_at(answer, "instanceParms"), "  two  blanks ")
    self.alpha.publish("delete_binding", u.element("bindingKey", key))


def redirector(self):
    key = fresh("binding")
    self.alpha.publish("save_binding", u.element("bindingTemplate", u.element("hostingRedirector", bindingKey="uddi:alpha.test:s1b1"),
                                                 bindingKey=key, serviceKey=S2))
    answer = self.alpha.inquire("get_bindingDetail", u.element("bindingKey", key))
    self.assertEqual(answer.find(f".//{u.tag('hostingRedirector')}").get("bindingKey"), "uddi:alpha.test:s1b1")
    self.alpha.publish("delete_binding", u.element("bindingKey", key))


def redirecting(key, to):
    return u.element("bindingTemplate", u.element("hostingRedirector", bindingKey=to), bindingKey=key)


def redirector_beside(self):
    service, one, two = fresh("s"), fresh("bt"), fresh("bt")
    self.alpha.publish("save_service", u.service(service, "s", business=B2, bindings=[redirecting(one, two), u.binding(two)]))
    answer = self.alpha.inquire("get_bindingDetail", u.element("bindingKey", one))
    self.assertEqual(answer.find(f".//{u.tag('hostingRedirector')}").get("bindingKey"), two)


def redirector_to_a_service(self):
    service = fresh("s")
    self.refused(10210, self.alpha.publish, "save_service", u.service(service, "s", business=B2, bindings=[redirecting(fresh("bt"), service)]),
                 names=service, key_type="bindingKey")


def redirector_nowhere(self):
    self.refused(10210, self.alpha.publish, "save_binding",
                 u.element("bindingTemplate", u.element("hostingRedirector", bindingKey="uddi:alpha.test:none"), serviceKey=S2))


def invalid(title, section, operation, content):
    return section, title, lambda self: self.refused(10500, self.alpha.publish, operation, content)


STRUCTURES = [
    ("3.3", "a businessEntity comes back as it was saved, in order", everything_comes_back),
    ("3.3", "what is got can be saved again and changes nothing", answer_fits_what_was_saved),
    ("3.5", "instanceDetails keep their parts, instanceParms their blanks", instance_details),
    ("3.5", "a hostingRedirector instead of an accessPoint", redirector),
    ("3.5", "a hostingRedirector must lead to a bindingTemplate", redirector_nowhere),
    ("3.5", "a hostingRedirector to a bindingTemplate of the same request", redirector_beside),
    ("3.5", "a hostingRedirector to a service of the same request", redirector_to_a_service),
    invalid("a businessEntity needs a name", "3.3", "save_business", u.element("businessEntity", businessKey=None)),
    invalid("a tModel needs a name", "3.6", "save_tModel", u.element("tModel")),
    invalid("a tModel has one name", "3.6", "save_tModel", u.element("tModel", u.name("a") + u.name("b"))),
    invalid("a bindingTemplate needs an accessPoint or a hostingRedirector", "3.5", "save_binding", u.element("bindingTemplate", serviceKey=S2)),
    invalid("a bindingTemplate has not both", "3.5", "save_binding", u.element(
        "bindingTemplate", u.element("accessPoint", "x") + u.element("hostingRedirector", bindingKey="uddi:a"), serviceKey=S2)),
    invalid("a contact needs a personName", "3.3", "save_business", u.business(None, "x", contacts=contact(u.element("phone", "1")))),
    invalid("a keyedReference needs a tModelKey", "3.3", "save_business", u.business(None, "x", after=u.categories(u.element("keyedReference", keyValue="v")))),
    invalid("a keyedReference needs a keyValue", "3.3", "save_business", u.business(None, "x", after=u.categories(u.element("keyedReference", tModelKey=COLOUR)))),
    invalid("a categoryBag is not empty", "3.3", "save_business", u.business(None, "x", after="<categoryBag/>")),
    invalid("an identifierBag holds no groups", "3.3", "save_business", u.business(None, "x", after=u.identifiers(u.group(COLOUR)))),
    invalid("an overviewDoc holds something", "3.6", "save_tModel", u.tmodel(None, "x", overview="<overviewDoc/>")),
    invalid("the order of elements is fixed", "3.3", "save_business", u.element("businessEntity", u.element("description", "d") + u.name("x"))),
    invalid("an unknown element is refused", "4.6", "save_business", u.element("businessEntity", u.name("x") + "<more/>")),
    invalid("an unknown attribute is refused", "4.6", "save_business", u.element("businessEntity", u.name("x"), more="1")),
    invalid("xml:lang is a language", "5.2.4", "save_business", u.business(None, u.name("x", "not a language"))),
]


# Keys: 4.4 and 5.2.1, 5.2.2

def given_key(operation, content, path):
    def run(self):
        answer = self.alpha.publish(operation, content)
        key = u.keys_of(answer)[0]
        self.assertRegex(key, r"^uddi:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
    return run


def key_taken(key):
    def run(self):
        answer = saved_business(self, key)
        self.assertEqual(u.keys_of(answer), [key.lower()])
        self.alpha.publish("delete_business", u.element("businessKey", key))
    return run


def key_refused(key, number):
    return lambda self: self.refused(number, saved_business, self, key, names=key.lower(), key_type="businessKey")


def subpartition(self):
    key = fresh("part")
    self.refused(40100, saved_business, self, f"{key}:thing", names=(f"{key}:thing", f"{key}:keygenerator"), key_type="businessKey")
    self.alpha.publish("save_tModel", u.tmodel(f"{key}:keygenerator", "part", bags=u.categories(u.reference(u.TYPES, "keyGenerator"))))
    self.assertEqual(u.keys_of(saved_business(self, f"{key}:thing")), [f"{key}:thing"])


def others_partition(self):
    self.refused(40100, saved_business, self, "uddi:beta.test:mine")
    self.refused(40100, self.alpha.publish, "save_tModel", u.tmodel(
        "uddi:beta.test:part:keygenerator", "x", bags=u.categories(u.reference(u.TYPES, "keyGenerator"))))


def others_generator(self):
    self.refused(10140, self.alpha.publish, "save_tModel", u.generator("beta.test"))


def generator_and_key_at_once(self):
    domain = f"d{next(COUNTER)}.test"
    answer = self.alpha.publish("save_tModel", u.generator(domain) + u.tmodel(f"uddi:{domain}:t", "t"))
    self.assertEqual(u.keys_of(answer), [f"uddi:{domain}:keygenerator", f"uddi:{domain}:t"])


def unmarked_generator(self):
    self.refused(20210, self.alpha.publish, "save_tModel", u.tmodel("uddi:alpha.test:unmarked:keygenerator", "x"))


def marked_without_key(self):
    self.refused(20210, self.alpha.publish, "save_tModel", u.tmodel(fresh("t"), "x", bags=u.categories(u.reference(u.TYPES, "keyGenerator"))))


def hidden_generator(self):
    domain = f"h{next(COUNTER)}.test"
    self.alpha.publish("save_tModel", u.generator(domain))
    self.alpha.publish("delete_tModel", u.element("tModelKey", f"uddi:{domain}:keygenerator"))
    self.refused(40100, saved_business, self, f"uddi:{domain}:b")


def children_get_keys(self):
    answer = saved_business(self, fresh(), "x", services=[u.service(None, "s", bindings=[u.binding()])])
    for path, attribute in (("businessService", "serviceKey"), ("bindingTemplate", "bindingKey")):
        self.assertTrue(answer.find(f".//{u.tag(path)}").get(attribute).startswith("uddi:"))


def no_proposal_below(self):
    self.refused(40100, saved_business, self, fresh(), "x", services=[u.service("uddi:beta.test:stolen", "s")],
                 names=("uddi:beta.test:stolen", "uddi:beta.test:keygenerator"), key_type="serviceKey")


KEYS = [
    ("5.2.1", "the registry gives a businessKey", given_key("save_business", u.business(None, "x"), "businessEntity")),
    ("5.2.1", "the registry gives a serviceKey", given_key("save_service", u.service(None, "x", business=B2), "businessService")),
    ("5.2.1", "the registry gives a bindingKey", given_key("save_binding", u.binding(service=S2), "bindingTemplate")),
    ("5.2.1", "the registry gives a tModelKey", given_key("save_tModel", u.tmodel(), "tModel")),
    ("5.2.1", "an empty key is no key, and one is given", lambda self: self.assertTrue(u.keys_of(saved_business(self, ""))[0].startswith("uddi:"))),
    ("5.2.1", "children get keys too", children_get_keys),
    ("5.2.2", "a key in the publisher's partition", key_taken("uddi:alpha.test:proposed")),
    ("4.4", "a key is folded to lower case", key_taken("uddi:Alpha.Test:Proposed")),
    ("4.4", "key specific strings may hold marks", key_taken("uddi:alpha.test:a-b_c.d!e~f*g'h(i)")),
    ("4.4", "the domain itself is in its partition", key_taken("uddi:alpha.test")),
    ("4.4", "a key without the scheme is none", key_refused("alpha.test:x", 10210)),
    ("4.4", "a version 2 key is none", key_refused("uuid:4cd7e4bc-648b-426d-9936-443eaac8ae23", 10210)),
    ("4.4", "a key does not end in a colon", key_refused("uddi:alpha.test:", 10210)),
    ("4.4", "a part of a key is not empty", key_refused("uddi:alpha.test::x", 10210)),
    ("4.4", "a domain begins with a letter or digit", key_refused("uddi:-x:y", 10210)),
    ("4.4", "a key holds no blanks", key_refused("uddi:alpha.test:a b", 10210)),
    ("4.4", "a key is ASCII", key_refused("uddi:alpha.test:键", 10210)),
    ("5.2.2", "a key in nobody's partition", key_refused("uddi:nobody.test:x", 40100)),
    ("5.2.2", "a UUID is the registry's to give", key_refused("uddi:4cd7e4bc-648b-426d-9936-443eaac8ae23", 40100)),
    ("5.2.2", "the specification's partition is closed", key_refused("uddi:uddi.org:mine", 40100)),
    ("5.2.2", "the registry's partition is closed", key_refused("uddi:hutong:mine", 40100)),
    ("5.2.2", "the registry's domain is closed", key_refused("uddi:hutong", 40100)),
    ("5.2.2", "another organisation's partition is closed", others_partition),
    ("5.2.2", "another organisation's key generator stays theirs", others_generator),
    ("5.2.2", "a key below a key generator of its own", subpartition),
    ("5.2.2", "a key generator and what it generates in one request", generator_and_key_at_once),
    ("5.2.2", "a key generator must be categorised as one", unmarked_generator),
    ("5.2.2", "nothing else may be categorised as a key generator", marked_without_key),
    ("5.2.2", "only a tModel may have a key generator's key", key_refused("uddi:alpha.test:keygenerator", 40100)),
    ("5.2.2", "a hidden key generator generates no more", hidden_generator),
    ("5.2.2", "children's keys are judged likewise", no_proposal_below),
    ("4.4", "a key names one kind of entity", lambda self: self.refused(40100, saved_business, self, S1)),
]


# save_…, delete_…: 5.2.7 to 5.2.18

def replaces_children(self):
    key, one, two = fresh("b"), fresh("s"), fresh("s")
    saved_business(self, key, "x", services=[u.service(one, "one"), u.service(two, "two")])
    saved_business(self, key, "x", services=[u.service(two, "two again")])
    self.refused(10210, self.alpha.inquire, "get_serviceDetail", u.element("serviceKey", one))
    answer = self.alpha.inquire("get_serviceDetail", u.element("serviceKey", two))
    self.assertEqual(text_at(answer, "name"), "two again")


def replaces_bindings(self):
    key, one, two = new_service(self), fresh("bt"), fresh("bt")
    self.alpha.publish("save_service", u.service(key, "s", business=B2, bindings=[u.binding(one), u.binding(two)]))
    self.alpha.publish("save_service", u.service(key, "s", business=B2, bindings=[u.binding(two)]))
    self.refused(10210, self.alpha.inquire, "get_bindingDetail", u.element("bindingKey", one))


def keeps_siblings(self):
    key = new_business(self)
    one, two = (new_service(self, key) for _ in (1, 2))
    self.alpha.publish("save_service", u.service(one, "changed", business=key))
    answer = self.alpha.inquire("get_businessDetail", u.element("businessKey", key))
    self.assertEqual([one.get("serviceKey") for one in answer.iter(u.tag("businessService"))], [one, two])


def new_values_are_found(self):
    key = new_service(self)
    word = f"value{next(COUNTER)}"
    self.alpha.publish("save_service", u.service(key, word, business=B2, bag=u.categories(u.reference(COLOUR, word))))
    for content in (u.name(word), u.categories(u.reference(COLOUR, word))):
        self.assertEqual(u.keys_of(self.alpha.inquire("find_service", content)), [key])
    self.alpha.publish("save_service", u.service(key, "other", business=B2))
    for content in (u.name(word), u.categories(u.reference(COLOUR, word))):
        self.assertEqual(u.keys_of(self.alpha.inquire("find_service", content)), [])


def moves_service(self):
    key, other = new_service(self), new_business(self)
    answer = self.alpha.publish("save_service", u.service(key, "moved", business=other))
    self.assertEqual(answer[0].get("businessKey"), other)
    again = self.alpha.inquire("get_businessDetail", u.element("businessKey", other))
    self.assertEqual([one.get("serviceKey") for one in again.iter(u.tag("businessService"))], [key])


def parent_may_be_left_out(self):
    key = new_service(self)
    answer = self.alpha.publish("save_service", u.service(key, "again"))
    self.assertEqual(answer[0].get("businessKey"), B2)


def last_of_two(self):
    key = fresh()
    answer = self.alpha.publish("save_business", u.business(key, "first") + u.business(key, "second"))
    self.assertEqual(len(answer), 1)
    self.assertEqual(text_at(answer, "name"), "second")


def all_or_nothing(self):
    key = fresh()
    self.refused(10140, self.alpha.publish, "save_business", u.business(key, "x") + u.business(B4, "taken"))
    self.refused(10210, self.alpha.inquire, "get_businessDetail", u.element("businessKey", key))


def import_all_or_nothing(self):
    """Five hundred services, the last of a value that is none: as many are there as before, and those that were there are as they were."""
    business = new_business(self)
    there = new_service(self, business)
    many = [u.service(there, "renamed", business=business)] + [
        u.service(f"{there}n{number}", "imported", business=business) for number in range(500)]
    bad = u.service(None, "imported", business=business, bag=u.categories(u.reference(u.TYPES, "nonsense")))
    state = lambda: [(one.get("serviceKey"), one.find(u.tag("name")).text) for one in self.alpha.inquire(
        "get_businessDetail", u.element("businessKey", business)).iter(u.tag("businessService"))]
    before = state()
    self.assertIn("nonsense", self.refused(20200, self.alpha.publish, "save_service", "".join(many) + bad).text)
    self.assertEqual(state(), before)
    self.assertEqual(u.keys_of(self.alpha.inquire("find_service", u.name("imported"))), [])
    self.alpha.publish("save_service", "".join(many))
    self.assertEqual(len(state()), 501)


def dates_move(self):
    key = new_business(self)
    info = lambda: {one.tag.split("}")[1]: one.text for one in self.alpha.inquire("get_operationalInfo", u.element("entityKey", key))[0]}
    before = info()
    service = new_service(self, key)
    between = info()
    self.assertEqual(before["created"], between["created"])
    self.assertEqual(before["modified"], between["modified"])
    self.assertGreater(between["modifiedIncludingChildren"], before["modifiedIncludingChildren"])
    self.alpha.publish("save_binding", u.binding(service=service))
    self.assertGreater(info()["modifiedIncludingChildren"], between["modifiedIncludingChildren"])
    saved_business(self, key, "again", services=[])
    after = info()
    self.assertEqual(after["created"], before["created"])
    self.assertGreater(after["modified"], before["modified"])


def deletes(kind, make, key_name):
    def run(self):
        key = make(self)
        self.assertIsNone(self.alpha.publish(f"delete_{kind}", u.element(key_name, key)))
        self.refused(10210, self.alpha.inquire, f"get_{kind}Detail", u.element(key_name, key))
        self.refused(10210, self.alpha.publish, f"delete_{kind}", u.element(key_name, key))
    return run


def new_binding(self):
    key = fresh("bt")
    self.alpha.publish("save_binding", u.binding(key, service=S2))
    return key


def deletes_all_below(self):
    business = new_business(self)
    service = new_service(self, business, bindings=[u.binding(fresh("bt"))])
    self.alpha.publish("delete_business", u.element("businessKey", business))
    self.refused(10210, self.alpha.inquire, "get_serviceDetail", u.element("serviceKey", service))


def hides_tmodel(self):
    key = fresh("t")
    word = f"hidden{next(COUNTER)}"
    self.alpha.publish("save_tModel", u.tmodel(key, word))
    self.assertIsNone(self.alpha.publish("delete_tModel", u.element("tModelKey", key)))
    self.assertEqual(u.keys_of(self.alpha.inquire("find_tModel", u.name(word))), [])
    answer = self.alpha.inquire("get_tModelDetail", u.element("tModelKey", key))
    self.assertEqual(answer[0].get("deleted"), "true")
    self.alpha.publish("save_tModel", u.tmodel(key, word))
    self.assertEqual(u.keys_of(self.alpha.inquire("find_tModel", u.name(word))), [key])


def twice_in_a_deletion(self):
    key = new_service(self)
    self.refused(10210, self.alpha.publish, "delete_service", 2 * u.element("serviceKey", key))
    self.alpha.inquire("get_serviceDetail", u.element("serviceKey", key))


def deletion_all_or_nothing(self):
    key = new_service(self)
    self.refused(10140, self.alpha.publish, "delete_service", u.element("serviceKey", key) + u.element("serviceKey", S7))
    self.alpha.inquire("get_serviceDetail", u.element("serviceKey", key))


def projection(self):
    key = new_business(self)
    answer = saved_business(self, key, "x", services=[u.service(S7, "Zeta service", business=B4)])
    self.assertEqual(answer.find(f".//{u.tag('businessService')}").get("businessKey"), B4)
    self.assertEqual(text_at(answer, "businessService/name"), "Zeta service")
    answer = saved_business(self, key, "x")
    self.assertIsNone(answer.find(f".//{u.tag('businessService')}"))
    self.alpha.inquire("get_serviceDetail", u.element("serviceKey", S7))


def projection_goes_with_its_service(self):
    service, business = new_service(self), new_business(self)
    saved_business(self, business, "x", services=[u.service(service, "s", business=B2)])
    self.alpha.publish("delete_service", u.element("serviceKey", service))
    answer = self.alpha.inquire("get_businessDetail", u.element("businessKey", business))
    self.assertIsNone(answer.find(f".//{u.tag('businessService')}"))


def owner_only(operation, content):
    return lambda self: self.refused(10140, self.alpha.publish, operation, content)


def missing(operation, content):
    return lambda self: self.refused(10210, self.alpha.publish, operation, content)


SAVING = [
    ("5.2.16", "save_business replaces the services that were there", replaces_children),
    ("5.2.17", "save_service replaces the bindings that were there", replaces_bindings),
    ("5.2.17", "save_service leaves other services alone, order included", keeps_siblings),
    ("5.2.17", "finds see what was saved at once, and no more what was there", new_values_are_found),
    ("5.2.17", "a service may move to another business of the publisher", moves_service),
    ("5.2.17", "the businessKey of an existing service may be left out", parent_may_be_left_out),
    ("5.2.16", "of two with one key the last stays", last_of_two),
    ("5.2.16", "a request is done as a whole or not at all", all_or_nothing),
    ("5.2.17", "a large import that fails changes nothing", import_all_or_nothing),
    ("3.8", "created, modified and modifiedIncludingChildren", dates_move),
    ("5.2.16", "another's businessEntity", owner_only("save_business", u.business(B4, "taken"))),
    ("5.2.17", "another's businessService", owner_only("save_service", u.service(S7, "taken", business=B4))),
    ("5.2.17", "a service in another's business", owner_only("save_service", u.service(None, "x", business=B4))),
    ("5.2.15", "a binding in another's service", owner_only("save_binding", u.binding(service=S7))),
    ("5.2.18", "a canonical tModel", owner_only("save_tModel", u.tmodel("uddi:uddi.org:categorization:types", "mine"))),
    ("5.2.17", "a service in no business", missing("save_service", u.service(None, "x"))),
    ("5.2.17", "a service in an unknown business", missing("save_service", u.service(None, "x", business="uddi:alpha.test:none"))),
    ("5.2.17", "a service in what is no business", missing("save_service", u.service(None, "x", business=S1))),
    ("5.2.15", "a binding in no service", missing("save_binding", u.binding())),
    ("5.2.15", "a binding in an unknown service", missing("save_binding", u.binding(service="uddi:alpha.test:none"))),
    ("5.2.15", "a binding of an unknown tModel", missing("save_binding", u.binding(service=S2, tmodels=["uddi:alpha.test:none"]))),
    ("5.2.16", "a category of an unknown tModel", missing("save_business", u.business(None, "x", after=u.categories(u.reference("uddi:alpha.test:none", "v"))))),
    ("5.2.16", "an identifier of an unknown tModel", missing("save_business", u.business(None, "x", after=u.identifiers(u.reference("uddi:alpha.test:none", "v"))))),
    ("5.2.16", "a group of an unknown tModel", missing("save_business", u.business(None, "x", after=u.categories(u.group("uddi:alpha.test:none", u.reference(COLOUR, "red")))))),
    ("5.2.16", "an address of an unknown tModel", missing("save_business", u.business(None, "x", contacts=contact(
        PERSON + u.element("address", u.element("addressLine", "x"), tModelKey="uddi:alpha.test:none"))))),
    ("5.2.16", "a service that names another service's key twice", missing("save_business", u.business(None, "x", services=[u.service(S3, "a"), u.service(S3, "b")]))),
    ("5.2.7", "delete_binding", deletes("binding", new_binding, "bindingKey")),
    ("5.2.8", "delete_business", deletes("business", new_business, "businessKey")),
    ("5.2.10", "delete_service", deletes("service", new_service, "serviceKey")),
    ("5.2.8", "delete_business takes along what is below", deletes_all_below),
    ("5.2.11", "delete_tModel hides it, and saving shows it again", hides_tmodel),
    ("5.2.10", "a key twice in a deletion is refused", twice_in_a_deletion),
    ("5.2.10", "a deletion is done as a whole or not at all", deletion_all_or_nothing),
    ("5.2.7", "another's binding is not deleted", lambda self: self.refused(10140, self.beta.publish, "delete_binding", u.element("bindingKey", "uddi:alpha.test:s1b1"))),
    ("5.2.8", "another's business is not deleted", owner_only("delete_business", u.element("businessKey", B4))),
    ("5.2.10", "another's service is not deleted", owner_only("delete_service", u.element("serviceKey", S7))),
    ("5.2.11", "a canonical tModel is not deleted", owner_only("delete_tModel", u.element("tModelKey", "uddi:uddi.org:transport:http"))),
    ("5.2.10", "the key of another kind is unknown", missing("delete_service", u.element("serviceKey", B1))),
    ("3.4", "a service projection", projection),
    ("3.4", "a projection goes with its service", projection_goes_with_its_service),
    ("5.2.16", "a projection of an unknown service", lambda self: self.refused(20230, saved_business, self, fresh(), "x", services=[
        u.service("uddi:alpha.test:none", "s", business=B4)])),
    ("5.2.16", "a projection that names the wrong business", lambda self: self.refused(20230, saved_business, self, fresh(), "x", services=[
        u.service(S7, "s", business=B1)])),
    ("5.2.16", "a projection needs a serviceKey", lambda self: self.refused(20230, saved_business, self, fresh(), "x", services=[
        u.service(None, "s", business=B4)])),
]


# Value sets: 5.2.3, chapter 11

ISO3166, GBT2260 = "uddi:uddi.org:ubr:categorization:iso3166", "uddi:hutong:categorization:gbt2260"
NODES, KEY_VALUES = (f"uddi:uddi.org:categorization:{one}" for one in ("nodes", "entitykeyvalues"))
S1B1 = "uddi:alpha.test:s1b1"


def categorised(self, scheme, value):
    return saved_business(self, None, "Bureau of values", after=u.categories(u.reference(scheme, value)))


def identified(self, scheme, value):
    return saved_business(self, None, "x", after=u.identifiers(u.reference(scheme, value)))


def checked(title, section, scheme, good, bad):
    """One value, or several, that are taken, and some that are not: refused with the bag and the entity."""
    for value in (good,) if isinstance(good, str) else good:
        yield section, f"{title}: {value} is a value", lambda self, value=value: categorised(self, scheme, value)
    for value in (bad,) if isinstance(bad, str) else bad:
        yield section, f"{title}: {value} is none", lambda self, value=value: self.refused(
            20200, categorised, self, scheme, value, names=(f'"{value}"', scheme, "the categoryBag of the businessEntity", "Bureau of values"))


def key_valued(title, section, scheme, *kinds, save=categorised):
    """Keys of entities of these kinds and of no other, nor any that nothing has."""
    keys = {"businessEntity": B1, "businessService": S1, "bindingTemplate": S1B1, "tModel": IFACE1, "nothing": "uddi:alpha.test:none"}
    for kind, key in keys.items():
        if kind in kinds:
            yield section, f"{title} may be the key of a {kind}", lambda self, key=key: save(self, scheme, key.upper().replace("UDDI:", "uddi:"))
        else:
            yield section, f"{title} is not the key of a {kind}", lambda self, key=key: self.refused(
                20200, save, self, scheme, key, names=(key, scheme, *kinds, "Bag of the businessEntity"))


def porttype_in_the_same_request(self):
    porttype, binding = fresh("t"), fresh("t")
    self.alpha.publish("save_tModel", u.tmodel(porttype, "a portType") + u.tmodel(
        binding, "its binding", bags=u.categories(u.reference("uddi:uddi.org:wsdl:porttypereference", porttype))))


def unvalidatable(self):
    key = fresh("t")
    mark = lambda *more: self.alpha.publish("save_tModel", u.tmodel(key, "a set", bags=u.categories(
        u.reference(u.TYPES, "categorization"), *more)))
    mark()
    categorised(self, key, "v")
    mark(u.reference(u.TYPES, "unvalidatable"))
    self.refused(20220, categorised, self, key, "v", names=(key, "the categoryBag of the businessEntity"), key_type="tModelKey")
    self.alpha.publish("save_binding", u.binding(service=S2, tmodels=[key]))     # no keyedReference
    mark()
    categorised(self, key, "v")


def unvalidatable_relationship(self):
    key = fresh("t")
    self.alpha.publish("save_tModel", u.tmodel(key, "a set", bags=u.categories(
        u.reference(u.TYPES, "relationship"), u.reference(u.TYPES, "unvalidatable"))))
    self.refused(20220, self.alpha.publish, "add_publisherAssertions", u.element(
        "publisherAssertion", u.element("fromKey", B1) + u.element("toKey", B2) + u.reference(key, "v")), names=(key, B1, B2))


VALUES = [
    *checked("uddi-org:types", "11.1.1", u.TYPES, "specification", "nonsense"),
    *checked("ISO 3166", "5.2.3", ISO3166, ("CN", "CN-BJ", "CN-11", "FR-75C", "GB-A"), ("XX", "XX-BJ", "CN-", "CN-ABCD", "CN-bj", "CN11", "CN-B J")),
    *checked("GB/T 2260", "5.2.3", GBT2260, ("110000", "110105", "330100"), ("990000", "990105", "11", "11010", "1101050", "11010X")),
    *checked("GB/T 4754", "5.2.3", "uddi:hutong:categorization:gbt4754", "S", "Z"),
    *checked("WSDL types", "5.2.3", "uddi:uddi.org:wsdl:types", "portType", "porttype"),
    *checked("nodes", "11.1.3", NODES, "node", ("a node", "uddi:hutong:node")),
    *checked("relationships", "11.1.4", RELATIONS, "peer-peer", "enemy"),
    *checked("entityKeyValues", "11.1.9", KEY_VALUES, ("businessKey", "serviceKey", "bindingKey", "tModelKey", "subscriptionKey", "entityKey"),
             ("key", "tmodelkey")),
    *key_valued("owningBusiness", "11.1.5", "uddi:uddi.org:categorization:owningbusiness", "businessEntity"),
    *key_valued("isReplacedBy", "11.1.6", "uddi:uddi.org:identifier:isreplacedby", "businessEntity", "tModel", save=identified),
    *key_valued("validatedBy", "11.1.7", "uddi:uddi.org:categorization:validatedby", "bindingTemplate"),
    *key_valued("derivedFrom", "11.1.8", "uddi:uddi.org:categorization:derivedfrom", "tModel"),
    *key_valued("portTypeReference", "5.2.3", "uddi:uddi.org:wsdl:porttypereference", "tModel"),
    *key_valued("the protocol of a wsdl:binding", "5.2.3", "uddi:uddi.org:wsdl:categorization:protocol", "tModel"),
    *key_valued("the transport of a wsdl:binding", "5.2.3", "uddi:uddi.org:wsdl:categorization:transport", "tModel"),
    ("5.2.3", "a portTypeReference to a tModel of the same request", porttype_in_the_same_request),
    ("11.1.1", "an unvalidatable value set takes no keyedReferences", unvalidatable),
    ("11.1.1", "an unvalidatable relationship takes no assertions", unvalidatable_relationship),
    ("5.2.3", "an unchecked value set takes any value", lambda self: categorised(self, COLOUR, "anything at all")),
    ("11.1.2", "general_keywords take any value", lambda self: saved_business(self, None, "x", after=u.categories(
        u.reference("uddi:uddi.org:categorization:general_keywords", "any", "urn:any")))),
    ("5.2.3", "values inside groups are checked too", lambda self: self.refused(20200, saved_business, self, None, "x", after=u.categories(
        u.group(COLOUR, u.reference(u.TYPES, "nonsense"))))),
    ("5.2.3", "values of contained services are checked too", lambda self: self.refused(20200, saved_business, self, None, "x", services=[
        u.service(None, "the third", bag=u.categories(u.reference(u.TYPES, "nonsense")))], names=("nonsense", "the categoryBag of the businessService", "the third"))),
]


# publisherAssertions: 5.2.6, 5.2.9, 5.2.12, 5.2.13, 5.2.19, and find_relatedBusinesses 5.1.11

def assertion(one, other, value="peer-peer", called="", signature=""):
    return u.element("publisherAssertion", u.element("fromKey", one) + u.element("toKey", other) +
                     u.reference(RELATIONS, value, called) + signature)


def related(client, content, *more):
    answer = client.inquire("find_relatedBusinesses", u.qualifiers(*more) + content)
    return [one.find(u.tag("businessKey")).text for one in answer.iter(u.tag("relatedBusinessInfo"))]


def clean(self):
    for client in (self.alpha, self.beta):
        client.publish("set_publisherAssertions")


def half_is_not_visible(self):
    clean(self)
    self.assertIsNone(self.alpha.publish("add_publisherAssertions", assertion(B1, B4)))
    self.assertEqual(related(self.alpha, u.element("businessKey", B1)), [])


def both_make_it_visible(self):
    clean(self)
    self.alpha.publish("add_publisherAssertions", assertion(B1, B4))
    self.beta.publish("add_publisherAssertions", assertion(B1, B4))
    self.assertEqual(related(self.alpha, u.element("businessKey", B1)), [B4])
    self.assertEqual(related(self.alpha, u.element("businessKey", B4)), [B1])


def one_owner_of_both(self):
    clean(self)
    self.alpha.publish("add_publisherAssertions", assertion(B1, B2, "parent-child", "holding"))
    self.assertEqual(related(self.alpha, u.element("businessKey", B1)), [B2])
    self.assertEqual(related(self.alpha, u.element("fromKey", B1)), [B2])
    self.assertEqual(related(self.alpha, u.element("toKey", B1)), [])
    self.assertEqual(related(self.alpha, u.element("toKey", B2)), [B1])


def directions(self):
    clean(self)
    self.alpha.publish("add_publisherAssertions", assertion(B1, B2, "parent-child"))
    for key, direction in ((B1, "fromKey"), (B2, "toKey")):
        answer = self.alpha.inquire("find_relatedBusinesses", u.element("businessKey", key))
        shared = answer.findall(f".//{u.tag('sharedRelationships')}")
        self.assertEqual([one.get("direction") for one in shared], [direction])
        self.assertEqual(shared[0].find(u.tag("keyedReference")).get("keyValue"), "parent-child")


def by_relationship(self):
    clean(self)
    self.alpha.publish("add_publisherAssertions", assertion(B1, B2, "parent-child"))
    ask = lambda value: related(self.alpha, u.element("businessKey", B1) + u.reference(RELATIONS, value))
    self.assertEqual(ask("parent-child"), [B2])
    self.assertEqual(ask("peer-peer"), [])


def in_find_business(self):
    clean(self)
    self.alpha.publish("add_publisherAssertions", assertion(B1, B2, "parent-child"))
    found = self.alpha.inquire("find_business", u.element("find_relatedBusinesses", u.element("businessKey", B1)))
    self.assertEqual(u.keys_of(found), [B2])


def in_find_business_by_its_qualifiers(self):
    """The embedded find's own findQualifiers say how the relationship is compared."""
    clean(self)
    self.alpha.publish("add_publisherAssertions", assertion(B1, B2, "parent-child"))
    ask = lambda value, *how: u.keys_of(self.alpha.inquire("find_business", u.element(
        "find_relatedBusinesses", u.qualifiers(*how) + u.element("businessKey", B1) + u.reference(RELATIONS, value))))
    self.assertEqual(ask("parent-child"), [B2])
    self.assertEqual(ask("Parent-Child"), [])
    self.assertEqual(ask("Parent-Child", "caseInsensitiveMatch"), [B2])
    self.assertEqual(ask("parent%", "approximateMatch"), [B2])
    self.assertEqual(ask("peer%", "approximateMatch"), [])
    self.assertEqual(ask("parent%"), [])


def status_report(self):
    clean(self)
    self.alpha.publish("add_publisherAssertions", assertion(B1, B4) + assertion(B1, B2))
    self.beta.publish("add_publisherAssertions", assertion(B4, B2))
    def report(client, wanted=""):
        answer = client.publish("get_assertionStatusReport", u.element("completionStatus", wanted) if wanted else "")
        return sorted((one.find(u.tag("fromKey")).text, one.find(u.tag("toKey")).text, one.get("completionStatus"))
                      for one in answer.iter(u.tag("assertionStatusItem")))
    complete, half, other = (B1, B2, "status:complete"), (B1, B4, "status:toKey_incomplete"), (B4, B2, "status:toKey_incomplete")
    self.assertEqual(report(self.alpha), [complete, half, other])
    self.assertEqual(report(self.alpha, "status:complete"), [complete])
    self.assertEqual(report(self.beta, "status:toKey_incomplete"), [half, other])
    self.assertEqual(report(self.beta, "status:fromKey_incomplete"), [])


def keys_owned(self):
    clean(self)
    self.alpha.publish("add_publisherAssertions", assertion(B1, B4))
    item = self.beta.publish("get_assertionStatusReport").find(f".//{u.tag('assertionStatusItem')}")
    owned = item.find(u.tag("keysOwned"))
    self.assertEqual([(one.tag.split("}")[1], one.text) for one in owned], [("toKey", B4)])


def own_assertions(self):
    clean(self)
    self.alpha.publish("add_publisherAssertions", assertion(B1, B4, called="n"))
    answer = self.alpha.publish("get_publisherAssertions")
    self.assertEqual(answer.tag, u.tag("publisherAssertionsResponse"))
    self.assertEqual(answer.find(f".//{u.tag('keyedReference')}").get("keyName"), "n")
    self.assertEqual(len(self.beta.publish("get_publisherAssertions")), 0)


def delete_assertion(self):
    both_make_it_visible(self)
    self.assertIsNone(self.alpha.publish("delete_publisherAssertions", assertion(B1, B4)))
    self.assertEqual(related(self.alpha, u.element("businessKey", B1)), [])
    self.assertEqual(len(self.beta.publish("get_publisherAssertions")), 1)
    self.refused(30000, self.alpha.publish, "delete_publisherAssertions", assertion(B1, B4))


def set_replaces(self):
    clean(self)
    self.alpha.publish("add_publisherAssertions", assertion(B1, B4))
    answer = self.alpha.publish("set_publisherAssertions", assertion(B1, B2))
    self.assertEqual(answer.tag, u.tag("publisherAssertions"))
    self.assertEqual([one.find(u.tag("toKey")).text for one in answer], [B2])
    self.assertEqual(len(self.alpha.publish("set_publisherAssertions")), 0)


def twice_is_once(self):
    clean(self)
    for _ in (1, 2):
        self.alpha.publish("add_publisherAssertions", assertion(B1, B2))
    self.assertEqual(len(self.alpha.publish("get_publisherAssertions")), 1)


def confirmed_without_signature(first, second):
    """Whichever side comes second brings no signature, and the first one's stays."""
    def run(self):
        clean(self)
        clients = {"from": self.alpha, "to": self.beta}
        clients[first].publish("add_publisherAssertions", assertion(B1, B4, signature=SIGNATURE))
        clients[second].publish("add_publisherAssertions", assertion(B1, B4))
        for client in clients.values():
            self.assertEqual(len(client.publish("get_publisherAssertions").findall(f".//{{{DSIG}}}SignatureValue")), 1)
        found = self.alpha.inquire("find_relatedBusinesses", u.element("businessKey", B1))
        self.assertEqual(len(found.findall(f".//{{{DSIG}}}SignatureValue")), 1)
    return run


def signed_second(self):
    clean(self)
    self.alpha.publish("add_publisherAssertions", assertion(B1, B4))
    self.beta.publish("add_publisherAssertions", assertion(B1, B4, signature=SIGNATURE))
    self.assertIsNotNone(self.alpha.publish("get_publisherAssertions").find(f".//{{{DSIG}}}SignatureValue"))


def gone_with_business(self):
    clean(self)
    key = new_business(self)
    self.alpha.publish("add_publisherAssertions", assertion(B1, key))
    self.alpha.publish("delete_business", u.element("businessKey", key))
    self.assertEqual(len(self.alpha.publish("get_publisherAssertions")), 0)


ASSERTIONS = [
    ("5.2.6", "an assertion that one side makes is not visible", half_is_not_visible),
    ("5.2.6", "one that both make is, from both", both_make_it_visible),
    ("5.2.6", "the owner of both makes it at once", one_owner_of_both),
    ("5.1.11", "sharedRelationships say the direction", directions),
    ("5.1.11", "a keyedReference narrows to a relationship", by_relationship),
    ("5.1.10", "find_relatedBusinesses inside find_business", in_find_business),
    ("5.1.10", "find_relatedBusinesses inside find_business has its own findQualifiers", in_find_business_by_its_qualifiers),
    ("5.1.11", "an unknown businessKey", lambda self: self.refused(10210, self.alpha.inquire, "find_relatedBusinesses", u.element("businessKey", "uddi:alpha.test:none"))),
    ("5.2.12", "the status report and its filter", status_report),
    ("5.2.12", "keysOwned says which side is one's own", keys_owned),
    ("5.2.12", "an unknown completionStatus", lambda self: self.refused(30100, self.alpha.publish, "get_assertionStatusReport", u.element("completionStatus", "status:maybe"))),
    ("5.2.13", "get_publisherAssertions gives one's own", own_assertions),
    ("5.2.9", "delete_publisherAssertions takes one's own word back", delete_assertion),
    ("5.2.19", "set_publisherAssertions replaces all", set_replaces),
    ("5.2.6", "an assertion made twice is one", twice_is_once),
    ("5.2.6", "the toKey's side confirms without a signature: the other's stays", confirmed_without_signature("from", "to")),
    ("5.2.6", "the fromKey's side confirms without a signature: the other's stays", confirmed_without_signature("to", "from")),
    ("5.2.6", "the side that confirms may sign", signed_second),
    ("5.2.8", "assertions go with the business", gone_with_business),
    ("5.2.6", "an assertion about others' businesses", lambda self: self.refused(10140, self.beta.publish, "add_publisherAssertions", assertion(B1, B2))),
    ("5.2.6", "an assertion about an unknown business", lambda self: self.refused(10210, self.alpha.publish, "add_publisherAssertions", assertion(B1, "uddi:alpha.test:none"))),
    ("5.2.6", "an assertion of an unknown relationship", lambda self: self.refused(
        20200, self.alpha.publish, "add_publisherAssertions", assertion(B1, B2, "enemy"), names=('"enemy"', RELATIONS, "publisherAssertion", B1, B2))),
    ("5.2.6", "an assertion needs a keyedReference", lambda self: self.refused(10500, self.alpha.publish, "add_publisherAssertions", u.element(
        "publisherAssertion", u.element("fromKey", B1) + u.element("toKey", B2)))),
]


# get_registeredInfo 5.2.14, security 5.3, SOAP and errors chapter 4

def registered(self):
    hidden = fresh("t")
    self.alpha.publish("save_tModel", u.tmodel(hidden, "soon hidden"))
    self.alpha.publish("delete_tModel", u.element("tModelKey", hidden))
    keys = lambda which: {one.get("tModelKey") for one in self.alpha.publish("get_registeredInfo", infoSelection=which).iter(u.tag("tModelInfo"))}
    self.assertIn(hidden, keys("all"))
    self.assertIn(hidden, keys("hidden"))
    self.assertNotIn(hidden, keys("visible"))
    self.assertIn(COLOUR, keys("visible"))
    self.assertNotIn(COLOUR, keys("hidden"))


def registered_businesses(self):
    answer = self.beta.publish("get_registeredInfo", infoSelection="visible")
    businesses = {one.get("businessKey") for one in answer.iter(u.tag("businessInfo"))}
    self.assertEqual(businesses, {B4, "uddi:hutong:org:beta"})
    self.assertEqual([one.get("serviceKey") for one in answer.iter(u.tag("serviceInfo"))], [S7])


def as_other(self, **how):
    return u.Uddi(self.world.daemon.http, **how)


def without_token(self):
    self.refused(10120, as_other(self).publish, "save_business", u.business(None, "x"))


def wrong_token(self):
    client = as_other(self)
    client.token = "authToken:0000"
    self.refused(10120, client.publish, "save_business", u.business(None, "x"))


def discarded(self):
    said = self.world.daemon.cli("publisher", "add", f"short{next(COUNTER)}", "--org", "alpha")
    client = as_other(self)
    client.sign_in(said["id"], said["password"])
    client.publish("get_publisherAssertions")
    discard = lambda: client.call("security", u.element("discard_authToken", u.element("authInfo", client.token), ns=True))
    self.assertIsNone(discard())
    self.refused(10120, client.publish, "get_publisherAssertions")
    self.refused(10120, discard)


def same_answer(self):
    texts = {self.refused(10150, as_other(self).sign_in, user, "wrong").text for user in ("alpha-editor", "nobody")}
    self.assertEqual(len(texts), 1)


def locked_after_many(self):
    said = self.world.daemon.cli("publisher", "add", f"slow{next(COUNTER)}", "--org", "alpha")
    for _ in range(6):
        self.refused(10150, as_other(self).sign_in, said["id"], "wrong")
    self.refused(10150, as_other(self).sign_in, said["id"], said["password"])


def soap12(self):
    client = as_other(self, soap=u.SOAP12)
    status, headers, text = client.post("inquiry", client.envelope(u.element("find_service", u.name("Tax Query"), ns=True)))
    self.assertEqual((status, headers.get_content_type()), (200, "application/soap+xml"))
    self.assertEqual(u.keys_of(tree.fromstring(text)[0][0]), [S1])


def soap12_fault(self):
    client = as_other(self, soap=u.SOAP12)
    status, _, text = client.post("inquiry", client.envelope(u.element("get_serviceDetail", u.element("serviceKey", "uddi:none"), ns=True)))
    self.assertEqual(status, 400)
    self.assertEqual(tree.fromstring(text).find(f".//{u.tag('result')}").get("errno"), "10210")


def soap11_fault(self):
    status, headers, text = self.alpha.post("inquiry", self.alpha.envelope(u.element("get_serviceDetail", u.element("serviceKey", "uddi:none"), ns=True)))
    self.assertEqual((status, headers.get_content_type()), (500, "text/xml"))
    root = tree.fromstring(text)
    self.assertTrue(root.find(".//faultcode").text.endswith(":Client"))
    self.assertIsNotNone(root.find(f".//detail/{u.tag('dispositionReport')}"))
    self.assertEqual(root.find(f".//{u.tag('result')}").get("keyType"), "serviceKey")


def raw(content, number=10500, *, content_type=None, api="inquiry"):
    def run(self):
        _, _, text = self.alpha.post(api, content, content_type)
        result = tree.fromstring(text).find(f".//{u.tag('result')}")
        self.assertEqual(int(result.get("errno")), number, text)
    return run


def must_understand(self):
    header = f'<e:Header><x:y xmlns:x="urn:x" e:mustUnderstand="1"/></e:Header>'
    _, _, text = self.alpha.post("inquiry", self.alpha.envelope(u.element("find_service", u.name("x"), ns=True), header))
    self.assertTrue(tree.fromstring(text).find(".//faultcode").text.endswith(":MustUnderstand"))


def optional_header(self):
    header = f'<e:Header><x:y xmlns:x="urn:x"/></e:Header>'
    _, _, text = self.alpha.post("inquiry", self.alpha.envelope(u.element("find_service", u.name("Tax Query"), ns=True), header))
    self.assertEqual(u.keys_of(tree.fromstring(text).find(f"{{{u.SOAP11}}}Body")[0]), [S1])


def version_mismatch(self):
    _, _, text = self.alpha.post("inquiry", '<Envelope xmlns="urn:x"><Body/></Envelope>')
    self.assertTrue(tree.fromstring(text).find(".//faultcode").text.endswith(":VersionMismatch"))


def too_large(self):
    status, _, text = self.alpha.post("inquiry", self.alpha.envelope(u.element("find_service", u.name("x" * (4 << 20)), ns=True)))
    self.assertEqual(tree.fromstring(text).find(f".//{u.tag('result')}").get("errno"), "30110")
    self.alpha.connection = None


def encodings(self):
    text = self.alpha.envelope(u.element("find_service", u.name("企业信息查询"), ns=True))
    for encoding in ("utf-16", "gb18030"):
        data = f'<?xml version="1.0" encoding="{encoding}"?>{text}'.encode(encoding)
        _, _, answer = self.alpha.post("inquiry", data, f"text/xml; charset={encoding}")
        self.assertEqual(len(u.keys_of(tree.fromstring(answer).find(f"{{{u.SOAP11}}}Body")[0])), 1, encoding)


def wrong_media_type(self):
    status, _, _ = self.alpha.post("inquiry", self.alpha.envelope("<x/>"), "application/json")
    self.assertEqual(status, 415)


def no_such_api(self):
    status, _, _ = self.alpha.post("replication", self.alpha.envelope("<x/>"))
    self.assertEqual(status, 404)


def envelope(content):
    return f'<e:Envelope xmlns:e="{u.SOAP11}"><e:Body>{content}</e:Body></e:Envelope>'


PROTOCOL = [
    ("5.2.14", "get_registeredInfo: all, hidden, visible", registered),
    ("5.2.14", "get_registeredInfo tells businesses and their services", registered_businesses),
    ("5.2.14", "infoSelection is one of three", lambda self: self.refused(10500, self.alpha.publish, "get_registeredInfo", infoSelection="some")),
    ("5.3.2", "publication needs a token", without_token),
    ("5.3.2", "a token that nobody gave out", wrong_token),
    ("5.3.1", "discard_authToken ends it", discarded),
    ("5.3.2", "an unknown user and a wrong password are one answer", same_answer),
    ("5.3.2", "after some wrong tries an account waits", locked_after_many),
    ("5.3.2", "get_authToken needs both attributes", lambda self: self.refused(10500, self.alpha.call, "security", u.element("get_authToken", ns=True, userID="x"))),
    ("4.1", "SOAP 1.2 is spoken too", soap12),
    ("4.8", "a SOAP 1.2 fault has its dispositionReport", soap12_fault),
    ("4.8", "a SOAP 1.1 fault has its dispositionReport and keyType", soap11_fault),
    ("4.1", "a header that must be understood is not", must_understand),
    ("4.1", "a header that need not be is passed over", optional_header),
    ("4.1", "what is no SOAP Envelope", version_mismatch),
    ("4.2", "other encodings are read", encodings),
    ("4.6", "what is no XML", raw("this is no XML")),
    ("4.6", "a document type declaration is refused", raw('<!DOCTYPE x [<!ENTITY a "b">]>' + envelope("<x/>"))),
    ("4.6", "an empty Body", raw(envelope(""))),
    ("4.6", "two requests in a Body", raw(envelope(2 * u.element("find_service", ns=True)))),
    ("4.8", "an unknown request", raw(envelope(u.element("find_nothing", ns=True)), 10050)),
    ("4.8", "a request of another API set", raw(envelope(u.element("save_business", u.business(None, "x"), ns=True)), 10050)),
    ("4.8", "a request of version 2", raw(envelope('<find_service generic="2.0" xmlns="urn:uddi-org:api_v2"/>'), 10040)),
    ("4.8", "a request of version 1", raw(envelope('<find_service generic="1.0" xmlns="urn:uddi-org:api"/>'), 10040)),
    ("4.8", "a request too large to be kept", too_large),
    ("4.1", "what is neither SOAP 1.1 nor 1.2", wrong_media_type),
    ("4.1", "an API set that is not here", no_such_api),
]


class Publication(CaseTable):
    pass


install(Publication, LENGTHS + STRUCTURES + KEYS + SAVING + VALUES + ASSERTIONS + PROTOCOL)

if __name__ == "__main__":
    suite.main()

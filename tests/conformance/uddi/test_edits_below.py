"""Edits that meet below what a request is about: what it takes from other entities, and whose edits a whole replaces, however
often its editor has edited beside them; over HTTP against a real daemon (docs/decisions/0038-edits-that-meet.md)."""
import pathlib
import sys
import unittest
import xml.etree.ElementTree as tree

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "integration"))

import registry_case
import suite
import uddi_client as u
from test_rest import colleague, publish_if, replaced_by, service_name, state
from world import COLOUR, CaseTable, World, fresh, install

RED = u.categories(u.reference(COLOUR, "red"))


def pair(self, client=None):
    """Two businesses of alpha, the first with a service that has a binding; all saved by the client."""
    one, two, service, binding = fresh("b"), fresh("b"), fresh("s"), fresh("t")
    (client or self.alpha).publish("save_business", u.business(one, "one", services=[
        u.service(service, "held", bindings=[u.binding(binding)])]) + u.business(two, "two"))
    return one, two, service, binding


def parent_of(self, service):
    answer = self.alpha.inquire("get_serviceDetail", u.element("serviceKey", service))
    return answer.find(f".//{u.tag('businessService')}").get("businessKey")


def service_of(self, binding):
    answer = self.alpha.inquire("get_bindingDetail", u.element("bindingKey", binding))
    return answer.find(f".//{u.tag('bindingTemplate')}").get("serviceKey")


# What is taken from elsewhere

def taking_is_told(self):
    one, two, service, binding = pair(self, colleague(self))
    self.alpha.publish("save_business", u.business(two, "two"))     # that one is the editor's own now
    said = replaced_by(self, self.alpha, "save_business", u.business(two, "two", services=[u.service(service, "taken")]))
    self.assertEqual({key: (what["by"], what["changed"]) for key, what in said.items()},
                     {service: ("alpha-colleague", "businessKey, name, bindingTemplates")})
    self.assertEqual(parent_of(self, service), two)
    self.refused(10210, self.alpha.inquire, "get_bindingDetail", u.element("bindingKey", binding))
    # And that something was taken from there is told who replaces the whole.
    said = replaced_by(self, colleague(self), "save_business", u.business(one, "one", descriptions="<description>x</description>"))
    self.assertEqual(said[one]["by"], "alpha-editor")


def taking_of_a_binding_is_told(self):
    one, _, service, binding = pair(self, colleague(self))
    key = fresh("s")
    self.alpha.publish("save_service", u.service(key, "mine", business=one))
    said = replaced_by(self, self.alpha, "save_service", u.service(key, "mine", business=one, bindings=[u.binding(binding)]))
    self.assertEqual({key: (what["by"], what["changed"]) for key, what in said.items()},
                     {binding: ("alpha-colleague", "serviceKey")})
    self.assertEqual(service_of(self, binding), key)


def taking_unnamed_is_refused(self):
    one, two, service, _ = pair(self)
    content = u.business(two, "two", services=[u.service(service, "taken")])
    of_two = state(self, "businessKey", two)
    status, number, text = publish_if(self, of_two, "save_business", content)
    self.assertEqual((status, number), (412, 20210))
    self.assertIn(f'"{service}" would be taken from "{one}"', text)
    self.assertEqual((parent_of(self, service), service_name(self, service)), (one, "held"))
    seen = state(self, "serviceKey", service)
    colleague(self).publish("save_binding", u.binding(service=service))
    self.assertEqual(publish_if(self, f"{of_two}, {seen}", "save_business", content)[:2], (412, 20210))
    seen = state(self, "serviceKey", service)
    self.assertEqual(publish_if(self, f"{of_two}, {seen}", "save_business", content), (200, None, None))
    self.assertEqual((parent_of(self, service), service_name(self, service)), (two, "taken"))


def taking_into_what_is_new(self):
    _, _, service, _ = pair(self)
    content = u.business(None, "new", services=[u.service(service, "taken")])
    self.assertEqual(publish_if(self, '"nothing"', "save_business", content)[:2], (412, 20210))
    self.assertEqual(publish_if(self, state(self, "serviceKey", service), "save_business", content), (200, None, None))
    self.assertEqual(service_name(self, service), "taken")


def moving_within_is_seen(self):
    """Who has seen the business has seen what moves in it."""
    one, _, service, binding = pair(self)
    other = fresh("s")
    content = u.business(one, "one", services=[u.service(service, "held"), u.service(other, "new", bindings=[u.binding(binding)])])
    self.assertEqual(publish_if(self, state(self, "businessKey", one), "save_business", content), (200, None, None))
    self.assertEqual(service_of(self, binding), other)
    # From one that goes with the request, too.
    content = u.business(one, "one", services=[u.service(service, "held", bindings=[u.binding(binding)])])
    self.assertEqual(publish_if(self, state(self, "businessKey", one), "save_business", content), (200, None, None))
    self.assertEqual(service_of(self, binding), service)


def another_s_stays(self):
    beta = fresh("b").replace("alpha", "beta")
    service = beta + "s"
    self.beta.publish("save_business", u.business(beta, "beta's", services=[u.service(service, "beta's")]))
    _, two, _, _ = pair(self)
    content = u.business(two, "two", services=[u.service(service, "stolen")])
    self.assertEqual(publish_if(self, state(self, "businessKey", two), "save_business", content)[1], 10140)
    self.refused(10140, self.alpha.publish, "save_business", content)


# Whose edit below a whole replaces

def own_edit_beside_hides_nothing(self):
    _, two, _, _ = pair(self)
    service = fresh("s")
    self.alpha.publish("save_service", u.service(service, "one", business=two))
    theirs = colleague(self).publish("save_binding", u.binding(service=service, access="http://theirs.test/"))
    mine = self.alpha.publish("save_binding", u.binding(service=service, access="http://mine.test/"))[0].get("bindingKey")
    said = replaced_by(self, self.alpha, "save_service", u.service(service, "one", business=two, bindings=[
        u.binding(mine, access="http://mine.test/")]))
    self.assertEqual((said[service]["by"], said[service]["changed"]), ("alpha-colleague", "bindingTemplates"))
    self.refused(10210, self.alpha.inquire, "get_bindingDetail", u.element("bindingKey", theirs[0].get("bindingKey")))
    # Told once: it is his own as a whole by then.
    self.assertEqual(replaced_by(self, self.alpha, "save_service", u.service(service, "two", business=two)), {})


def own_edit_below_does_not_hide_the_whole(self):
    _, two, _, _ = pair(self)
    service = fresh("s")
    colleague(self).publish("save_service", u.service(service, "theirs", business=two, bag=RED))
    self.alpha.publish("save_binding", u.binding(service=service))
    said = replaced_by(self, self.alpha, "save_business", u.business(two, "two", services=[u.service(service, "mine")]))
    self.assertEqual((said[two]["by"], said[two]["changed"]), ("alpha-colleague", "businessServices"))


def deletion_below_is_remembered(self):
    one, _, service, binding = pair(self)
    colleague(self).publish("delete_binding", u.element("bindingKey", binding))
    self.alpha.publish("save_binding", u.binding(service=service))
    said = replaced_by(self, self.alpha, "save_business", u.business(one, "one", services=[
        u.service(service, "held", bindings=[u.binding(binding)])]))
    self.assertEqual((said[one]["by"], said[one]["changed"]), ("alpha-colleague", "businessServices"))
    self.assertEqual(replaced_by(self, self.alpha, "delete_business", u.element("businessKey", one)), {})


def deletion_tells_of_what_is_below(self):
    one, _, service, _ = pair(self)
    colleague(self).publish("save_binding", u.binding(service=service))
    self.alpha.publish("save_service", u.service(None, "beside", business=one))
    self.assertEqual(replaced_by(self, self.alpha, "delete_business", u.element("businessKey", one))[one]["by"], "alpha-colleague")


def the_gateway_hides_nothing(self):
    """What it publishes below the organisation's entity leaves whose edit that was."""
    key, daemon = "uddi:hutong:org:alpha", self.world.daemon
    described = lambda text: u.business(key, "Alpha Agency", descriptions=f"<description>{text}</description>")
    colleague(self).publish("save_business", described("theirs"))
    daemon.publish(registry_case.write_wsdl(daemon.folder), "alpha", "shown")
    daemon.cli("service", "retire", "alpha/shown", "--reason", "a test")
    self.assertEqual(replaced_by(self, self.alpha, "save_business", described("mine"))[key]["by"], "alpha-colleague")


def names_do_not_go_to_another_organisation(self):
    one, _, service, binding = pair(self)
    colleague(self).publish("delete_binding", u.element("bindingKey", binding))
    bag = f'<keyBag xmlns="urn:uddi-org:custody_v3"><key>{one}</key></keyBag>'
    auth = lambda client: f'<authInfo xmlns="{u.NS}">{client.token}</authInfo>'
    token = self.alpha.call("custody", f'<get_transferToken xmlns="urn:uddi-org:custody_v3">{auth(self.alpha)}{bag}</get_transferToken>')
    self.beta.call("custody", f'<transfer_entities xmlns="urn:uddi-org:custody_v3">{auth(self.beta)}'
                   f'{tree.tostring(token, encoding="unicode")}{bag}</transfer_entities>')
    self.assertEqual(replaced_by(self, self.beta, "save_business", u.business(one, "beta's", services=[
        u.service(service, "beta's")])), {})


class Below(CaseTable):
    pass


install(Below, [
    ("5.2.16", "what is taken from elsewhere is told of", taking_is_told),
    ("5.2.17", "a binding that is taken from another service is told of", taking_of_a_binding_is_told),
    ("5.2.16", "If-Match: what is taken from elsewhere has to be named", taking_unnamed_is_refused),
    ("5.2.16", "If-Match: of a new entity, what it takes is named", taking_into_what_is_new),
    ("5.2.16", "If-Match: what moves within the entity is in its ETag", moving_within_is_seen),
    ("5.2.16", "what is another organisation's is not taken", another_s_stays),
    ("5.2.17", "one's own edit beside a colleague's hides nothing", own_edit_beside_hides_nothing),
    ("5.2.16", "one's own edit below does not hide whose the whole is", own_edit_below_does_not_hide_the_whole),
    ("5.2.8", "what a colleague deleted below is remembered", deletion_below_is_remembered),
    ("5.2.8", "a deletion tells of a colleague's edit below", deletion_tells_of_what_is_below),
    ("5.2.16", "what the gateway publishes hides nobody's edit", the_gateway_hides_nothing),
    ("5.4.4", "whose edits they were stays in the organisation", names_do_not_go_to_another_organisation),
])


class NothingTakenUnseen(unittest.TestCase):
    """registry.require_if_match holds for what is taken from elsewhere."""

    @classmethod
    def setUpClass(cls):
        cls.world = World(require_if_match=True)
        cls.addClassCleanup(cls.world.close)
        cls.alpha = cls.world.alpha
        cls.alpha.publish("save_tModel", u.generator("alpha.test"))

    def told(self, operation, content):
        """The HTTP status."""
        return self.alpha.post("publish", self.alpha.envelope(u.element(
            operation, u.element("authInfo", self.alpha.token) + content, ns=True)))[0]

    def test_into_what_is_new(self):
        one, _, service, binding = pair(self)
        for operation, content in (
                ("save_business", u.business(None, "new", services=[u.service(service, "lost")])),
                ("save_business", u.business(None, "new", services=[u.service(None, "new", bindings=[u.binding(binding)])])),
                ("save_service", u.service(None, "new", business=one, bindings=[u.binding(binding)]))):
            self.assertEqual(self.told(operation, content), 428, content)
            self.assertEqual(publish_if(self, "*", operation, content)[:2], (428, 20210))
        self.assertEqual((parent_of(self, service), service_name(self, service)), (one, "held"))
        self.assertEqual(service_of(self, binding), service)
        self.assertEqual(publish_if(self, state(self, "bindingKey", binding), "save_service", u.service(
            None, "new", business=one, bindings=[u.binding(binding)])), (200, None, None))
        self.assertNotEqual(service_of(self, binding), service)

    def test_into_what_was_seen(self):
        one, two, service, _ = pair(self)
        content = u.business(two, "two", services=[u.service(service, "taken")])
        self.assertEqual(publish_if(self, state(self, "businessKey", two), "save_business", content)[:2], (412, 20210))
        self.assertEqual(parent_of(self, service), one)
        seen = f"{state(self, 'businessKey', two)}, {state(self, 'serviceKey', service)}"
        self.assertEqual(publish_if(self, seen, "save_business", content), (200, None, None))


if __name__ == "__main__":
    suite.main()

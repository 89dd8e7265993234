#!/usr/bin/env python3
"""UDDI v3.0.2 chapters 5.4 and 5.5, custody and subscription: over SOAP against a real daemon."""
import time
import xml.etree.ElementTree as tree

import suite
import uddi_client as u
from world import B1, B2, B4, COLOUR, COUNTER, RELATIONS, S1, CaseTable, fresh, install

CUSTODY, SUB = "urn:uddi-org:custody_v3", "urn:uddi-org:sub_v3"

def said(client, api, space, name, content):
    auth = f'<authInfo xmlns="{u.NS}">{client.token}</authInfo>'
    return client.call(api, f'<{name} xmlns="{space}">{auth}{content}</{name}>')


# Custody

def key_bag(*keys):
    return u.element("keyBag", "".join(u.element("key", one) for one in keys))


def custody(client, name, content):
    return said(client, "custody", CUSTODY, name, content)


def token_for(client, *keys):
    return tree.tostring(custody(client, "get_transferToken", key_bag(*keys)), encoding="unicode")


def fresh_business(self):
    key = fresh("moves")
    self.alpha.publish("save_business", u.business(key, "moves", services=[u.service(f"{key}s", "s", bindings=[u.binding(f"{key}b")])]))
    return key


def owner(self, key):
    return self.alpha.inquire("get_operationalInfo", u.element("entityKey", key)).find(f".//{u.tag('authorizedName')}").text


def transfer(self):
    key = fresh_business(self)
    token = token_for(self.alpha, key)
    self.assertIsNone(custody(self.beta, "transfer_entities", token + key_bag(key)))
    self.assertEqual([owner(self, one) for one in (key, f"{key}s", f"{key}b")], ["beta"] * 3)
    self.beta.publish("save_service", u.service(f"{key}s", "changed by beta", business=key))
    self.refused(10140, self.alpha.publish, "save_service", u.service(f"{key}s", "x", business=key))


def transfer_of_two(self):
    one, two = fresh_business(self), fresh_business(self)
    token = token_for(self.alpha, one, two)
    self.refused(40600, custody, self.beta, "transfer_entities", token + key_bag(one))
    custody(self.beta, "transfer_entities", token + key_bag(two, one))
    self.assertEqual([owner(self, key) for key in (one, two)], ["beta", "beta"])


def token_is_good_once(self):
    key = fresh_business(self)
    token = token_for(self.alpha, key)
    custody(self.beta, "transfer_entities", token + key_bag(key))
    self.refused(40600, custody, self.alpha, "transfer_entities", token + key_bag(key))


def token_has_its_parts(self):
    answer = custody(self.alpha, "get_transferToken", key_bag(fresh_business(self)))
    self.assertEqual(answer.tag, f"{{{CUSTODY}}}transferToken")
    self.assertEqual([one.tag for one in answer], [u.tag("nodeID"), f"{{{CUSTODY}}}expirationTime", f"{{{CUSTODY}}}opaqueToken"])


def second_token(self):
    key = fresh_business(self)
    token_for(self.alpha, key)
    self.refused(40070, token_for, self.alpha, fresh_business(self), key, names=f'businessEntity "{key}"', key_type="businessKey")


def discarded_by_token(self):
    key = fresh_business(self)
    token = token_for(self.alpha, key)
    self.assertIsNone(custody(self.alpha, "discard_transferToken", token))
    self.refused(40600, custody, self.beta, "transfer_entities", token + key_bag(key))
    token_for(self.alpha, key)


def discarded_by_keys(self):
    key = fresh_business(self)
    token = token_for(self.alpha, key)
    self.assertIsNone(custody(self.alpha, "discard_transferToken", key_bag(key)))
    self.refused(40600, custody, self.beta, "transfer_entities", token + key_bag(key))


def others_do_not_discard(self):
    key = fresh_business(self)
    token = token_for(self.alpha, key)
    custody(self.beta, "discard_transferToken", key_bag(key))
    custody(self.beta, "transfer_entities", token + key_bag(key))


CUSTODY_CASES = [
    ("5.4.2", "a business goes over with all below it", transfer),
    ("5.4.2", "a token is for just its keys", transfer_of_two),
    ("5.4.2", "a token is good once", token_is_good_once),
    ("5.4.2", "a transferToken has nodeID, expirationTime and opaqueToken", token_has_its_parts),
    ("5.4.2", "an entity has one token at a time", second_token),
    ("5.4.2", "a token is discarded by itself", discarded_by_token),
    ("5.4.2", "a token is discarded by its keys", discarded_by_keys),
    ("5.4.2", "only its owner discards a token", others_do_not_discard),
    ("5.4.2", "another's entity has no token", lambda self: self.refused(10140, token_for, self.alpha, B4)),
    ("5.4.2", "an unknown key has no token", lambda self: self.refused(10210, token_for, self.alpha, "uddi:alpha.test:none")),
    ("5.4.2", "a key twice in a keyBag", lambda self: self.refused(10210, token_for, self.alpha, B1, B1)),
    ("5.4.2", "a service goes with its business only", lambda self: self.refused(40600, token_for, self.alpha, S1)),
    ("5.4.2", "an organisation's own businessEntity stays", lambda self: self.refused(40600, token_for, self.alpha, "uddi:hutong:org:alpha")),
    ("5.4.2", "a canonical tModel stays", lambda self: self.refused(10140, token_for, self.alpha, "uddi:uddi.org:transport:http")),
    ("5.4.2", "a token that nobody gave", lambda self: self.refused(40600, custody, self.beta, "transfer_entities",
        f'<transferToken><nodeID xmlns="{u.NS}">uddi:x</nodeID><expirationTime>2099-01-01T00:00:00Z</expirationTime>'
        '<opaqueToken>AAAA</opaqueToken></transferToken>' + key_bag(B1))),
]


# Subscription

def sub_tag(name):
    return f"{{{SUB}}}{name}"


def subscription(filter_, *, key=None, brief=None, binding=None, interval=None, most=None, expires=None):
    part = lambda name, value: u.element(name, value) if value is not None else ""
    return u.element("subscription", part("subscriptionKey", key) + (u.element("subscriptionFilter", filter_) if filter_ else "") +
                     (f'<bindingKey xmlns="{u.NS}">{binding}</bindingKey>' if binding else "") + part("notificationInterval", interval) +
                     part("maxEntities", most) + part("expiresAfter", expires), brief=brief)


def subscribe(client, filter_, **how):
    answer = said(client, "subscription", SUB, "save_subscription", subscription(filter_, **how))
    return answer.find(f".//{sub_tag('subscriptionKey')}").text


def colour_filter(colour, operation="find_service"):
    return u.element(operation, u.categories(u.reference(COLOUR, colour)), ns=True)


def results(client, key, start=None, end=None, chunk=None):
    period = (u.element("startPoint", start) if start else "") + (u.element("endPoint", end) if end else "")
    return said(client, "subscription", SUB, "get_subscriptionResults", u.element("subscriptionKey", key) +
                u.element("coveragePeriod", period) + (u.element("chunkToken", chunk) if chunk else ""))


def told(answer, attribute="serviceKey"):
    return sorted({one.get(attribute) for one in answer.iter() if one.get(attribute) and one.tag in (u.tag("serviceInfo"), u.tag("businessService"))})


def gone(answer):
    return sorted(one.text for bag in answer.iter(sub_tag("keyBag")) if bag.find(sub_tag("deleted")).text == "true" for one in bag[1:])


def now(self):
    """A moment between what was before and what comes."""
    time.sleep(0.02)
    info = time.time()
    moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(info)) + f".{int(info * 1000) % 1000:03d}Z"
    time.sleep(0.02)
    return moment


def coloured(self, colour, business=B2):
    key = fresh("sub")
    self.alpha.publish("save_service", u.service(key, "subscribed", business=business, bag=u.categories(u.reference(COLOUR, colour))))
    return key


def new_colour():
    return f"sub{next(COUNTER)}"


def tells_new(self):
    colour = new_colour()
    key = subscribe(self.alpha, colour_filter(colour))
    before = now(self)
    self.assertEqual(told(results(self.alpha, key, before)), [])
    made = coloured(self, colour)
    answer = results(self.alpha, key, before)
    self.assertEqual(answer.tag, sub_tag("subscriptionResultsList"))
    self.assertEqual(told(answer), [made])
    self.assertEqual(told(results(self.alpha, key, now(self))), [])


def tells_period(self):
    colour = new_colour()
    key = subscribe(self.alpha, colour_filter(colour))
    one, first = now(self), coloured(self, colour)
    two, second = now(self), coloured(self, colour)
    three = now(self)
    self.assertEqual(told(results(self.alpha, key, one, two)), [first])
    self.assertEqual(told(results(self.alpha, key, two, three)), [second])
    self.assertEqual(told(results(self.alpha, key)), sorted([first, second]))


def tells_deleted(self):
    colour = new_colour()
    made = coloured(self, colour)
    key = subscribe(self.alpha, colour_filter(colour))
    before = now(self)
    self.alpha.publish("delete_service", u.element("serviceKey", made))
    answer = results(self.alpha, key, before)
    self.assertEqual((told(answer), gone(answer)), ([], [made]))
    self.assertEqual(gone(results(self.alpha, key, now(self))), [])


def tells_no_longer_matching(self):
    colour = new_colour()
    made = coloured(self, colour)
    key = subscribe(self.alpha, colour_filter(colour))
    before = now(self)
    self.alpha.publish("save_service", u.service(made, "other colour", business=B2))
    self.assertEqual(gone(results(self.alpha, key, before)), [made])


def brief(self):
    colour = new_colour()
    key = subscribe(self.alpha, colour_filter(colour), brief="true")
    made = coloured(self, colour)
    answer = results(self.alpha, key)
    self.assertEqual(told(answer), [])
    bag = answer.find(sub_tag("keyBag"))
    self.assertEqual([(one.tag.split("}")[1], one.text) for one in bag], [("deleted", "false"), ("serviceKey", made)])


def details(self):
    made = coloured(self, new_colour())
    key = subscribe(self.alpha, u.element("get_serviceDetail", u.element("serviceKey", made), ns=True))
    before = now(self)
    self.assertEqual(told(results(self.alpha, key, before)), [])
    self.alpha.publish("save_service", u.service(made, "changed", business=B2))
    answer = results(self.alpha, key, before)
    self.assertEqual(answer.find(f".//{u.tag('businessService')}/{u.tag('name')}").text, "changed")
    self.alpha.publish("delete_service", u.element("serviceKey", made))
    self.assertEqual(gone(results(self.alpha, key, before)), [made])


def assertion_status(self):
    """The report as get_assertionStatusReport has it, of the subscriber's organisation and of the status asked for."""
    one, other = fresh_business(self), fresh_business(self)
    subscribed = {status: subscribe(self.alpha, u.element("get_assertionStatusReport", status and u.element(
        "completionStatus", status), ns=True)) for status in ("", "status:complete", "status:toKey_incomplete")}
    self.alpha.publish("add_publisherAssertions", "".join(u.element(
        "publisherAssertion", u.element("fromKey", one) + u.element("toKey", key) + u.reference(RELATIONS, "peer-peer")) for key in (other, B4)))
    def reported(client, key):
        return sorted(item.find(u.tag("toKey")).text for item in results(client, key).find(u.tag("assertionStatusReport"))
                      if item.find(u.tag("fromKey")).text == one)
    self.assertEqual(reported(self.alpha, subscribed[""]), sorted([other, B4]))
    self.assertEqual(reported(self.alpha, subscribed["status:complete"]), [other])
    self.assertEqual(reported(self.alpha, subscribed["status:toKey_incomplete"]), [B4])
    theirs = subscribe(self.beta, u.element("get_assertionStatusReport", ns=True))
    self.assertEqual(reported(self.beta, theirs), [B4])


def chunks(self):
    colour = new_colour()
    made = [coloured(self, colour) for _ in range(3)]
    key = subscribe(self.alpha, colour_filter(colour), most=2)
    first = results(self.alpha, key)
    self.assertEqual(len(told(first)), 2)
    second = results(self.alpha, key, chunk=first.find(sub_tag("chunkToken")).text)
    self.assertEqual(sorted(told(first) + told(second)), sorted(made))
    self.assertIsNone(second.find(sub_tag("chunkToken")))


def lists_own(self):
    key = subscribe(self.alpha, colour_filter("red"), interval="PT1H", most=5)
    answer = said(self.alpha, "subscription", SUB, "get_subscriptions", "")
    mine = [one for one in answer if one.find(sub_tag("subscriptionKey")).text == key]
    self.assertEqual(len(mine), 1)
    self.assertEqual(mine[0].find(sub_tag("notificationInterval")).text, "PT1H")
    self.assertEqual(mine[0].find(sub_tag("maxEntities")).text, "5")
    self.assertIsNotNone(mine[0].find(f"{sub_tag('subscriptionFilter')}/{u.tag('find_service')}/{u.tag('categoryBag')}"))
    self.assertIsNotNone(mine[0].find(sub_tag("expiresAfter")))
    others = said(self.beta, "subscription", SUB, "get_subscriptions", "")
    self.assertNotIn(key, [one.find(sub_tag("subscriptionKey")).text for one in others])


def renewed(self):
    key = subscribe(self.alpha, colour_filter("red"))
    self.assertEqual(subscribe(self.alpha, None, key=key, expires="2199-01-01T00:00:00Z"), key)
    self.assertEqual(subscribe(self.alpha, colour_filter("blue"), key=key), key)


def as_many_as_there_may_be(self):
    """A thousand of one organisation: one more is refused, and renewing one of them adds none."""
    client = self.world.publisher("gamma", "Gamma Agency")
    many = lambda count: said(client, "subscription", SUB, "save_subscription", count * subscription(colour_filter("none")))
    keys = [one.find(sub_tag("subscriptionKey")).text for _ in range(4) for one in many(250)]
    self.assertEqual(len(set(keys)), 1000)
    self.refused(10160, many, 1)
    self.assertEqual(subscribe(client, None, key=keys[0], expires="2199-01-01T00:00:00Z"), keys[0])


def deleted(self):
    key = subscribe(self.alpha, colour_filter("red"))
    remove = lambda client: said(client, "subscription", SUB, "delete_subscription", u.element("subscriptionKey", key))
    self.refused(10140, remove, self.beta)
    self.assertIsNone(remove(self.alpha))
    self.refused(10210, remove, self.alpha)
    self.refused(10210, results, self.alpha, key)


def others(self):
    key = subscribe(self.alpha, colour_filter("red"))
    self.refused(10140, results, self.beta, key)


def wrong(number, title, **how):
    filter_ = how.pop("filter_", colour_filter("red"))
    return "5.5.8", title, lambda self: self.refused(number, subscribe, self.alpha, filter_, **how)


SUBSCRIPTION_CASES = [
    ("5.5.11", "what is new is told, once its time is asked for", tells_new),
    ("5.5.11", "coveragePeriod cuts out a time", tells_period),
    ("5.5.11", "what was deleted is told in a keyBag", tells_deleted),
    ("5.5.11", "what matches no longer is told likewise", tells_no_longer_matching),
    ("5.5.11", "brief tells keys only", brief),
    ("5.5.11", "a get_…Detail filter tells whole entities", details),
    ("5.5.11", "get_assertionStatusReport is told as the whole report", assertion_status),
    wrong(30100, "an unknown completionStatus inside the filter", filter_=u.element(
        "get_assertionStatusReport", u.element("completionStatus", "status:maybe"), ns=True)),
    ("5.5.11", "maxEntities cuts into chunks", chunks),
    ("5.5.11", "a coveragePeriod that ends before it begins", lambda self: self.refused(
        40030, results, self.alpha, subscribe(self.alpha, colour_filter("red")), "2026-01-02T00:00:00Z", "2026-01-01T00:00:00Z")),
    ("5.5.11", "another's subscription", others),
    ("5.5.10", "get_subscriptions lists one's own, whole", lists_own),
    ("5.5.9", "delete_subscription ends it", deleted),
    ("5.5.8", "a subscription is renewed by its key", renewed),
    ("5.5.8", "an organisation has a thousand at most, and may renew them", as_many_as_there_may_be),
    wrong(20200, "a new subscription needs a filter", filter_=None),
    wrong(10210, "an unknown subscriptionKey", key="uddi:alpha.test:none"),
    wrong(40030, "expiresAfter in the past", expires="2020-01-01T00:00:00Z"),
    wrong(20200, "a bindingKey needs a notificationInterval", binding="uddi:alpha.test:s1b1"),
    wrong(10210, "an unknown bindingKey", binding="uddi:alpha.test:none", interval="PT1H"),
    wrong(20200, "an interval of nothing", interval="PT0S"),
    wrong(10050, "an unknown findQualifier inside the filter", filter_=u.element("find_service", u.qualifiers("none"), ns=True)),
    wrong(10500, "an interval that is none", interval="hourly"),
]


class CustodyAndSubscription(CaseTable):
    pass


install(CustodyAndSubscription, CUSTODY_CASES + SUBSCRIPTION_CASES)

if __name__ == "__main__":
    suite.main()

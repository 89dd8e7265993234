#!/usr/bin/env python3
"""UDDI v3.0.2 section 5.5.12: listeners of subscriptions are notified, by HTTP and by e-mail; and where they may be."""
import itertools
import subprocess
import threading
import time

import suite
import throwaway
import uddi_client as u
from test_custody_subscription import (coloured, colour_filter, gone, new_colour, now, results, said, sub_tag, subscribe,
                                       subscription, SUB, told)
from uddi_listener import EMPTY_BODY, MailServer, WebListener, disposition
from world import B1, B2, B3, B4, COLOUR, RELATIONS, S1, CaseTable, World, install

ATTEMPTS = 3
LONGEST_SILENCE = 10      # seconds, of a listener
PLACES = (f"place{number}" for number in itertools.count(1))
WORLD = STRICT = WEB = MAIL = None


def setUpModule():
    global WORLD, STRICT, WEB, MAIL
    WEB, MAIL = WebListener(), MailServer()
    WORLD = World(listeners=["127.0.0.0/8"], notification_interval=2, notification_attempts=ATTEMPTS,
                  relay=f"smtp://127.0.0.1:{MAIL.port}", **{"from": "registry@hutong.example"})
    WORLD.fill()
    STRICT = World(notification_interval=1)
    STRICT.fill()


def tearDownModule():
    for one in (WORLD, STRICT, WEB, MAIL):
        if one is not None:
            one.close()


def listener_at(client, address, use_type=None, **more):
    """A bindingTemplate with this accessPoint; returns its key."""
    text = u.binding(service=S1, access=address, **more)
    if use_type:
        text = text.replace("<accessPoint>", f'<accessPoint useType="{use_type}">')
    return client.publish("save_binding", text)[0].get("bindingKey")


def listen(self, place, filter_, **how):
    """A subscription whose listener is at this place; returns its key."""
    return subscribe(self.alpha, filter_, binding=listener_at(self.alpha, WEB.url(place)), interval="PT2S", **how)


def colour_listener(self, **how):
    place, colour = next(PLACES), new_colour()
    return place, colour, listen(self, place, colour_filter(colour), **how)


def several(self, colour, count):
    """So many services that come into being in one transaction."""
    keys = [f"uddi:alpha.test:{colour}n{number}" for number in range(count)]
    self.alpha.publish("save_service", "".join(
        u.service(key, "one of several", business=B2, bag=u.categories(u.reference(COLOUR, colour))) for key in keys))
    return keys


def period(results_list):
    covered = results_list.find(sub_tag("coveragePeriod"))
    return covered.find(sub_tag("startPoint")).text, covered.find(sub_tag("endPoint")).text


def log_has(world, *parts):
    """A line of the daemon's log with all of this."""
    lines = world.daemon.log.read_text(errors="replace").splitlines()
    return next((line for line in lines if all(part in line for part in parts)), None)


def wait_for_log(world, *parts):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if line := log_has(world, *parts):
            return line
        time.sleep(0.05)
    raise AssertionError(f"no line of the log has {parts}")


# What is told

def tells_new(self):
    place, colour, key = colour_listener(self)
    made = coloured(self, colour)
    first = WEB.wait(place)[0]
    self.assertEqual(told(first), [made])
    self.assertEqual(first.find(f"{sub_tag('subscription')}/{sub_tag('subscriptionKey')}").text, key)
    self.assertIsNone(first.find(sub_tag("chunkToken")))


def only_changes(self):
    quiet, _, _ = colour_listener(self)
    place, colour, _ = colour_listener(self)
    for count in (1, 2, 3):
        coloured(self, colour)
        WEB.wait(place, count)
    self.assertEqual(WEB.count(quiet), 0)


def periods_join(self):
    place, colour, _ = colour_listener(self)
    seen = []
    for count in (1, 2, 3):
        made = coloured(self, colour)
        newest = WEB.wait(place, count)[-1]
        self.assertEqual(told(newest), [made])
        seen.append(period(newest))
    self.assertEqual([start for start, _ in seen[1:]], [end for _, end in seen[:-1]])
    for start, end in seen:
        self.assertLess(start, end)


def tells_deleted(self):
    colour, place = new_colour(), next(PLACES)
    made = coloured(self, colour)
    listen(self, place, colour_filter(colour))
    self.alpha.publish("delete_service", u.element("serviceKey", made))
    only = WEB.wait(place)[0]
    self.assertEqual((told(only), gone(only)), ([], [made]))


def tells_no_longer_matching(self):
    colour, place = new_colour(), next(PLACES)
    made = coloured(self, colour)
    listen(self, place, colour_filter(colour))
    self.alpha.publish("save_service", u.service(made, "other colour", business=B2))
    self.assertEqual(gone(WEB.wait(place)[0]), [made])


def another_filter(self):
    """What only the old filter matched is not told as deleted."""
    place, old, new = next(PLACES), new_colour(), new_colour()
    coloured(self, old)
    binding = listener_at(self.alpha, WEB.url(place))
    key = subscribe(self.alpha, colour_filter(old), binding=binding, interval="PT2S")
    subscribe(self.alpha, colour_filter(new), key=key, binding=binding, interval="PT2S")
    made = coloured(self, new)
    only = WEB.wait(place)[0]
    self.assertEqual((told(only), gone(only)), ([made], []))


def brief(self):
    place, colour, _ = colour_listener(self, brief="true")
    made = coloured(self, colour)
    only = WEB.wait(place)[0]
    self.assertEqual(told(only), [])
    self.assertEqual([(one.tag.split("}")[1], one.text) for one in only.find(sub_tag("keyBag"))],
                     [("deleted", "false"), ("serviceKey", made)])


def details(self):
    place = next(PLACES)
    made = coloured(self, new_colour())
    listen(self, place, u.element("get_serviceDetail", u.element("serviceKey", made), ns=True))
    self.alpha.publish("save_service", u.service(made, "changed", business=B2))
    only = WEB.wait(place)[0]
    self.assertEqual(only.find(f".//{u.tag('businessService')}/{u.tag('name')}").text, "changed")


def chunks(self):
    place, colour, _ = colour_listener(self, most=2)
    made = several(self, colour, 5)
    lists = WEB.wait(place, 3)
    self.assertEqual([len(told(one)) for one in lists], [2, 2, 1])
    self.assertEqual(sorted(key for one in lists for key in told(one)), sorted(made))
    self.assertEqual(len({period(one) for one in lists}), 1)
    self.assertEqual([one.find(sub_tag("chunkToken")) for one in lists], [None] * 3)


def chunks_of_deleted(self):
    colour, place = new_colour(), next(PLACES)
    made = several(self, colour, 3)
    listen(self, place, colour_filter(colour), most=2)
    self.alpha.publish("delete_service", "".join(u.element("serviceKey", one) for one in made))
    lists = WEB.wait(place, 2)
    self.assertEqual([len(gone(one)) for one in lists], [2, 1])
    self.assertEqual(sorted(key for one in lists for key in gone(one)), sorted(made))


def relations(self):
    """Told when they change and not each time: the second subscription shows that time has passed."""
    place = next(PLACES)
    listen(self, place, u.element("find_relatedBusinesses", u.element("businessKey", B3), ns=True))
    other, colour, _ = colour_listener(self)
    coloured(self, colour)
    WEB.wait(other)
    self.assertEqual(WEB.count(place), 0)
    assertion = u.element("publisherAssertion", u.element("fromKey", B3) + u.element("toKey", B1) +
                          u.reference(RELATIONS, "peer-peer", "related"))
    self.alpha.publish("add_publisherAssertions", assertion)
    formed = WEB.wait(place)[0]
    self.assertEqual([one.find(u.tag("businessKey")).text for one in formed.iter(u.tag("relatedBusinessInfo"))], [B1])
    for count in (2, 3):
        coloured(self, colour)
        WEB.wait(other, count)
    self.assertEqual(WEB.count(place), 1)
    self.alpha.publish("delete_publisherAssertions", assertion)
    dissolved = WEB.wait(place, 2)[1]
    self.assertEqual(list(dissolved.iter(u.tag("relatedBusinessInfo"))), [])


def assertion_status(self):
    """The whole report, and only when it is another one: whichever side has changed it."""
    place = next(PLACES)
    listen(self, place, u.element("get_assertionStatusReport", ns=True))
    other, colour, _ = colour_listener(self)
    coloured(self, colour)
    WEB.wait(other)
    self.assertEqual(WEB.count(place), 0)
    assertion = u.element("publisherAssertion", u.element("fromKey", B3) + u.element("toKey", B4) +
                          u.reference(RELATIONS, "peer-peer", "reported"))
    statuses = lambda told: [one.get("completionStatus") for one in told.iter(u.tag("assertionStatusItem"))
                             if one.find(u.tag("keyedReference")).get("keyName") == "reported"]
    self.alpha.publish("add_publisherAssertions", assertion)
    self.assertEqual(statuses(WEB.wait(place)[0]), ["status:toKey_incomplete"])
    for count in (2, 3):
        coloured(self, colour)
        WEB.wait(other, count)
    self.assertEqual(WEB.count(place), 1)
    self.beta.publish("add_publisherAssertions", assertion)
    self.assertEqual(statuses(WEB.wait(place, 2)[1]), ["status:complete"])
    for client in (self.alpha, self.beta):
        client.publish("delete_publisherAssertions", assertion)
    self.assertIn(statuses(WEB.wait(place, 3)[-1]), ([], ["status:fromKey_incomplete"]))


def empty_body_confirms(self):
    place, colour, _ = colour_listener(self)
    WEB.answers[place] = lambda number: (200, {}, EMPTY_BODY)
    coloured(self, colour)
    WEB.wait(place)
    made = coloured(self, colour)
    first, second = WEB.wait(place, 2)
    self.assertEqual((told(second), period(second)[0]), ([made], period(first)[1]))


# Listeners that do not take it

def told_until_confirmed(answer):
    """What this answer is given to is told again, from the same time on; what came meanwhile with it."""
    def run(self):
        place, colour, key = colour_listener(self)
        WEB.answers[place] = lambda number: answer if number == 1 else (200, {}, disposition())
        made = coloured(self, colour)
        self.assertEqual(told(WEB.wait(place)[0]), [made])
        wait_for_log(WORLD, "HT3024", key)
        first, second = WEB.wait(place, 2)[:2]
        self.assertIn(made, told(second))
        self.assertEqual(period(second)[0], period(first)[0])
        wait_for_log(WORLD, "HT3026", key)
    return run


def log_keeps_secrets_of_addresses(self):
    place, colour = next(PLACES), new_colour()
    WEB.answers[f"{place}?token=s3cr3t"] = lambda number: (500, {}, "")
    binding = listener_at(self.alpha, WEB.url(f"{place}?token=s3cr3t"))
    key = subscribe(self.alpha, colour_filter(colour), binding=binding, interval="PT2S")
    coloured(self, colour)
    self.assertIn(WEB.url(place) + ": status 500", wait_for_log(WORLD, "HT3024", key))
    self.assertIsNone(log_has(WORLD, "s3cr3t"))


def no_redirect(self):
    elsewhere = next(PLACES)
    told_until_confirmed((307, {"Location": WEB.url(elsewhere)}, ""))(self)
    self.assertEqual(WEB.count(elsewhere), 0)


def given_up(self):
    """After so many failures nothing is sent any more; what was missed can be asked for, and comes once it is saved anew."""
    place, colour, key = colour_listener(self)
    before = now(self)
    WEB.answers[place] = lambda number: (500, {}, "") if number <= ATTEMPTS else (200, {}, disposition())
    made = coloured(self, colour)
    wait_for_log(WORLD, "HT3025", key, "status 500")
    self.assertEqual(WEB.count(place), ATTEMPTS)
    self.assertEqual(told(results(self.alpha, key, before)), [made])
    binding = said(self.alpha, "subscription", SUB, "get_subscriptions", "")
    binding = [one.find(u.tag("bindingKey")).text for one in binding if one.find(sub_tag("subscriptionKey")).text == key][0]
    self.assertEqual(subscribe(self.alpha, None, key=key, binding=binding, interval="PT2S"), key)
    self.assertEqual(told(WEB.wait(place, ATTEMPTS + 1)[-1]), [made])


def uncomputable_counts_against_no_listener(self):
    place, key = next(PLACES), f"uddi:alpha.test:{new_colour()}"
    self.alpha.publish("save_business", u.business(key, "goes away"))
    followed = listen(self, place, u.element("find_relatedBusinesses", u.element("businessKey", key), ns=True))
    self.alpha.publish("delete_business", u.element("businessKey", key))
    wait_for_log(WORLD, "HT3027", followed, key)
    self.assertIsNone(log_has(WORLD, "HT3024", followed))
    self.assertEqual(WEB.count(place), 0)


def old_transaction_is_told_of(self):
    """What is told ends before the oldest transaction: one that somebody forgot holds all back, and the log says which."""
    place, colour, _ = colour_listener(self)
    folder = (WORLD.daemon.home / "pg/data/postmaster.pid").read_text().splitlines()[4]
    psql = throwaway.program("psql", "/usr/lib/postgresql/*/bin/psql")
    url = f"postgresql://hutong@/hutong?host={folder}&application_name=forgotten"
    with subprocess.Popen([psql, "--no-psqlrc", "--quiet", url], stdin=subprocess.PIPE, text=True) as session:
        session.stdin.write("begin;\n")
        session.stdin.flush()
        wait_for_log(WORLD, "HT3028", "application_name forgotten")
        made = coloured(self, colour)
        self.assertEqual(WEB.count(place), 0)
    self.assertEqual(told(WEB.wait(place)[0]), [made])


def slow_holds_up_nobody(self):
    """The slow one's first request is answered once the fast one's has come: it would fail if it had to wait for its end."""
    slow, slow_colour, slow_key = colour_listener(self)
    fast_came, gave_up = threading.Event(), []

    def wait(number):
        if number == 1 and not fast_came.wait(LONGEST_SILENCE - 2):
            gave_up.append(number)
        return 200, {}, disposition()
    WEB.answers[slow] = wait
    place, colour, _ = colour_listener(self)
    WEB.answers[place] = lambda number: (fast_came.set(), (200, {}, disposition()))[1]
    slow_made = coloured(self, slow_colour)
    self.assertEqual(told(WEB.wait(slow)[0]), [slow_made])
    made = coloured(self, colour)
    self.assertEqual(told(WEB.wait(place)[0]), [made])
    self.assertEqual(gave_up, [])
    coloured(self, slow_colour)
    self.assertNotIn(slow_made, told(WEB.wait(slow, 2)[1]))      # its first answer counted
    self.assertFalse(log_has(WORLD, "HT3024", slow_key))


def dripping_fails_and_holds_up_nobody(self):
    """A byte at a time, for ever: to the limit of one organisation but one. It ends from the registry's side, as a failure."""
    gone_away, dripping = threading.Semaphore(0), []

    def drip():
        try:
            while True:
                yield " "
                time.sleep(0.3)
        finally:
            gone_away.release()
    for _ in range(3):
        place, colour, key = colour_listener(self)
        WEB.answers[place] = lambda number: (
            200, {"Content-Length": 60000}, drip()) if number == 1 else (200, {}, disposition())
        dripping.append((place, key, coloured(self, colour)))
    for place, _, _ in dripping:
        WEB.wait(place)
    place, colour, _ = colour_listener(self)
    made = coloured(self, colour)
    self.assertEqual(told(WEB.wait(place)[0]), [made])
    self.assertFalse(gone_away.acquire(blocking=False), "a dripping answer ended before the other listener was told")
    for place, key, made in dripping:
        wait_for_log(WORLD, "HT3024", key, "too slowly")
        self.assertIn(made, told(WEB.wait(place, 2)[1]))


def follows_its_binding(self):
    """The accessPoint counts as it is when something is told."""
    old, new, colour = next(PLACES), next(PLACES), new_colour()
    binding = listener_at(self.alpha, WEB.url(old))
    subscribe(self.alpha, colour_filter(colour), binding=binding, interval="PT2S")
    self.alpha.publish("save_binding", u.binding(binding, service=S1, access=WEB.url(new)))
    made = coloured(self, colour)
    self.assertEqual(told(WEB.wait(new)[0]), [made])
    self.assertEqual(WEB.count(old), 0)


# E-mail

def mails(self):
    place, colour = f"{next(PLACES)}@agency.example", new_colour()
    subscribe(self.alpha, colour_filter(colour), binding=listener_at(self.alpha, f"mailto:{place}"), interval="PT2S")
    made = coloured(self, colour)
    self.assertEqual(told(MAIL.wait(place)[0]), [made])
    sender, recipients, message = [one for one in MAIL.messages if one[1] == [place]][0]
    self.assertEqual((sender, recipients), ("registry@hutong.example", [place]))
    self.assertEqual((message["From"], message["To"]), ("<registry@hutong.example>", f"<{place}>"))
    self.assertEqual((message.get_content_type(), message["Auto-Submitted"]), ("text/xml", "auto-generated"))
    for name in ("Date", "Message-ID", "Subject"):
        self.assertTrue(message[name], name)


def mailed_again(self):
    place, colour = f"{next(PLACES)}@agency.example", new_colour()
    MAIL.refusals[place] = 1
    key = subscribe(self.alpha, colour_filter(colour), binding=listener_at(self.alpha, f"mailto:{place}"), interval="PT2S")
    made = coloured(self, colour)
    wait_for_log(WORLD, "HT3024", key, "550")
    self.assertEqual(told(MAIL.wait(place)[0]), [made])


def hanging_relay_holds_up_no_web_service(self):
    """As many mails as an organisation may have under way, at a relay that answers none until a Web service has been told."""
    came, at_it, gave_up = threading.Event(), threading.Event(), []

    def hang():
        at_it.set()
        if not came.wait(25):  # the notifier waits for 30
            gave_up.append(1)
    mailed, places = new_colour(), [f"{next(PLACES)}@agency.example" for _ in range(4)]
    for place in places:
        MAIL.before[place] = hang
        subscribe(self.alpha, colour_filter(mailed), binding=listener_at(self.alpha, f"mailto:{place}"), interval="PT2S")
    place, colour, _ = colour_listener(self)
    WEB.answers[place] = lambda number: (came.set(), (200, {}, disposition()))[1]
    letter = coloured(self, mailed)
    self.assertTrue(at_it.wait(60))
    made = coloured(self, colour)
    self.assertEqual(told(WEB.wait(place)[0]), [made])
    self.assertEqual(gave_up, [])
    for one in places:
        self.assertIn(letter, told(MAIL.wait(one)[0]))


# Where listeners may be

def refused_at(address, number=20200, use_type=None, **more):
    def run(self):
        binding = listener_at(self.alpha, address, use_type, **more)
        self.refused(number, subscribe, self.alpha, colour_filter("red"), binding=binding, interval="PT2S")
    return run


def shortest_interval(self):
    answer = said(self.alpha, "subscription", SUB, "save_subscription", subscription(
        colour_filter("red"), binding=listener_at(self.alpha, WEB.url(next(PLACES))), interval="PT1S"))
    self.assertEqual(answer.find(f".//{sub_tag('notificationInterval')}").text, "PT2S")


def strict_refuses(address):
    """By default: no address of this machine or of a private network, and no e-mail without a relay."""
    def run(self):
        client = STRICT.alpha
        self.refused(20200, subscribe, client, colour_filter("red"), binding=listener_at(client, address), interval="PT1S")
    return run


def names_of_loopback_are_not_connected_to(self):
    """A name is judged by what it resolves to when something is sent."""
    client = STRICT.alpha
    for host in ("localhost", "127.1", "2130706433"):
        place, colour = next(PLACES), new_colour()
        key = subscribe(client, colour_filter(colour), binding=listener_at(client, WEB.url(place, host)), interval="PT1S")
        client.publish("save_service", u.service(None, "x", business=B2, bag=u.categories(u.reference(COLOUR, colour))))
        wait_for_log(STRICT, "HT3024", key, "not one that may be connected to")
        self.assertEqual(WEB.count(place), 0)


def others_binding(self):
    binding = self.beta.publish("save_business", u.business(
        None, "listens", services=[u.service(None, "s", bindings=[u.binding(access=WEB.url(next(PLACES)))])]))
    key = binding.find(f".//{u.tag('bindingTemplate')}").get("bindingKey")
    self.refused(10140, subscribe, self.alpha, colour_filter("red"), binding=key, interval="PT2S")


CASES = [
    ("5.5.12", "what is new is told, in a message that fits the contract", tells_new),
    ("5.5.8", "nothing is sent where nothing has changed", only_changes),
    ("5.5.4", "each coveragePeriod begins where the last one ended", periods_join),
    ("5.5.6", "what was deleted is told in a keyBag", tells_deleted),
    ("5.5.6", "what matches no longer is told likewise", tells_no_longer_matching),
    ("5.5.8", "another filter makes nothing deleted", another_filter),
    ("5.5.6", "brief tells keys only", brief),
    ("5.5.12", "a get_…Detail filter tells whole entities", details),
    ("5.5.12", "maxEntities makes several messages, without chunkTokens", chunks),
    ("5.5.12", "maxEntities holds for what is gone, too", chunks_of_deleted),
    ("5.5.8", "relations are told when they are formed and dissolved", relations),
    ("5.5.8", "the status of assertions is told when it is another one", assertion_status),
    ("5.5.12", "an empty message confirms", empty_body_confirms),
    ("5.5.12", "a server error is no confirmation", told_until_confirmed((500, {}, disposition(10500, "E_fatalError")))),
    ("5.5.12", "a dispositionReport of failure is none", told_until_confirmed((200, {}, disposition(10500, "E_fatalError")))),
    ("5.5.12", "what is no SOAP is none", told_until_confirmed((200, {}, "<html/>"))),
    ("5.5.12", "what is no XML is none", told_until_confirmed((200, {}, "thanks"))),
    ("5.5.12", "an endless answer is none", told_until_confirmed((200, {}, " " * 70000 + EMPTY_BODY))),
    ("5.5.12", "a redirect is none, and is not followed", no_redirect),
    ("5.5.8", "excessive failures end the notifications and not the subscription", given_up),
    ("5.5.12", "the log shows no query string of an accessPoint", log_keeps_secrets_of_addresses),
    ("5.5.8", "what cannot be found counts against no listener", uncomputable_counts_against_no_listener),
    ("5.5.12", "a transaction that holds notifications back is told of", old_transaction_is_told_of),
    ("5.5.12", "a slow listener holds up nobody else", slow_holds_up_nobody),
    ("5.5.12", "nor does one whose answer never ends, which is none", dripping_fails_and_holds_up_nobody),
    ("5.5.8", "the bindingTemplate counts as it is when something is told", follows_its_binding),
    ("5.5.8", "by e-mail the body is that of the SOAP message", mails),
    ("5.5.8", "what the relay refuses is mailed again", mailed_again),
    ("5.5.8", "a relay that hangs holds up no Web service", hanging_relay_holds_up_no_web_service),
    ("5.5.8", "a notificationInterval too short becomes the shortest there is", shortest_interval),
    ("5.5.8", "another's bindingTemplate", others_binding),
    ("5.5.8", "a listener at an address of another scheme", refused_at("ftp://example.test/x")),
    ("5.5.8", "a listener at the address of a WSDL", refused_at("http://example.test/?wsdl", use_type="wsdlDeployment")),
    ("5.5.8", "a listener in a network that is not allowed", refused_at("http://10.1.2.3/x")),
    ("5.5.8", "a listener at an IPv6 address of this machine", refused_at("http://[::1]/x")),
    ("5.5.8", "a mailbox with headers", refused_at("mailto:a@agency.example?bcc=b@agency.example")),
    ("5.5.8", "several mailboxes", refused_at("mailto:a@agency.example,b@agency.example")),
    ("5.5.8", "a mailbox with escapes", refused_at("mailto:a%0d%0aRCPT@agency.example")),
    ("5.5.8", "by default no listener on this machine", strict_refuses("http://127.0.0.1:8080/x")),
    ("5.5.8", "by default no listener at a mapped address", strict_refuses("http://[::ffff:127.0.0.1]:8080/x")),
    ("5.5.8", "by default no listener where clouds keep secrets", strict_refuses("http://169.254.169.254/x")),
    ("5.5.8", "without a relay no mailbox", strict_refuses("mailto:a@agency.example")),
    ("5.5.8", "names of this machine are not connected to", names_of_loopback_are_not_connected_to),
]


class Notification(CaseTable):
    @classmethod
    def setUpClass(cls):
        cls.world = WORLD

    def tearDown(self):
        """What a case subscribed to takes no place from the next one's listeners, which all are at one host."""
        for client in (self.alpha, self.beta):
            kept = said(client, "subscription", SUB, "get_subscriptions", "").iter(sub_tag("subscriptionKey"))
            if keys := "".join(u.element("subscriptionKey", one.text) for one in kept):
                said(client, "subscription", SUB, "delete_subscription", keys)


install(Notification, CASES)

if __name__ == "__main__":
    suite.main()

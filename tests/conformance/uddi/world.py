"""What the conformance cases look at: one daemon, two organisations that publish, and entities made to be told apart."""
import json
import re
import sys
import unittest

import uddi_client as u
from hutong_daemon import Daemon

GENERAL = "uddi:uddi.org:categorization:general_keywords"
RELATIONS = "uddi:uddi.org:relationships"
COLOUR, SIZE, NUMBER, GROUP = (f"uddi:alpha.test:{one}" for one in ("colour", "size", "number", "group"))
IFACE1, IFACE2, IFACE3 = (f"uddi:alpha.test:iface{n}" for n in (1, 2, 3))
B1, B2, B3 = (f"uddi:alpha.test:b{n}" for n in (1, 2, 3))
B4 = "uddi:beta.test:b4"
S1, S2, S3, S4, S5, S6 = (f"uddi:alpha.test:s{n}" for n in (1, 2, 3, 4, 5, 6))
S7 = "uddi:beta.test:s7"

COUNTER = iter(range(100, 100000))      # for what no other case may have named

SIGNATURE = ('<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignedInfo>'
             '<CanonicalizationMethod Algorithm="urn:uddi-org:schemaCentricC14N:2002-07-10"/>'
             '<SignatureMethod Algorithm="http://www.w3.org/2000/09/xmldsig#rsa-sha1"/><Reference URI="">'
             '<DigestMethod Algorithm="http://www.w3.org/2000/09/xmldsig#sha1"/><DigestValue>AAAA</DigestValue>'
             '</Reference></SignedInfo><SignatureValue>AAAA</SignatureValue></Signature>')


def fresh(kind="x"):
    """A key of alpha's that nothing has."""
    return f"uddi:alpha.test:{kind}{next(COUNTER)}"


class World:
    """The daemon, `alpha` and `beta` signed in, and everything above saved. `options`: keys of its configuration."""

    def __init__(self, **options):
        self.daemon = Daemon()
        self.daemon.init()
        for key, value in options.items():
            self.daemon.set_option(key, json.dumps(value))
        self.daemon.__enter__()
        try:
            self.alpha = self.publisher("alpha", "Alpha Agency")
            self.beta = self.publisher("beta", "Beta Agency")
        except BaseException:
            self.daemon.__exit__(*sys.exc_info())
            raise

    def publisher(self, org, name):
        self.daemon.org(org, name)
        said = self.daemon.cli("publisher", "add", f"{org}-editor", "--org", org)
        client = u.Uddi(self.daemon.http)
        client.sign_in(f"{org}-editor", said["password"])
        return client

    def close(self):
        self.daemon.__exit__(None, None, None)

    def fill(self):
        alpha, beta = self.alpha, self.beta
        alpha.publish("save_tModel", u.generator("alpha.test"))
        beta.publish("save_tModel", u.generator("beta.test"))
        unchecked = lambda kind: u.categories(u.reference(u.TYPES, kind), u.reference(u.TYPES, "unchecked"))
        alpha.publish("save_tModel", u.tmodel(COLOUR, "Colour scheme", bags=unchecked("categorization")) +
                      u.tmodel(SIZE, "Size scheme", bags=unchecked("categorization")) +
                      u.tmodel(NUMBER, "Number scheme", bags=unchecked("identifier")) +
                      u.tmodel(GROUP, "Group scheme", bags=unchecked("categorizationGroup")) +
                      u.tmodel(IFACE1, "Interface one", bags=u.identifiers(u.reference(NUMBER, "t-1")) +
                               u.categories(u.reference(u.TYPES, "wsdlSpec"), u.reference(COLOUR, "red"))) +
                      u.tmodel(IFACE2, "Interface two", bags=u.categories(u.reference(u.TYPES, "wsdlSpec"))) +
                      u.tmodel(IFACE3, "interface Three", bags=u.categories(u.reference(u.TYPES, "xmlSpec"))))
        red, blue, green = (u.reference(COLOUR, one) for one in ("red", "blue", "green"))
        big, small = (u.reference(SIZE, one) for one in ("big", "small"))
        alpha.publish("save_business", u.business(
            B1, u.name("Bureau One", "en"), u.name("第一局", "zh"),
            before='<discoveryURLs><discoveryURL useType="homepage">http://one.example.test/</discoveryURL></discoveryURLs>',
            descriptions='<description xml:lang="en">The first bureau</description>',
            services=[
                u.service(S1, "Tax Query", bag=u.categories(red, big),
                          bindings=[u.binding("uddi:alpha.test:s1b1", tmodels=(IFACE1, IFACE2), bag=u.categories(green)),
                                    u.binding("uddi:alpha.test:s1b2", tmodels=(IFACE3,))]),
                u.service(S2, "tax query", bag=u.categories(blue), bindings=[u.binding("uddi:alpha.test:s2b1", tmodels=(IFACE1,))]),
                u.service(S3, "Tax_Query 100%", bag=u.categories(red, small),
                          bindings=[u.binding("uddi:alpha.test:s3b1", tmodels=(IFACE2,))])],
            after=u.identifiers(u.reference(NUMBER, "1")) + u.categories(red)))
        alpha.publish("save_business", u.business(
            B2, "bureau two", services=[
                u.service(S4, "Tàx Query", bag=u.categories(u.group(GROUP, red, big))),
                u.service(S5, u.name("企业信息查询", "zh"), u.name("Company Query", "en"), u.name("Requête entreprise", "fr-CA"),
                          bag=u.categories(green, u.reference(GENERAL, "alpha", "urn:kind-1")))],
            after=u.identifiers(u.reference(NUMBER, "2"), u.reference(NUMBER, "3")) + u.categories(blue, big)))
        alpha.publish("save_business", u.business(
            B3, u.name("Büro Drei", "de"), services=[
                u.service(S6, "Old service", bag=u.categories(red),
                          bindings=[u.binding("uddi:alpha.test:s6b1", tmodels=(IFACE3,), bag=u.categories(green, big))])]))
        beta.publish("save_business", u.business(
            B4, "Zeta", services=[u.service(S7, "Zeta service", bag=u.categories(u.reference(COLOUR, "violet")),
                                            signature=SIGNATURE),
                                  u.service(S1, "Tax Query", business=B1)]))


class WorldCase(unittest.TestCase):
    """The cases of a class share one filled world."""

    @classmethod
    def setUpClass(cls):
        cls.world = World()
        cls.addClassCleanup(cls.world.close)
        cls.world.fill()


class CaseTable(WorldCase):
    """Cases come from tables: `install(class, rows)`, a row being (section, what it says, function of the case)."""

    @property
    def alpha(self):
        return self.world.alpha

    @property
    def beta(self):
        return self.world.beta

    def refused(self, number, what, *arguments, names=(), key_type=None, **named):
        """The call is answered by a fault with this number, whose code is of that number and whose text says something.

        `names`: what the text contains. `key_type`: the result's keyType."""
        with self.assertRaises(u.UddiFault) as caught:
            what(*arguments, **named)
        self.assertEqual(caught.exception.number, number, caught.exception.text)
        self.assertTrue(caught.exception.code.startswith("E_"))
        self.assertTrue(caught.exception.text)
        for one in (names,) if isinstance(names, str) else names:
            self.assertIn(one, caught.exception.text)
        if key_type:
            self.assertEqual(caught.exception.key_type, key_type)
        return caught.exception


def install(table, rows):
    for number, (section, title, run) in enumerate(rows, 1):
        slug = re.sub(r"[^a-z0-9]+", "_", title.lower()).strip("_")[:70]
        def method(self, run=run):
            run(self)
        method.__doc__ = f"UDDI 3.0.2 section {section}: {title}"
        setattr(table, f"test_{number:03}_{section.replace('.', '_')}_{slug}", method)

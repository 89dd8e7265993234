#!/usr/bin/env python3
"""UDDI v3.0.2 chapter 5.1, inquiry: written from the specification's text, over SOAP against a real daemon."""
import suite
import uddi_client as u
from world import (B1, B2, B3, B4, COLOUR, GENERAL, GROUP, IFACE1, IFACE2, IFACE3, NUMBER, S1, S2, S3, S4, S5, S6, S7, SIZE,
                   CaseTable, install)


def ref(scheme, value, key_name=None):
    return u.reference(scheme, value, key_name)


RED, BLUE, GREEN = ref(COLOUR, "red"), ref(COLOUR, "blue"), ref(COLOUR, "green")
BIG, SMALL = ref(SIZE, "big"), ref(SIZE, "small")


def asked(operation, *, q=(), names=(), ids=(), cats=(), tmodels=(), find_tmodel=None, urls=(), related=None, keyed=None,
          **attributes):
    """The find's content in the order of the schema."""
    bag = lambda wrap, refs: wrap(*refs) if refs else ""
    said = u.qualifiers(*q)
    if related:
        said += related
    said += "".join(one if one.startswith("<") else u.name(one) for one in names)
    parts = {"ids": bag(u.identifiers, ids), "cats": bag(u.categories, cats), "tmodels": u.tmodel_bag(*tmodels),
             "find": find_tmodel or "",
             "urls": u.element("discoveryURLs", "".join(u.element("discoveryURL", one) for one in urls)) if urls else ""}
    order = {"find_business": ("ids", "cats", "tmodels", "find", "urls"), "find_service": ("cats", "tmodels", "find"),
             "find_binding": ("tmodels", "find", "cats"), "find_tModel": ("ids", "cats")}[operation]
    said += "".join(parts[one] for one in order)
    return operation, said, attributes


def finds(operation, expected, *, exactly_ordered=False, only=None, **how):
    """A case: the find's keys are these (in any order, unless it matters); `only` looks at keys that begin with it."""
    def run(self):
        name, content, attributes = asked(operation, **how)
        found = u.keys_of(self.alpha.inquire(name, content, **attributes))
        if only:
            found = [one for one in found if one.startswith(only)]
        if exactly_ordered:
            self.assertEqual(found, list(expected))
        else:
            self.assertEqual(sorted(found), sorted(expected))
    return run


def services(expected, **how):
    return finds("find_service", expected, **how)


def businesses(expected, **how):
    return finds("find_business", expected, **how)


def bindings(expected, **how):
    return finds("find_binding", [f"uddi:alpha.test:{one}" for one in expected], **how)


def tmodels(expected, **how):
    return finds("find_tModel", expected, **how)


def fails(number, operation, **how):
    def run(self):
        name, content, attributes = asked(operation, **how)
        self.refused(number, self.alpha.inquire, name, content, **attributes)
    return run


NONE = "uddi:alpha.test:none"


def unknown_keys(section, title, field, place, keys, how):
    """Nobody's key, or that of another kind of entity, is an error that names it and its field."""
    for key in keys:
        def run(self, key=key):
            name, content, attributes = asked(title.split()[0], **how(key))
            self.refused(10210, self.alpha.inquire, name, content, names=(f'{field} "{key}"', place), key_type=field, **attributes)
        yield section, f"{title}: an unknown {field} {key}", run


ALL_SERVICES = (S1, S2, S3, S4, S5, S6, S7)

NAMES = [
    ("5.1.12", "a service is found by its name, exactly", services([S1], names=["Tax Query"])),
    ("5.1.12", "any of several names may match", services([S1, S6], names=["Tax Query", "Old service"])),
    ("5.1.12", "no service of that name is an empty list and no error", services([], names=["Nothing"])),
    ("5.1.4.3", "exactMatch is the default and regards case", services([S2], names=["tax query"])),
    ("5.1.4.3", "exactMatch regards diacritics", services([S4], names=["Tàx Query"])),
    ("5.1.4.3", "exactMatch takes wildcard characters literally", services([S3], names=["Tax_Query 100%"])),
    ("5.1.4.3", "exactMatch may be said", services([S1], names=["Tax Query"], q=["exactMatch"])),
    ("5.1.4.3", "caseInsensitiveMatch disregards case", services([S1, S2], names=["TAX QUERY"], q=["caseInsensitiveMatch"])),
    ("5.1.4.3", "caseInsensitiveMatch still regards diacritics", services([S4], names=["TÀX QUERY"], q=["caseInsensitiveMatch"])),
    ("5.1.4.3", "diacriticInsensitiveMatch disregards diacritics", services([S1, S4], names=["Tax Query"], q=["diacriticInsensitiveMatch"])),
    ("5.1.4.3", "diacriticInsensitiveMatch still regards case", services([S2], names=["tax query"], q=["diacriticInsensitiveMatch"])),
    ("5.1.4.3", "both together disregard case and diacritics",
     services([S1, S2, S4], names=["TÁX QUERY"], q=["caseInsensitiveMatch", "diacriticInsensitiveMatch"])),
    ("5.1.6", "approximateMatch: % stands for any characters", services([S1, S3], names=["Tax%"], q=["approximateMatch"])),
    ("5.1.6", "approximateMatch: two characters are a beginning", services([S1, S3], names=["Ta%"], q=["approximateMatch"])),
    ("5.1.6", "approximateMatch: so is one", services([S1, S3, S4], names=["T%"], q=["approximateMatch"])),
    ("5.1.6", "approximateMatch: a beginning of Chinese characters", services([S5], names=["企业%"], q=["approximateMatch"])),
    ("5.1.6", "approximateMatch: % may stand for none", services([S1], names=["Tax Query%"], q=["approximateMatch"])),
    ("5.1.6", "approximateMatch: % may stand first", services([S1, S4], names=["%x Query"], q=["approximateMatch"])),
    ("5.1.6", "approximateMatch: % may stand in the middle", services([S1, S3], names=["Tax%Query%"], q=["approximateMatch"])),
    ("5.1.6", "approximateMatch: % alone finds all", services(ALL_SERVICES, names=["%"], q=["approximateMatch"])),
    ("5.1.6", "approximateMatch: _ stands for one character", services([S1, S4], names=["T_x Query"], q=["approximateMatch"])),
    ("5.1.6", "approximateMatch: _ stands for no less than one", services([], names=["Tax_ Query"], q=["approximateMatch"])),
    ("5.1.6", r"approximateMatch: \% is a percent sign", services([S3], names=[r"%100\%"], q=["approximateMatch"])),
    ("5.1.6", r"approximateMatch: \_ is an underscore", services([S3], names=[r"Tax\_%"], q=["approximateMatch"])),
    ("5.1.6", r"approximateMatch: a lone backslash at the end is no error", services([], names=["Tax\\"], q=["approximateMatch"])),
    ("5.1.6", "approximateMatch without a wildcard finds the very name", services([S1], names=["Tax Query"], q=["approximateMatch"])),
    ("5.1.4.3", "approximateMatch with caseInsensitiveMatch", services([S1, S2, S3], names=["tax%"], q=["approximateMatch", "caseInsensitiveMatch"])),
    ("5.1.4.3", "approximateMatch with diacriticInsensitiveMatch", services([S1, S3, S4], names=["Tax%"], q=["approximateMatch", "diacriticInsensitiveMatch"])),
    ("5.1.4.3", "approximateMatch in the middle, without case", services([S1, S2, S3, S4, S5], names=["%QUERY%"], q=["approximateMatch", "caseInsensitiveMatch"])),
    ("5.1.6", "approximateMatch finds two Chinese characters inside a name", services([S5], names=["%查询%"], q=["approximateMatch"])),
    ("5.1.12", "a Chinese name is found exactly", services([S5], names=["企业信息查询"])),
    ("5.1.12", "white space around a name does not count", services([S1], names=["  Tax   Query "])),
    ("5.1.12", "any of a service's names will do", services([S5], names=["Company Query"])),
    ("5.2.4", "xml:lang narrows a name to that language", services([S5], names=[u.name("Company Query", "en")])),
    ("5.2.4", "a name in another language is not found", services([], names=[u.name("Company Query", "zh")])),
    ("5.2.4", "a language finds its variants", services([S5], names=[u.name("Requête entreprise", "fr")])),
    ("5.2.4", "a variant does not find another", services([], names=[u.name("Requête entreprise", "fr-FR")])),
    ("5.2.4", "languages are compared without case", services([S5], names=[u.name("Requête entreprise", "FR-ca")])),
    ("5.2.4", "a name without a language has none to match", services([], names=[u.name("Tax Query", "en")])),
    ("5.1.10", "a business is found by its name", businesses([B1], names=["Bureau One"])),
    ("5.1.10", "a business is found by its Chinese name", businesses([B1], names=[u.name("第一局", "zh")])),
    ("5.1.10", "businesses are found without case", businesses([B1, B2], names=["BUREAU%"], q=["approximateMatch", "caseInsensitiveMatch"])),
    ("5.1.10", "businesses are found without diacritics", businesses([B3], names=["Buro Drei"], q=["diacriticInsensitiveMatch"])),
    ("5.1.13", "a tModel is found by its name", tmodels([IFACE1], names=["Interface one"])),
    ("5.1.13", "tModels are found by a pattern", tmodels([IFACE1, IFACE2], names=["Interface%"], q=["approximateMatch"])),
    ("5.1.13", "tModels are found by a pattern without case",
     tmodels([IFACE1, IFACE2, IFACE3], names=["interface%"], q=["approximateMatch", "caseInsensitiveMatch"])),
    ("5.1.13", "the canonical tModels are there", tmodels(["uddi:uddi.org:categorization:types"], names=["uddi-org:types"])),
    ("5.1.13", "find_tModel has one name at most", fails(10500, "find_tModel", names=["a", "b"])),
]

BAGS = [
    ("5.1.7", "a keyedReference matches by tModelKey and keyValue", services([S1, S3, S6], cats=[RED])),
    ("5.1.7", "keyName does not count", services([S1, S3, S6], cats=[ref(COLOUR, "red", "whatever")])),
    ("5.1.7", "keyName counts for general_keywords", services([S5], cats=[ref(GENERAL, "alpha", "urn:kind-1")])),
    ("5.1.7", "general_keywords of another keyName are not found", services([], cats=[ref(GENERAL, "alpha", "urn:kind-2")])),
    ("5.1.7", "another scheme's value is another value", services([], cats=[ref(SIZE, "red")])),
    ("5.1.7", "tModelKeys are compared without case", services([S1, S3, S6], cats=[ref(COLOUR.upper().replace("UDDI:", "uddi:"), "red")])),
    ("5.1.4.3", "keyValues are compared with case", services([], cats=[ref(COLOUR, "RED")])),
    ("5.1.4.3", "keyValues without case by caseInsensitiveMatch", services([S1, S3, S6], cats=[ref(COLOUR, "RED")], q=["caseInsensitiveMatch"])),
    ("5.1.4.3", "keyValues by pattern", services([S1, S3, S5, S6], cats=[ref(COLOUR, "%re%")], q=["approximateMatch"])),
    ("5.1.4.3", "a categoryBag is AND by default", services([S1], cats=[RED, BIG])),
    ("5.1.4.3", "andAllKeys says so", services([S1], cats=[RED, BIG], q=["andAllKeys"])),
    ("5.1.4.3", "orAllKeys makes it OR", services([S1, S2, S3, S6], cats=[RED, BLUE], q=["orAllKeys"])),
    ("5.1.4.3", "AND of two values of one scheme finds nobody here", services([], cats=[RED, BLUE])),
    ("5.1.4.3", "orLikeKeys: OR within a scheme, AND between", services([S1], cats=[RED, BLUE, BIG], q=["orLikeKeys"])),
    ("5.1.4.3", "orLikeKeys in one scheme only", services([S1, S2, S3, S6], cats=[RED, BLUE], q=["orLikeKeys"])),
    ("5.1.4.3", "orLikeKeys with two values in both schemes", services([S1, S3], cats=[RED, BLUE, BIG, SMALL], q=["orLikeKeys"])),
    ("5.1.7", "references inside groups are not matched by those outside", services([S1], cats=[RED, BIG])),
    ("5.1.7", "a keyedReferenceGroup matches a group", services([S4], cats=[u.group(GROUP, RED, BIG)])),
    ("5.1.7", "a group matches with a part of its members", services([S4], cats=[u.group(GROUP, RED)])),
    ("5.1.7", "the order in a group does not matter", services([S4], cats=[u.group(GROUP, BIG, RED)])),
    ("5.1.7", "a group with a member too many is not matched", services([], cats=[u.group(GROUP, RED, SMALL)])),
    ("5.1.7", "a group of another tModelKey is not matched", services([], cats=[u.group(COLOUR, RED, BIG)])),
    ("5.1.4.3", "orAllKeys holds for groups too", services([S2, S4], cats=[BLUE, u.group(GROUP, RED)], q=["orAllKeys"])),
    ("5.1.12", "the service's own categories count, not its bindings'", services([S5], cats=[GREEN])),
    ("5.1.4.3", "combineCategoryBags: those of bindings count as well", services([S1, S5, S6], cats=[GREEN], q=["combineCategoryBags"])),
    ("5.1.4.3", "combineCategoryBags: AND across the levels", services([S1, S6], cats=[RED, GREEN], q=["combineCategoryBags"])),
    ("5.1.4.3", "combineCategoryBags does not mix groups and references", services([S1, S6], cats=[RED, BIG], q=["combineCategoryBags"])),
    ("5.1.4.3", "bindingSubset: only those of bindings count", services([S1, S6], cats=[GREEN], q=["bindingSubset"])),
    ("5.1.4.3", "bindingSubset: those of the service do not", services([], cats=[RED], q=["bindingSubset"])),
    *(("5.1.4.3", f"{one} changes nothing for bindings", bindings(["s6b1"], cats=[GREEN, BIG], q=[one]))
      for one in ("combineCategoryBags", "serviceSubset", "bindingSubset")),
    *(("5.1.4.3", f"{one} changes nothing for tModels", tmodels([IFACE1], cats=[ref(u.TYPES, "wsdlSpec"), RED], q=[one]))
      for one in ("combineCategoryBags", "serviceSubset", "bindingSubset")),
    ("5.1.4.3", "serviceSubset: a service is its own subset", services([S1], cats=[RED, BIG], q=["serviceSubset"])),
    ("5.1.12", "name and category are both needed", services([S1], names=["T%"], cats=[BIG], q=["approximateMatch"])),
    ("5.1.10", "a business's own categories count", businesses([B1], cats=[RED])),
    ("5.1.10", "two categories of a business", businesses([B2], cats=[BLUE, BIG])),
    ("5.1.4.3", "serviceSubset: those of services count, projected ones too", businesses([B1, B3, B4], cats=[RED], q=["serviceSubset"])),
    ("5.1.4.3", "serviceSubset: those of the business do not", businesses([B1], cats=[BLUE], q=["serviceSubset"])),
    ("5.1.4.3", "serviceSubset without projections", businesses([B1, B3], cats=[RED], q=["serviceSubset", "suppressProjectedServices"])),
    ("5.1.4.3", "bindingSubset for businesses", businesses([B1, B3, B4], cats=[GREEN], q=["bindingSubset"])),
    ("5.1.4.3", "combineCategoryBags for businesses", businesses([B1, B2, B3, B4], cats=[GREEN], q=["combineCategoryBags"])),
    ("5.1.4.3", "combineCategoryBags for businesses, AND", businesses([B1], cats=[RED, BLUE], q=["combineCategoryBags"])),
    ("5.1.4.3", "combineCategoryBags without projections",
     businesses([B1, B2, B3], cats=[GREEN], q=["combineCategoryBags", "suppressProjectedServices"])),
    ("5.1.10", "an identifierBag is OR by default", businesses([B1, B2], ids=[ref(NUMBER, "1"), ref(NUMBER, "2")])),
    ("5.1.4.3", "andAllKeys makes an identifierBag AND", businesses([], ids=[ref(NUMBER, "1"), ref(NUMBER, "2")], q=["andAllKeys"])),
    ("5.1.4.3", "andAllKeys with both of one business", businesses([B2], ids=[ref(NUMBER, "2"), ref(NUMBER, "3")], q=["andAllKeys"])),
    ("5.1.4.3", "orLikeKeys for identifiers", businesses([B1, B2], ids=[ref(NUMBER, "1"), ref(NUMBER, "3")], q=["orLikeKeys"])),
    ("5.1.13", "tModels by identifier", tmodels([IFACE1], ids=[ref(NUMBER, "t-1")])),
    ("5.1.13", "tModels by category", tmodels([IFACE1, IFACE2], cats=[ref(u.TYPES, "wsdlSpec")], only="uddi:alpha.test:iface")),
    ("5.1.13", "tModels by two categories", tmodels([IFACE1], cats=[ref(u.TYPES, "wsdlSpec"), RED])),
    ("5.1.13", "tModels by any of two categories",
     tmodels([IFACE1, IFACE2, IFACE3], cats=[ref(u.TYPES, "wsdlSpec"), ref(u.TYPES, "xmlSpec")], q=["orAllKeys"], only="uddi:alpha.test:iface")),
    ("5.1.9", "bindings by category", bindings(["s1b1", "s6b1"], cats=[GREEN])),
    ("5.1.9", "bindings by two categories", bindings(["s6b1"], cats=[GREEN, BIG])),
    ("5.1.10", "businesses by discoveryURL", businesses([B1], urls=["http://one.example.test/"])),
    ("5.1.10", "an unknown discoveryURL finds nobody", businesses([], urls=["http://two.example.test/"])),
    ("5.1.10", "any of several discoveryURLs", businesses([B1], urls=["http://two.example.test/", "http://one.example.test/"])),
]


def embedded(name="", q=(), cats=()):
    return u.element("find_tModel", u.qualifiers(*q) + (u.name(name) if name else "") + (u.categories(*cats) if cats else ""))


FINGERPRINTS = [
    ("5.1.12", "a tModelBag finds services whose bindings have the tModel", services([S1, S2], tmodels=[IFACE1])),
    ("5.1.12", "all of a tModelBag must be in one binding", services([S1], tmodels=[IFACE1, IFACE2])),
    ("5.1.12", "tModels of two bindings make no fingerprint", services([], tmodels=[IFACE1, IFACE3])),
    ("5.1.4.3", "orAllKeys: any tModel of the bag", services([S1, S2, S3], tmodels=[IFACE1, IFACE2], q=["orAllKeys"])),
    ("5.1.4.3", "orAllKeys joins categoryBag and tModelBag", services([S1, S2, S3, S5], tmodels=[IFACE1, IFACE2], cats=[GREEN], q=["orAllKeys"])),
    ("5.1.12", "tModelBag and categoryBag are both needed", services([S2], tmodels=[IFACE1], cats=[BLUE])),
    ("5.1.10", "a tModelBag finds businesses, projections counted", businesses([B1, B4], tmodels=[IFACE1])),
    ("5.1.4.3", "a tModelBag finds businesses without projections", businesses([B1], tmodels=[IFACE1], q=["suppressProjectedServices"])),
    ("5.1.10", "another business by its fingerprint", businesses([B1, B3, B4], tmodels=[IFACE3])),
    ("5.1.9", "a tModelBag finds bindings", bindings(["s1b1", "s2b1"], tmodels=[IFACE1])),
    ("5.1.9", "a fingerprint of two finds one binding", bindings(["s1b1"], tmodels=[IFACE2, IFACE1])),
    ("5.1.9", "serviceKey narrows to a service", bindings(["s1b2"], tmodels=[IFACE3], serviceKey=S1)),
    ("5.1.9", "serviceKey alone finds all of its bindings", bindings(["s1b1", "s1b2"], serviceKey=S1)),
    ("5.1.9", "an embedded find_tModel makes the bag", bindings(["s1b1", "s2b1"], find_tmodel=embedded("Interface one"))),
    ("5.1.9", "the keys of an embedded find_tModel join the bag", bindings(["s1b1"], tmodels=[IFACE2], find_tmodel=embedded("Interface one"))),
    ("5.1.9", "several tModels found must all be there", bindings(["s1b1"], find_tmodel=embedded("Interface%", ["approximateMatch"]))),
    ("5.1.9", "an embedded find_tModel that finds none finds no binding", bindings([], find_tmodel=embedded("No such thing"))),
    ("5.1.12", "an embedded find_tModel in find_service", services([S1, S2], find_tmodel=embedded(cats=[RED]))),
    ("5.1.10", "an embedded find_tModel in find_business", businesses([B1, B4], find_tmodel=embedded("Interface one"))),
    ("5.1.9", "an error inside an embedded find_tModel is the whole's", fails(10050, "find_binding", find_tmodel=embedded("x", ["noSuchQualifier"]))),
    *unknown_keys("5.1.12", "find_service", "tModelKey", "tModelBag", (NONE, B1), lambda key: {"tmodels": [key]}),
    *unknown_keys("5.1.10", "find_business", "tModelKey", "tModelBag", (NONE, S1), lambda key: {"tmodels": [IFACE1, key]}),
    *unknown_keys("5.1.9", "find_binding", "tModelKey", "tModelBag", (NONE, S1), lambda key: {"tmodels": [key]}),
    *unknown_keys("5.1.9", "find_binding", "serviceKey", "find_binding", (NONE, B1), lambda key: {"tmodels": [IFACE1], "serviceKey": key}),
    *unknown_keys("5.1.12", "find_service", "businessKey", "find_service", (NONE, S1, IFACE1), lambda key: {"names": ["x"], "businessKey": key}),
    *unknown_keys("5.1.12", "find_service whose find_tModel finds none", "businessKey", "find_service", (NONE,),
                  lambda key: {"find_tmodel": embedded("No such thing"), "businessKey": key}),
    *unknown_keys("5.1.4.3", "find_service with orAllKeys, where another key matches", "tModelKey", "tModelBag", (NONE, B1),
                  lambda key: {"tmodels": [IFACE1, key], "q": ["orAllKeys"]}),
    *unknown_keys("5.1.4.3", "find_service with orAllKeys, where a category matches", "tModelKey", "tModelBag", (NONE,),
                  lambda key: {"tmodels": [key], "cats": [GREEN], "q": ["orAllKeys"]}),
    ("5.1.10", "find_business of relations to what is no business", lambda self: self.refused(
        10210, self.alpha.inquire, "find_business", u.element("find_relatedBusinesses", u.element("businessKey", S1)),
        names=(S1, "find_relatedBusinesses"), key_type="businessKey")),
    ("5.1.12", "businessKey narrows to a business", services([S1, S2, S3], businessKey=B1)),
    ("5.1.12", "projections of that business count", services([S1, S7], businessKey=B4)),
    ("5.1.4.3", "suppressProjectedServices leaves them out", services([S7], businessKey=B4, q=["suppressProjectedServices"])),
    ("5.1.12", "businessKey and name", services([S1], businessKey=B4, names=["Tax Query"])),
    ("5.1.4.3", "signaturePresent finds signed services", services([S7], q=["signaturePresent"])),
    ("5.1.4.3", "signaturePresent with a name", services([], names=["Tax Query"], q=["signaturePresent"])),
]


def ordered(operation, expected, **how):
    return finds(operation, expected, exactly_ordered=True, **how)


def tax(*more):
    return {"names": ["T%x%"], "q": ["approximateMatch", "caseInsensitiveMatch", *more]}


SORTING = [
    ("5.1.4.3", "sorted by name, ascending, by default", ordered("find_service", [S1, S3, S4, S2], **tax())),
    ("5.1.4.3", "sortByNameAsc", ordered("find_service", [S1, S3, S4, S2], **tax("sortByNameAsc"))),
    ("5.1.4.3", "sortByNameDesc", ordered("find_service", [S2, S4, S3, S1], **tax("sortByNameDesc"))),
    ("5.1.4.3", "binarySort goes by code points", ordered("find_service", [S1, S3, S4, S2], **tax("binarySort"))),
    ("5.1.4.3", "caseSensitiveSort may be said", ordered("find_service", [S1, S3, S4, S2], **tax("caseSensitiveSort"))),
    ("5.1.4.3", "caseInsensitiveSort puts both spellings together",
     ordered("find_service", [S1, S2, S3, S4], **tax("caseInsensitiveSort"))),
    ("5.1.4.3", "sortByDateAsc: the oldest first", finds("find_business", [B1, B2, B3], exactly_ordered=True, only="uddi:alpha.test", names=["%"], q=["approximateMatch", "sortByDateAsc"])),
    ("5.1.4.3", "sortByDateDesc: the newest first",
     finds("find_business", [B3, B2, B1], exactly_ordered=True, only="uddi:alpha.test", names=["%"], q=["approximateMatch", "sortByDateDesc"])),
    ("5.1.4.3", "the name goes before the date",
     ordered("find_service", [S1, S3, S4, S2], **tax("sortByNameAsc", "sortByDateDesc"))),
    ("5.1.4.3", "bindings are sorted by date", ordered("find_binding", ["uddi:alpha.test:s6b1", "uddi:alpha.test:s1b2"],
                                                      tmodels=[IFACE3], q=["sortByDateDesc"])),
    ("5.1.4.3", "bindings are sorted by date, the other way", ordered("find_binding", ["uddi:alpha.test:s1b2", "uddi:alpha.test:s6b1"],
                                                                     tmodels=[IFACE3], q=["sortByDateAsc"])),
]


def uts10(self):
    found = u.keys_of(self.alpha.inquire("find_service", u.qualifiers("approximateMatch", "caseInsensitiveMatch", "UTS-10") + u.name("T%x%Query")))
    self.assertEqual(found[-1], S4)     # a letter with a grave comes after the letter
    self.assertEqual(set(found[:2]), {S1, S2})


SORTING.append(("5.1.4.3", "UTS-10 sorts by the Unicode collation algorithm", uts10))


def window(expected, count, total, head, truncated, **how):
    def run(self):
        name, content, attributes = asked("find_service", names=["T%x%"], q=["approximateMatch", "caseInsensitiveMatch"], **how)
        answer = self.alpha.inquire(name, content, **attributes)
        self.assertEqual(u.keys_of(answer), expected)
        said = answer.find(u.tag("listDescription"))
        numbers = [int(said.find(u.tag(one)).text) for one in ("includeCount", "actualCount", "listHead")]
        self.assertEqual(numbers, [count, total, head])
        self.assertEqual(answer.get("truncated") == "true", truncated)
    return run


WINDOWS = [
    ("5.1.5", "without maxRows the list is whole", window([S1, S3, S4, S2], 4, 4, 1, False)),
    ("5.1.5", "maxRows cuts it and says so", window([S1, S3], 2, 4, 1, True, maxRows=2)),
    ("5.1.5", "listHead begins later", window([S4, S2], 2, 4, 3, False, listHead=3)),
    ("5.1.5", "both together give a page", window([S3, S4], 2, 4, 2, True, listHead=2, maxRows=2)),
    ("5.1.5", "the last page is not truncated", window([S2], 1, 4, 4, False, listHead=4, maxRows=2)),
    ("5.1.5", "a page beyond the end is empty and counts", window([], 0, 4, 9, False, listHead=9)),
    ("5.1.5", "maxRows of just so many", window([S1, S3, S4, S2], 4, 4, 1, False, maxRows=4)),
    ("5.1.5", "maxRows of 0 counts only", window([], 0, 4, 1, True, maxRows=0)),
    ("5.1.5", "a negative maxRows is no number of rows", fails(20200, "find_service", names=["x"], maxRows=-1)),
    ("5.1.5", "listHead counts from 1", fails(20200, "find_service", names=["x"], listHead=0)),
    ("5.1.5", "maxRows that is no number is refused", fails(10500, "find_service", names=["x"], maxRows="many")),
]

ALL_QUALIFIERS = {
    "andAllKeys": "findqualifier:andallkeys", "approximateMatch": "findqualifier:approximatematch", "binarySort": "sortorder:binarysort",
    "bindingSubset": "findqualifier:bindingsubset", "caseInsensitiveMatch": "findqualifier:caseinsensitivematch",
    "caseInsensitiveSort": "findqualifier:caseinsensitivesort", "caseSensitiveMatch": "findqualifier:casesensitivematch",
    "caseSensitiveSort": "findqualifier:casesensitivesort", "combineCategoryBags": "findqualifier:combinecategorybags",
    "diacriticInsensitiveMatch": "findqualifier:diacriticsinsensitivematch",
    "diacriticSensitiveMatch": "findqualifier:diacriticssensitivematch", "exactMatch": "findqualifier:exactmatch",
    "orAllKeys": "findqualifier:orallkeys", "orLikeKeys": "findqualifier:orlikekeys", "serviceSubset": "findqualifier:servicesubset",
    "signaturePresent": "findqualifier:signaturepresent", "sortByDateAsc": "findqualifier:sortbydateasc",
    "sortByDateDesc": "findqualifier:sortbydatedesc", "sortByNameAsc": "findqualifier:sortbynameasc",
    "sortByNameDesc": "findqualifier:sortbynamedesc", "suppressProjectedServices": "findqualifier:suppressprojectedservices",
    "UTS-10": "sortorder:uts-10"}


def same_by_key(short, key):
    """The qualifier's short name, its name in another case and its tModelKey mean the same."""
    def run(self):
        answers = []
        for said in (short, short.upper(), f"uddi:uddi.org:{key}"):
            answers.append(u.keys_of(self.alpha.inquire("find_business", u.qualifiers(said) + u.categories(RED))))
        self.assertEqual(answers[0], answers[1])
        self.assertEqual(answers[0], answers[2])
    return run


EXCLUSIVE = [("andAllKeys", "orAllKeys"), ("andAllKeys", "orLikeKeys"), ("orAllKeys", "orLikeKeys"), ("sortByNameAsc", "sortByNameDesc"),
             ("sortByDateAsc", "sortByDateDesc"), ("combineCategoryBags", "serviceSubset"), ("combineCategoryBags", "bindingSubset"),
             ("serviceSubset", "bindingSubset"), ("exactMatch", "approximateMatch"), ("exactMatch", "caseInsensitiveMatch"),
             ("exactMatch", "diacriticInsensitiveMatch"), ("caseSensitiveMatch", "caseInsensitiveMatch"),
             ("diacriticSensitiveMatch", "diacriticInsensitiveMatch"), ("caseSensitiveSort", "caseInsensitiveSort"), ("binarySort", "UTS-10")]

QUALIFIERS = [("5.1.4.3", f"{short} by name and by tModelKey", same_by_key(short, key)) for short, key in ALL_QUALIFIERS.items()]
QUALIFIERS += [("5.1.4.3", f"{a} and {b} exclude each other", fails(40500, "find_business", names=["x"], q=[a, b])) for a, b in EXCLUSIVE]
QUALIFIERS += [("5.1.4.1", f"an unknown findQualifier is refused by {one}", fails(10050, one, q=["noSuchQualifier"]))
               for one in ("find_business", "find_service", "find_binding", "find_tModel")]


def detail(operation, key_name, key, wanted):
    def run(self):
        answer = self.alpha.inquire(operation, u.element(key_name, key))
        self.assertEqual(u.keys_of(answer)[:1], [key.lower()])
        for path in wanted:
            self.assertIsNotNone(answer.find(".//" + "/".join(u.tag(one) for one in path.split("/"))), path)
    return run


def unknown(operation, key_name):
    def run(self):
        fault = self.refused(10210, self.alpha.inquire, operation, u.element(key_name, "uddi:alpha.test:none"))
        self.assertIn("uddi:alpha.test:none", fault.text)
    return run


def several(self):
    answer = self.alpha.inquire("get_serviceDetail", "".join(u.element("serviceKey", one) for one in (S5, S1, S3)))
    self.assertEqual(u.keys_of(answer), [S5, S1, S3])


def one_unknown(self):
    self.refused(10210, self.alpha.inquire, "get_serviceDetail", u.element("serviceKey", S1) + u.element("serviceKey", "uddi:alpha.test:none"))


def contained_order(self):
    answer = self.alpha.inquire("get_businessDetail", u.element("businessKey", B1))
    inside = [one.get("serviceKey") for one in answer.iter(u.tag("businessService"))]
    self.assertEqual(inside, [S1, S2, S3])
    self.assertEqual({one.get("businessKey") for one in answer.iter(u.tag("businessService"))}, {B1})
    self.assertEqual([one.get("bindingKey") for one in answer.iter(u.tag("bindingTemplate"))][:2],
                     ["uddi:alpha.test:s1b1", "uddi:alpha.test:s1b2"])


def projected_detail(self):
    answer = self.alpha.inquire("get_businessDetail", u.element("businessKey", B4))
    shown = {one.get("serviceKey"): one.get("businessKey") for one in answer.iter(u.tag("businessService"))}
    self.assertEqual(shown, {S7: B4, S1: B1})


def operational(self):
    answer = self.alpha.inquire("get_operationalInfo", u.element("entityKey", S1) + u.element("entityKey", "uddi:uddi.org:transport:http"))
    infos = {one.get("entityKey"): one for one in answer.iter(u.tag("operationalInfo"))}
    self.assertEqual(infos[S1].find(u.tag("authorizedName")).text, "alpha")
    self.assertEqual(infos["uddi:uddi.org:transport:http"].find(u.tag("authorizedName")).text, "hutong")
    for one in infos.values():
        self.assertRegex(one.find(u.tag("created")).text, r"^\d{4}-\d\d-\d\dT[\d:.]+Z$")
        self.assertIsNotNone(one.find(u.tag("nodeID")))
        self.assertLessEqual(one.find(u.tag("modified")).text, one.find(u.tag("modifiedIncludingChildren")).text)


def signature_kept(self):
    answer = self.alpha.inquire("get_serviceDetail", u.element("serviceKey", S7))
    self.assertEqual(answer.find(".//{http://www.w3.org/2000/09/xmldsig#}SignatureValue").text, "AAAA")


def business_info(self):
    answer = self.alpha.inquire("find_business", u.name("Bureau One"))
    info = answer.find(f".//{u.tag('businessInfo')}")
    self.assertEqual([(one.text, one.get("{http://www.w3.org/XML/1998/namespace}lang")) for one in info.findall(u.tag("name"))],
                     [("Bureau One", "en"), ("第一局", "zh")])
    self.assertEqual(info.find(u.tag("description")).text, "The first bureau")
    self.assertEqual([one.get("serviceKey") for one in info.iter(u.tag("serviceInfo"))], [S1, S2, S3])


def business_info_projected(self):
    answer = self.alpha.inquire("find_business", u.name("Zeta"))
    self.assertEqual([(one.get("serviceKey"), one.get("businessKey")) for one in answer.iter(u.tag("serviceInfo"))], [(S7, B4), (S1, B1)])


def business_info_suppressed(self):
    answer = self.alpha.inquire("find_business", u.qualifiers("suppressProjectedServices") + u.name("Zeta"))
    self.assertEqual([one.get("serviceKey") for one in answer.iter(u.tag("serviceInfo"))], [S7])


def business_info_subset(self):
    answer = self.alpha.inquire("find_business", u.qualifiers("serviceSubset") + u.categories(BLUE))
    self.assertEqual([one.get("serviceKey") for one in answer.iter(u.tag("serviceInfo"))], [S2])


def business_info_binding_subset(self):
    answer = self.alpha.inquire("find_business", u.qualifiers("bindingSubset") + u.categories(GREEN, BIG))
    self.assertEqual([one.get("serviceKey") for one in answer.iter(u.tag("serviceInfo"))], [S6])


def service_info(self):
    info = self.alpha.inquire("find_service", u.name("Company Query")).find(f".//{u.tag('serviceInfo')}")
    self.assertEqual(info.get("businessKey"), B2)
    self.assertEqual(len(info.findall(u.tag("name"))), 3)


def auth_info_is_taken(self):
    answer = self.alpha.inquire("find_service", u.element("authInfo", "anything") + u.name("Tax Query"))
    self.assertEqual(u.keys_of(answer), [S1])


DETAILS = [
    ("5.1.17", "get_serviceDetail gives the service with its bindings", detail("get_serviceDetail", "serviceKey", S1, ["bindingTemplates/bindingTemplate/accessPoint", "categoryBag/keyedReference"])),
    ("5.1.17", "keys are compared without case", detail("get_serviceDetail", "serviceKey", S1.replace("alpha", "ALPHA"), ["name"])),
    ("5.1.17", "several keys are answered in their order", several),
    ("5.1.17", "one unknown key refuses the whole request", one_unknown),
    ("5.1.17", "an unknown serviceKey", unknown("get_serviceDetail", "serviceKey")),
    ("5.1.17", "the key of another kind is unknown", lambda self: self.refused(10210, self.alpha.inquire, "get_serviceDetail", u.element("serviceKey", B1))),
    ("5.1.17", "a Signature comes back as it was", signature_kept),
    ("5.1.15", "get_businessDetail gives everything below", detail("get_businessDetail", "businessKey", B1, ["discoveryURLs/discoveryURL", "businessServices/businessService", "identifierBag/keyedReference", "categoryBag"])),
    ("5.1.15", "what is contained keeps its order and says where it is", contained_order),
    ("5.1.15", "a projection shows the other business's service", projected_detail),
    ("5.1.15", "an unknown businessKey", unknown("get_businessDetail", "businessKey")),
    ("5.1.14", "get_bindingDetail gives the binding", detail("get_bindingDetail", "bindingKey", "uddi:alpha.test:s1b1", ["accessPoint", "tModelInstanceDetails/tModelInstanceInfo"])),
    ("5.1.14", "an unknown bindingKey", unknown("get_bindingDetail", "bindingKey")),
    ("5.1.18", "get_tModelDetail gives the tModel", detail("get_tModelDetail", "tModelKey", IFACE1, ["name", "identifierBag", "categoryBag"])),
    ("5.1.18", "a canonical tModel", detail("get_tModelDetail", "tModelKey", "uddi:uddi.org:categorization:types", ["overviewDoc/overviewURL"])),
    ("5.1.18", "an unknown tModelKey", unknown("get_tModelDetail", "tModelKey")),
    ("5.1.16", "get_operationalInfo of any entity", operational),
    ("5.1.16", "an unknown entityKey", unknown("get_operationalInfo", "entityKey")),
    ("5.1.10", "a businessInfo has names, descriptions and serviceInfos", business_info),
    ("5.1.10", "projections are among the serviceInfos", business_info_projected),
    ("5.1.4.3", "suppressProjectedServices leaves them out of the serviceInfos", business_info_suppressed),
    ("5.1.4.3", "serviceSubset shows the services that matched", business_info_subset),
    ("5.1.4.3", "bindingSubset shows services of bindings that matched any", lambda self: self.assertEqual(
        [one.get("serviceKey") for one in self.alpha.inquire("find_business", u.qualifiers("bindingSubset") + u.categories(BIG)).iter(u.tag("serviceInfo"))], [S6])),
    ("5.1.4.3", "bindingSubset with two categories", business_info_binding_subset),
    ("5.1.12", "a serviceInfo has every name and its businessKey", service_info),
    ("5.1.8", "authInfo is optional and may be there", auth_info_is_taken),
]

TABLE = NAMES + BAGS + FINGERPRINTS + SORTING + WINDOWS + QUALIFIERS + DETAILS


class Inquiry(CaseTable):
    pass


install(Inquiry, TABLE)

if __name__ == "__main__":
    suite.main()

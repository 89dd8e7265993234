#!/usr/bin/env python3
"""The contracts in wsdl/contracts/uddi say what the schemas and WSDLs of OASIS say: elements, types, cardinalities, facets,
operations, messages, SOAP actions. Annotations, `final` and the like aside, which no message shows."""
import os
import pathlib
import sys
import unittest
import xml.etree.ElementTree as tree

import suite

XSD = "{http://www.w3.org/2001/XMLSchema}"
WSDL = "{http://schemas.xmlsoap.org/wsdl/}"
SOAP = "{http://schemas.xmlsoap.org/wsdl/soap/}"
OURS = suite.ROOT / "wsdl" / "contracts" / "uddi"
THEIRS = pathlib.Path(os.environ.get("HUTONG_CORPUS", suite.ROOT.parent / "shared" / "corpus")) / "uddi" / "schemas"
SKIPPED = 77
SCHEMAS = {"uddi.xsd": "uddi_v3.xsd", "custody.xsd": "uddi_v3custody.xsd", "subscription.xsd": "uddi_v3subscription.xsd",
           "listener.xsd": "uddi_v3subscriptionListener.xsd"}
PORT_TYPES = {"inquiry": "uddi_api_v3", "publish": "uddi_api_v3", "security": "uddi_api_v3", "custody": "uddi_custody_v3",
              "subscription": "uddi_sub_v3"}


def read(path):
    """The root, and the prefixes that its file declares."""
    prefixes = {}
    for _, (prefix, uri) in tree.iterparse(path, events=["start-ns"]):
        prefixes.setdefault(prefix, uri)
    return tree.parse(path).getroot(), prefixes


class Schema:
    """Top-level components as plain values, names resolved."""

    def __init__(self, path):
        self.root, self.prefixes = read(path)
        self.target = self.root.get("targetNamespace")
        self.qualified = self.root.get("elementFormDefault", "unqualified")
        self.elements, self.types = {}, {}
        for one in self.root:
            if one.tag == XSD + "element":
                self.elements[one.get("name")] = self.element(one)
            elif one.tag in (XSD + "complexType", XSD + "simpleType"):
                self.types[one.get("name")] = self.type(one)

    def name(self, text):
        prefix, _, local = text.rpartition(":")
        if prefix == "xml":
            return ("http://www.w3.org/XML/1998/namespace", local)
        return (self.prefixes.get(prefix, ""), local)

    def element(self, one):
        anonymous = [child for child in one if child.tag in (XSD + "complexType", XSD + "simpleType")]
        kind = self.name(one.get("type")) if one.get("type") else self.type(anonymous[0]) if anonymous else None
        # An anonymous restriction that restricts nothing is its base.
        if isinstance(kind, tuple) and kind and kind[0] == "simple" and kind[2] == ():
            kind = kind[1]
        return kind

    def type(self, one):
        if one.tag == XSD + "simpleType":
            restriction = one.find(XSD + "restriction")
            facets = tuple(sorted((child.tag[len(XSD):], child.get("value")) for child in restriction))
            return ("simple", self.name(restriction.get("base")), facets)
        extension = one.find(f"{XSD}simpleContent/{XSD}extension")
        holder = extension if extension is not None else one
        content = self.name(extension.get("base")) if extension is not None else tuple(
            self.particle(child) for child in one if child.tag in (XSD + "sequence", XSD + "choice"))
        return ("complex", content, tuple(sorted(self.attribute(child) for child in holder.findall(XSD + "attribute"))))

    def attribute(self, one):
        kind = self.name(one.get("type") or one.get("ref"))
        return (one.get("name") or "", kind, one.get("use", "optional"), one.get("default") or "")

    def particle(self, one):
        occurs = (one.get("minOccurs", "1"), one.get("maxOccurs", "1"))
        if one.tag == XSD + "element":
            if one.get("ref"):
                return ("element", self.name(one.get("ref")), occurs)
            return ("local", one.get("name"), self.element(one), occurs)
        return (one.tag[len(XSD):], occurs, tuple(self.particle(child) for child in one))


def same_schema(ours, theirs):
    def run(self):
        mine, other = Schema(OURS / ours), Schema(THEIRS / theirs)
        self.assertEqual(mine.target, other.target)
        self.assertEqual(mine.qualified, other.qualified)
        self.assertEqual(mine.elements.keys(), other.elements.keys())
        self.assertEqual(mine.types.keys(), other.types.keys())
        for name, kind in other.elements.items():
            self.assertEqual(mine.elements[name], kind, f"element {name}")
        for name, kind in other.types.items():
            self.assertEqual(mine.types[name], kind, f"type {name}")
        self.assertGreater(len(other.elements), 0)
    return run


def operations(path, port_type):
    """Each operation's elements: what is asked, answered and told in a fault."""
    root, prefixes = read(path)
    messages = {}
    for message in root.iter(WSDL + "message"):
        parts = message.findall(WSDL + "part")
        messages[message.get("name")] = [part.get("element").split(":")[-1] for part in parts]
    found = {}
    for one in root.iter(WSDL + "portType"):
        if one.get("name") != port_type:
            continue
        for operation in one.iter(WSDL + "operation"):
            said = {}
            for kind in ("input", "output", "fault"):
                message = operation.find(WSDL + kind)
                said[kind] = messages[message.get("message").split(":")[-1]] if message is not None else None
            found[operation.get("name")] = said
    return root.get("targetNamespace"), found


def actions(path, port_type):
    root, _ = read(path)
    for binding in root.iter(WSDL + "binding"):
        if binding.get("type").split(":")[-1] == port_type and binding.find(SOAP + "binding") is not None:
            return root.get("targetNamespace"), {one.get("name"): one.find(SOAP + "operation").get("soapAction")
                                                 for one in binding.findall(WSDL + "operation")}
    return None, {}


PORT_TYPE_NAMES = {"inquiry": "UDDI_Inquiry_PortType", "publish": "UDDI_Publication_PortType", "security": "UDDI_Security_PortType",
                   "custody": "UDDI_CustodyTransfer_PortType", "subscription": "UDDI_Subscription_PortType"}


def same_operations(api, family):
    def run(self):
        name = PORT_TYPE_NAMES[api]
        mine = operations(OURS / f"{api}_portType.wsdl", name)
        other = operations(THEIRS / f"{family}_portType.wsdl", name)
        self.assertGreater(len(other[1]), 0)
        self.assertEqual(mine, other)
        self.assertEqual(actions(OURS / f"{api}.wsdl", name), actions(THEIRS / f"{family}_binding.wsdl", name))
    return run


class Contract(unittest.TestCase):
    maxDiff = None


for ours, theirs in SCHEMAS.items():
    setattr(Contract, f"test_schema_{ours.split('.')[0]}", same_schema(ours, theirs))
for api, family in PORT_TYPES.items():
    setattr(Contract, f"test_operations_{api}", same_operations(api, family))

if __name__ == "__main__":
    if not THEIRS.is_dir():
        print(f"skipped: the OASIS schemas are not at {THEIRS}")
        sys.exit(SKIPPED)
    suite.main()

"""Calls the security service as a bare SOAP client would: builds the Body, signs the message, reads the answer."""
import base64

import lxml.etree

from echo_platform import post
from wss_sign import SOAP, signed

NS = "urn:hutong:security:1"


def element(name, value):
    """`value`: bytes become base64, a list of pairs children, anything else text."""
    made = lxml.etree.Element(f"{{{NS}}}{name}")
    if isinstance(value, bytes):
        made.text = base64.b64encode(value).decode()
    elif isinstance(value, list):
        made.extend(element(*pair) for pair in value)
    else:
        made.text = value
    return made


def envelope(operation, fields):
    root = lxml.etree.Element(f"{{{SOAP}}}Envelope", nsmap={"e": SOAP})
    lxml.etree.SubElement(root, f"{{{SOAP}}}Header")
    lxml.etree.SubElement(root, f"{{{SOAP}}}Body").append(element(operation, fields))
    return lxml.etree.tostring(root)


class Refused(Exception):
    """A fault: `code` of the SecurityFault, or of SOAP where it is the gateway's own; `text` is the whole answer."""

    def __init__(self, code, reason, text, exchange):
        super().__init__(f"{code}: {reason}")
        self.code, self.reason, self.text, self.exchange = code, reason, text, exchange


class SecurityClient:
    def __init__(self, http, caller, path="/services/platform/security"):
        self.http, self.caller, self.path = http, caller, path
        self.exchange = None    # of the last call

    def call(self, operation, *fields):
        """The response's element; `fields` are (name, value) pairs."""
        message = signed(envelope(operation, list(fields)), self.caller.key, self.caller.certificate)
        status, headers, text = post(self.http, message, self.path)
        self.exchange = headers["Hutong-Exchange"]
        body = lxml.etree.fromstring(text).find(f"{{{SOAP}}}Body")
        if status == 200:
            return body[0]
        fault = body[0]
        code = fault.findtext(f".//{{{NS}}}code") or fault.findtext("faultcode").rpartition(":")[2]
        raise Refused(code, fault.findtext("faultstring"), text, self.exchange)

    def sign(self, key, form, content, *more):
        return octets(self.call("Sign", ("keyName", key), ("form", form), ("content", content), *more), "signature")

    def verify(self, form, signature, content=None, *more):
        fields = [("form", form), ("signature", signature)] + ([("content", content)] if content is not None else [])
        return [facts(one) for one in self.call("Verify", *fields, *more)]


def octets(element, name):
    return base64.b64decode(element.findtext(f"{{{NS}}}{name}"))


def facts(element):
    """Children as a dict, those with children as dicts themselves."""
    return {lxml.etree.QName(child).localname: facts(child) if len(child) else child.text for child in element}

"""UDDI v3 over SOAP, said by hand: requests as XML text, answers as trees, faults as their standard numbers."""
import http.client
import ssl
import urllib.parse
import xml.etree.ElementTree as tree
from xml.sax.saxutils import escape, quoteattr

NS = "urn:uddi-org:api_v3"
SOAP11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP12 = "http://www.w3.org/2003/05/soap-envelope"


def tag(name):
    return f"{{{NS}}}{name}"


class UddiFault(Exception):
    """A fault: `.number` of its dispositionReport (None without one), `.text`, and the whole `.tree`."""

    def __init__(self, body):
        self.tree = body
        result = body.find(f".//{tag('result')}")
        self.number = int(result.get("errno")) if result is not None else None
        self.key_type = result.get("keyType") if result is not None else None
        info = body.find(f".//{tag('errInfo')}")
        self.code = info.get("errCode") if info is not None else None
        self.text = info.text if info is not None else tree.tostring(body, encoding="unicode")
        super().__init__(f"{self.number} {self.text}")


class Uddi:
    """One node's APIs. `token` goes into what needs one."""

    def __init__(self, url, *, certificate=None, soap=SOAP11):
        self.url = urllib.parse.urlsplit(url)
        self.certificate = certificate
        self.soap = soap
        self.token = None
        self.connection = None

    def _connect(self):
        if self.url.scheme == "https":
            context = ssl.create_default_context()
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            if self.certificate:
                context.load_cert_chain(*self.certificate)
            return http.client.HTTPSConnection(self.url.hostname, self.url.port, timeout=60, context=context)
        return http.client.HTTPConnection(self.url.hostname, self.url.port, timeout=60)

    def post(self, api, body, content_type=None):
        """The status, the headers and the bytes that answer this body, whatever it is."""
        kind = content_type or ("text/xml; charset=utf-8" if self.soap == SOAP11 else "application/soap+xml; charset=utf-8")
        data = body if isinstance(body, bytes) else body.encode()
        for attempt in (1, 2):
            if self.connection is None:
                self.connection = self._connect()
            try:
                self.connection.request("POST", f"/uddi/{api}", data, {"Content-Type": kind, "SOAPAction": '""'})
                answer = self.connection.getresponse()
                return answer.status, answer.headers, answer.read()
            except (http.client.HTTPException, ConnectionError):
                self.connection = None
                if attempt == 2:
                    raise
        return None

    def envelope(self, content, header=""):
        return (f'<e:Envelope xmlns:e="{self.soap}">{header}<e:Body>{content}</e:Body></e:Envelope>')

    def call(self, api, content):
        """The answer's element; None where the Body is empty. Raises UddiFault."""
        _, _, text = self.post(api, self.envelope(content))
        body = tree.fromstring(text).find(f"{{{self.soap}}}Body")
        fault = body.find(f"{{{self.soap}}}Fault")
        if fault is not None:
            raise UddiFault(fault)
        return body[0] if len(body) else None

    def get(self, path):
        connection = self._connect()
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()

    # The API sets

    def inquire(self, name, content="", **attributes):
        return self.call("inquiry", element(name, content, ns=True, **attributes))

    def publish(self, name, content="", **attributes):
        auth = f"<authInfo>{escape(self.token)}</authInfo>" if self.token else ""
        return self.call("publish", element(name, auth + content, ns=True, **attributes))

    def sign_in(self, user, password):
        answer = self.call("security", element("get_authToken", ns=True, userID=user, cred=password))
        self.token = answer.find(tag("authInfo")).text
        return self.token


def element(name, content="", *, ns=False, **attributes):
    """<name …>content</name>; attributes that are None are left out."""
    said = "".join(f" {key.replace('_', ':', 1) if key.startswith('xml_') else key}={quoteattr(str(value))}"
                   for key, value in attributes.items() if value is not None)
    space = f' xmlns="{NS}"' if ns else ""
    return f"<{name}{space}{said}>{content}</{name}>"


def name(text, lang=None):
    return element("name", escape(text), xml_lang=lang)


def reference(tmodel, value, key_name=None):
    return element("keyedReference", tModelKey=tmodel, keyName=key_name, keyValue=value)


def group(tmodel, *references):
    return element("keyedReferenceGroup", "".join(references), tModelKey=tmodel)


def categories(*references):
    return element("categoryBag", "".join(references)) if references else ""


def identifiers(*references):
    return element("identifierBag", "".join(references)) if references else ""


def tmodel_bag(*keys):
    return element("tModelBag", "".join(element("tModelKey", key) for key in keys)) if keys else ""


def qualifiers(*names):
    return element("findQualifiers", "".join(element("findQualifier", one) for one in names)) if names else ""


def binding(key=None, *, service=None, access="http://example.test/a", tmodels=(), bag="", extra=""):
    details = "".join(element("tModelInstanceInfo", tModelKey=one) for one in tmodels)
    return element("bindingTemplate", extra + element("accessPoint", escape(access)) +
                   (element("tModelInstanceDetails", details) if details else "") + bag,
                   bindingKey=key, serviceKey=service)


def service(key=None, *names, business=None, bindings=(), bag="", descriptions="", signature=""):
    inside = element("bindingTemplates", "".join(bindings)) if bindings else ""
    return element("businessService", "".join(one if one.startswith("<") else name(one) for one in names) + descriptions +
                   inside + bag + signature, serviceKey=key, businessKey=business)


def business(key=None, *names, services=(), before="", after="", descriptions="", contacts=""):
    inside = element("businessServices", "".join(services)) if services else ""
    return element("businessEntity", before + "".join(one if one.startswith("<") else name(one) for one in names) +
                   descriptions + contacts + inside + after, businessKey=key)


def tmodel(key=None, called="a tModel", *, overview="", bags="", descriptions=""):
    return element("tModel", name(called) + descriptions + overview + bags, tModelKey=key)


TYPES = "uddi:uddi.org:categorization:types"


def generator(domain):
    return tmodel(f"uddi:{domain}:keygenerator", f"key generator of {domain}",
                  bags=categories(reference(TYPES, "keyGenerator", "types")))


def keys_of(answer):
    """The keys of an answer's entities or infos, in order."""
    wanted = {"businessInfo": "businessKey", "serviceInfo": "serviceKey", "tModelInfo": "tModelKey",
              "bindingTemplate": "bindingKey", "businessEntity": "businessKey", "businessService": "serviceKey",
              "tModel": "tModelKey"}
    top = {"businessList": "businessInfo", "serviceList": "serviceInfo", "tModelList": "tModelInfo",
           "bindingDetail": "bindingTemplate", "businessDetail": "businessEntity", "serviceDetail": "businessService",
           "tModelDetail": "tModel"}[answer.tag.split("}")[1]]
    return [one.get(wanted[top]) for one in answer.iter(tag(top))]

#!/usr/bin/env python3
"""Real contracts on one platform: each is registered, found through UDDI by what its own file says (OASIS technical note
"Using WSDL in a UDDI Registry" 2.0.2, sections 2.4 and 3), and fetched from the gateway as its accessPoint says. Those that
an agency's system here can answer are called through the gateway by zeep, a client others wrote."""
import csv
import http.server
import os
import pathlib
import sys
import threading
import typing
import unittest
import urllib.parse

import lxml.etree
import requests
import zeep
import zeep.plugins
import zeep.transports

import suite
import uddi_client as u
from hutong_daemon import Daemon
from wss_sign import signed

CORPUS = pathlib.Path(os.environ.get("HUTONG_CORPUS", suite.ROOT.parent / "shared" / "corpus")) / "wsdl"
SKIPPED = 77
WSDL = "{http://schemas.xmlsoap.org/wsdl/}"
SOAP_BINDINGS = ("{http://schemas.xmlsoap.org/wsdl/soap/}binding", "{http://schemas.xmlsoap.org/wsdl/soap12/}binding")
TYPES, NAMESPACE, LOCAL = "uddi:uddi.org:wsdl:types", "uddi:uddi.org:xml:namespace", "uddi:uddi.org:xml:localname"

VIES = "urn:ec.europa.eu:taxud:vies:services:checkVat:types"
WEATHER = "http://WebXml.com.cn/"
ANSWERS = {     # what the agencies' systems say, by the element that asks
    f"{{{VIES}}}checkVat": f'<v:checkVatResponse xmlns:v="{VIES}"><v:countryCode>DE</v:countryCode><v:vatNumber>129273398</v:vatNumber>'
                           "<v:requestDate>2026-01-31</v:requestDate><v:valid>true</v:valid><v:name>Amt &amp; Söhne</v:name>"
                           "<v:address>Köln</v:address></v:checkVatResponse>",
    f"{{{WEATHER}}}getSupportCity": f'<getSupportCityResponse xmlns="{WEATHER}"><getSupportCityResult><string>苏州</string>'
                                    "<string>㐀州</string></getSupportCityResult></getSupportCityResponse>",
    "{http://ec.gob.sri.ws.autorizacion}autorizacionComprobante":
        '<a:autorizacionComprobanteResponse xmlns:a="http://ec.gob.sri.ws.autorizacion"><RespuestaAutorizacionComprobante>'
        "<claveAccesoConsultada>17</claveAccesoConsultada><numeroComprobantes>0</numeroComprobantes><autorizaciones/>"
        "</RespuestaAutorizacionComprobante></a:autorizacionComprobanteResponse>",
}
CALLS = [       # contract, operation, arguments, what the answer holds
    ("eu-vies-checkvat", "checkVat", {"countryCode": "DE", "vatNumber": "129273398"}, "Amt & Söhne"),
    ("cn-webxml-weather", "getSupportCity", {"byProvinceName": "江苏"}, "苏州"),
    ("derived-gbk-cn-weather", "getSupportCity", {"byProvinceName": "江苏"}, "㐀州"),
    ("ec-sri-autorizacion", "autorizacionComprobante", {"claveAccesoComprobante": "17"}, "17"),
]


class AgencySystem:
    """A SOAP server that answers the elements of ANSWERS in the SOAP version it was asked in."""

    def __init__(self):
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                root = lxml.etree.fromstring(self.rfile.read(int(self.headers["Content-Length"])))
                soap = lxml.etree.QName(root).namespace
                asked = root.find(f"{{{soap}}}Body")[0].tag
                text = f'<s:Envelope xmlns:s="{soap}"><s:Body>{ANSWERS[asked]}</s:Body></s:Envelope>'.encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/xml; charset=utf-8" if soap == u.SOAP11 else "application/soap+xml; charset=utf-8")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


class Signing(zeep.plugins.Plugin):
    def __init__(self, identity):
        self.identity = identity

    def egress(self, envelope, http_headers, operation, binding_options):
        message = signed(lxml.etree.tostring(envelope), self.identity.key, self.identity.certificate)
        return lxml.etree.fromstring(message), http_headers


class Offer(typing.NamedTuple):
    """A wsdl:service, and the port types that it has bound to SOAP; no name: the file has bindings alone."""
    namespace: str
    name: str | None
    port_types: set


class Contract:
    """What the file itself says, read here without the gateway: services with SOAP ports."""

    def __init__(self, name, main_file):
        self.name, self.file = name, main_file
        bound, services = {}, []
        for document in self._documents(main_file, set()):
            target = document.get("targetNamespace")
            for binding in document.findall(WSDL + "binding"):
                if any(binding.find(one) is not None for one in SOAP_BINDINGS):
                    bound[(target, binding.get("name"))] = self._resolve(binding, binding.get("type"))
            services += [(target, one) for one in document.findall(WSDL + "service")]
        named = [Offer(target, service.get("name"), {
            bound[key] for port in service.findall(WSDL + "port")
            if (key := self._resolve(port, port.get("binding"))) in bound}) for target, service in services]
        self.offers = [one for one in named if one.port_types] if named else [Offer("", None, set(bound.values()))]

    @staticmethod
    def _resolve(element, name):
        prefix, _, local = name.rpartition(":")
        return element.nsmap.get(prefix or None), local

    def _documents(self, file, seen):
        if file in seen:
            return
        seen.add(file)
        root = lxml.etree.parse(str(file)).getroot()
        yield root
        for one in root.findall(WSDL + "import"):
            place = one.get("location") or ""
            if place and "://" not in place:
                yield from self._documents((file.parent / urllib.parse.unquote(place)).resolve(), seen)


class Corpus(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.agency = AgencySystem()
        cls.addClassCleanup(cls.agency.stop)
        cls.daemon = Daemon()
        cls.daemon.__enter__()
        cls.addClassCleanup(cls.daemon.__exit__, None, None, None)
        cls.daemon.org("world", "各国机关")
        cls.daemon.consumer("reader", "world")
        cls.identity = cls.daemon.issue("reader", "rsa")
        cls.uddi = u.Uddi(cls.daemon.http)
        with open(CORPUS / "INDEX.tsv", encoding="utf-8", newline="") as index:
            cls.contracts = [Contract(row["name"], CORPUS / row["main_wsdl"])
                             for row in csv.DictReader(index, delimiter="\t", quoting=csv.QUOTE_NONE)]

    def find(self, what, *references, extra=""):
        answer = self.uddi.inquire(what, extra + u.categories(*(u.reference(*one) for one in references)))
        return u.keys_of(answer)

    def register(self, contract, number, offer):
        """The UDDI serviceKey and the published URL."""
        name = contract.name + (f"-{number}" if number else "")
        options = ("--service", offer.name) if offer.name else ()
        answer = self.daemon.publish(contract.file, "world", name, endpoint=self.agency.url, options=options)
        return f"uddi:hutong:service:world:{name}", answer["url"]

    def check_found(self, offer, key, url):
        if offer.name:
            self.assertIn(key, self.find("find_service", (TYPES, "service"), (NAMESPACE, offer.namespace), (LOCAL, offer.name)))
        for space, local in offer.port_types:
            found = self.find("find_tModel", (TYPES, "portType"), (NAMESPACE, space), extra=u.name(local))
            mine = [one for one in found if one.startswith(key + ":")]
            self.assertEqual(len(mine), 1, f"port type {{{space}}}{local} in {found}")
            self.assertEqual(u.keys_of(self.uddi.inquire("find_service", u.tmodel_bag(mine[0]))), [key])
        entity = self.uddi.inquire("get_serviceDetail", u.element("serviceKey", key))
        self.assertEqual({one.text for one in entity.iter(u.tag("accessPoint"))}, {url})

    def check_fetched(self, url, service):
        """The contract at the accessPoint, with all that it includes by reference to the gateway."""
        address, seen, waiting = urllib.parse.urlsplit(url), set(), [url + "?wsdl"]
        while waiting:
            place = waiting.pop()
            if place in seen:
                continue
            seen.add(place)
            parts = urllib.parse.urlsplit(place)
            if parts.netloc != address.netloc:
                continue  # an absolute import that could not be had at registration stays as the contract has it
            self.assertEqual(parts.path, address.path)
            status, _, text = self.uddi.get(parts.path + "?" + parts.query)
            self.assertEqual(status, 200, place)
            root = lxml.etree.fromstring(text, lxml.etree.XMLParser(huge_tree=True, no_network=True))
            if service and len(seen) == 1:
                self.assertIn(service, [one.get("name") for one in root.iter(WSDL + "service")])
            for one in root.iter(WSDL + "import", *(f"{{http://www.w3.org/2001/XMLSchema}}{kind}" for kind in ("import", "include"))):
                if one.get("location") or one.get("schemaLocation"):
                    waiting.append(urllib.parse.urljoin(place, one.get("location") or one.get("schemaLocation")))

    def test_1_each_is_registered_found_and_fetched(self):
        self.assertGreaterEqual(len(self.contracts), 45)
        for contract in self.contracts:
            with self.subTest(contract.name):
                self.assertTrue(contract.offers and all(one.port_types for one in contract.offers))
                for number, offer in enumerate(contract.offers):
                    key, url = self.register(contract, number, offer)
                    self.check_found(offer, key, url)
                    self.check_fetched(url, offer.name)

    def test_2_where_a_system_answers_it_is_called(self):
        for name, operation, arguments, words in CALLS:
            with self.subTest(name):
                self.daemon.grant("reader", f"world/{name}")
                url = f"{self.daemon.http}/services/world/{name}?wsdl"
                session = requests.Session()
                session.trust_env = False  # whatever the machine trusts besides, or goes through
                session.verify = str(self.daemon.ca_file())
                client = zeep.Client(url, transport=zeep.transports.Transport(session=session), plugins=[Signing(self.identity)])
                self.assertIn(words, str(getattr(client.service, operation)(**arguments)))


if __name__ == "__main__":
    if not (CORPUS / "INDEX.tsv").exists():
        print(f"skipped: no contracts at {CORPUS} (ran 0 of 0)")
        sys.exit(SKIPPED)
    suite.main()

"""The demo agencies as a program: their contracts read by zeep, their answers, faults, limits and restarts."""
import concurrent.futures
import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import unittest
import urllib.parse

import lxml.etree
import zeep
import zeep.exceptions
import zeep.transports

import suite
import throwaway
from hutong_daemon import Agencies

SAMPLE = "91350100M000100Y43"       # in GB 32100-2015, and always in the generated data
UNUSED = "914403001922038216"       # right, and of no generated company
SERVICES = {"gs/company": "urn:hutong:demo:company", "guoshui/state-tax": "urn:hutong:demo:state-tax",
            "dishui/local-tax": "urn:hutong:demo:local-tax", "zhijian/org-code": "urn:hutong:demo:org-code"}
COMPANIES = 600

folder = postgres = database = agencies = None


def setUpModule():
    global folder, postgres, database, agencies
    folder = throwaway.folder("ht-agencies-")
    postgres = throwaway.Postgres(folder / "pg")
    database = postgres.create("agencies")
    agencies = Agencies(folder, database, "--companies", str(COMPANIES))


def tearDownModule():
    agencies.stop()
    postgres.stop()
    shutil.rmtree(folder, ignore_errors=True)


def client(service, port=None):
    made = zeep.Client(agencies.urls[service] + "?wsdl", transport=zeep.transports.Transport(timeout=30))
    return made.bind(port_name=port) if port else made.service


def post(service, body, version="text/xml; charset=utf-8", end_stream=False):
    """Status, content type and text of the answer; (0, "", "") when the connection was closed without one.

    With end_stream the request ends with the end of the stream: gSOAP waits for a missing end tag while more may come,
    and then sends no fault to a peer that has closed its side.
    """
    body = body.encode() if isinstance(body, str) else body
    address = urllib.parse.urlsplit(agencies.urls[service])
    head = (f"POST {address.path} HTTP/1.1\r\nHost: {address.netloc}\r\nContent-Type: {version}\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n")
    with socket.create_connection((address.hostname, address.port), timeout=60) as connection:
        try:
            connection.sendall(head.encode() + body)
            if end_stream:
                connection.shutdown(socket.SHUT_WR)
            answer = http.client.HTTPResponse(connection)
            answer.begin()
            return answer.status, answer.headers["Content-Type"], answer.read().decode()
        except (ConnectionError, http.client.HTTPException):
            return 0, "", ""


def envelope(body, namespace="http://schemas.xmlsoap.org/soap/envelope/"):
    return f'<e:Envelope xmlns:e="{namespace}"><e:Body>{body}</e:Body></e:Envelope>'


def get_company(code):
    return envelope(f'<GetCompany xmlns="urn:hutong:demo:company"><creditCode>{code}</creditCode></GetCompany>')


class Contracts(unittest.TestCase):
    def test_each_agency_serves_its_contract_with_its_own_address(self):
        for service, namespace in SERVICES.items():
            with self.subTest(service):
                made = zeep.Client(agencies.urls[service] + "?wsdl")
                self.assertTrue(made.wsdl.services)
                for binding in made.wsdl.bindings:
                    self.assertTrue(binding.startswith("{" + namespace + "}"), binding)
                for found in made.wsdl.services.values():
                    for port in found.ports.values():
                        self.assertEqual(agencies.urls[service], port.binding_options["address"])

    def test_other_gets_are_not_found(self):
        address = urllib.parse.urlsplit(agencies.urls["gs/company"])
        for path in ("/", "/gs/company", "/gs/company?xsd=1", "/../../etc/passwd"):
            connection = http.client.HTTPConnection(address.hostname, address.port, timeout=30)
            connection.request("GET", path)
            self.assertEqual(404, connection.getresponse().status, path)
            connection.close()


class CompanyRegister(unittest.TestCase):
    def fault(self, call, *arguments, **named):
        with self.assertRaises(zeep.exceptions.Fault) as raised:
            call(*arguments, **named)
        detail = raised.exception.detail
        return detail.findtext(".//{*}code"), raised.exception

    def test_get_company(self):
        company = client("gs/company").GetCompany(SAMPLE)
        self.assertEqual("福州互通信息技术有限公司", company.name)
        self.assertEqual("active", company.status)
        self.assertEqual("福建省福州市鼓楼区", company.regionName)

    def test_every_listed_company_is_there(self):
        service = client("gs/company")
        for code, name in Agencies.companies(20):
            self.assertEqual(name, service.GetCompany(code).name)

    def test_unknown_and_wrong_codes_get_the_declared_fault(self):
        service = client("gs/company")
        code, fault = self.fault(service.GetCompany, UNUSED)
        self.assertEqual("NotFound", code)
        self.assertIn("查无此企业", fault.message)
        self.assertEqual("BadCode", self.fault(service.GetCompany, SAMPLE[:-1] + "4")[0])
        self.assertEqual("BadCode", self.fault(service.GetCompany, "' OR ''='")[0])

    def test_find_companies_counts_all_and_returns_some(self):
        found = client("gs/company").FindCompanies("有限公司", 7)
        self.assertEqual(7, len(found.company))
        self.assertGreaterEqual(found.total, COMPANIES)
        self.assertEqual(sorted(row.name.encode() for row in found.company),
                         [row.name.encode() for row in found.company])

    def test_wildcards_of_the_database_are_only_characters(self):
        for part in ("%%", "__", "\\%"):
            found = client("gs/company").FindCompanies(part, 5)
            self.assertEqual((0, []), (found.total, found.company))

    def test_register_company_in_all_registers(self):
        service = client("gs/company")
        new = {"name": "福州<试验>&“特殊”字符有限公司", "legalPerson": "欧阳明", "registeredCapital": "1234567.89",
               "regionCode": "350102", "address": "福建省福州市鼓楼区 𠮷 路1号", "businessScope": "软件开发"}
        code = service.RegisterCompany(**new).creditCode
        company = service.GetCompany(code)
        for field in ("name", "address", "legalPerson"):
            self.assertEqual(new[field], company[field])
        self.assertEqual("1234567.89", str(company.registeredCapital))
        check = client("zhijian/org-code").ValidateCode(code)
        self.assertTrue(check.valid and check.issued)
        self.assertEqual(new["name"], client("zhijian/org-code").GetOrganisation(code[8:17]).name)
        for tax in ("guoshui/state-tax", "dishui/local-tax"):
            self.assertEqual("normal", client(tax).GetTaxStatus(code).standing)
        self.assertEqual("NameTaken", self.fault(service.RegisterCompany, **new)[0])
        other = {**new, "name": new["name"] + "二"}
        self.assertEqual("BadRequest", self.fault(service.RegisterCompany, **{**other, "regionCode": "999999"})[0])
        self.assertEqual("BadRequest", self.fault(service.RegisterCompany, **{**other, "registeredCapital": "-1"})[0])

    def test_parallel_registrations_get_codes_of_their_own(self):
        service = client("gs/company")

        def register(number):
            return service.RegisterCompany(name=f"南京并行{number}号有限公司", legalPerson="王伟", registeredCapital="1.00",
                                           regionCode="320102", address="江苏省南京市", businessScope="贸易").creditCode

        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            codes = list(pool.map(register, range(32)))
        self.assertEqual(32, len(set(codes)))


class Taxes(unittest.TestCase):
    def test_status_and_arrears_agree(self):
        for service in ("guoshui/state-tax", "dishui/local-tax"):
            tax = client(service)
            in_arrears = 0
            for code, name in Agencies.companies(60):
                status = tax.GetTaxStatus(code)
                listed = tax.ListArrears(code)
                self.assertEqual(name, status.taxpayerName)
                self.assertEqual(status.arrearsTotal, listed.total)
                self.assertEqual(listed.total, sum(one.amount for one in listed.arrears))
                self.assertEqual(status.standing == "arrears", bool(listed.arrears))
                in_arrears += bool(listed.arrears)
            self.assertGreater(in_arrears, 0)

    def test_faults(self):
        for service in ("guoshui/state-tax", "dishui/local-tax"):
            for code, expected in ((UNUSED, "NotFound"), (SAMPLE[::-1], "BadCode")):
                for operation in ("GetTaxStatus", "ListArrears"):
                    with self.assertRaises(zeep.exceptions.Fault) as raised:
                        client(service)[operation](code)
                    self.assertEqual(expected, raised.exception.detail.findtext(".//{*}code"))


class OrganisationCodes(unittest.TestCase):
    PORTS = ("OrganisationCodesSoap11Port", "OrganisationCodesSoap12Port")

    def test_both_versions_of_soap(self):
        for port in self.PORTS:
            service = client("zhijian/org-code", port)
            found = service.GetOrganisation("M000100Y4")
            self.assertEqual((SAMPLE, "2025-10-01"), (found.creditCode, str(found.validUntil)))
            with self.assertRaises(zeep.exceptions.Fault) as raised:
                service.GetOrganisation("192203821")
            detail = raised.exception.detail
            self.assertEqual("NotFound", detail.findtext(".//{*}code"))
            self.assertIn("查无此机构", raised.exception.message)

    def test_answers_and_faults_speak_the_callers_version(self):
        for version, namespace, code in (("text/xml", "http://schemas.xmlsoap.org/soap/envelope/", "faultcode"),
                                         ("application/soap+xml", "http://www.w3.org/2003/05/soap-envelope", "Code")):
            for organisation, expected in (("M000100Y4", 200), ("192203821", None)):
                body = envelope('<GetOrganisation xmlns="urn:hutong:demo:org-code"><organisationCode>' + organisation +
                                "</organisationCode></GetOrganisation>", namespace)
                status, kind, text = post("zhijian/org-code", body, version + "; charset=utf-8")
                self.assertEqual(version, kind.split(";")[0])
                root = lxml.etree.fromstring(text.encode())
                self.assertEqual(f"{{{namespace}}}Envelope", root.tag)
                if expected:
                    self.assertEqual(expected, status)
                else:
                    self.assertIsNotNone(root.find(".//{*}" + code))

    def test_validate_code_explains(self):
        service = client("zhijian/org-code")
        for code, expected in ((SAMPLE, (True, "credit", True, None)), (UNUSED, (True, "credit", False, None)),
                               (SAMPLE[:-1] + "4", (False, "credit", False, "creditCheck")),
                               ("91350100I000100Y43", (False, "credit", False, "alphabet")),
                               ("D2143569X", (True, "organisation", False, None)),
                               ("D21435690", (False, "organisation", False, "organisationCheck")),
                               ("1", (False, "unknown", False, "length")),
                               ("统一码", (False, "organisation", False, "alphabet"))):
            said = service.ValidateCode(code)
            self.assertEqual(expected, (said.valid, said.kind, said.issued, said.problem), code)


class BadInput(unittest.TestCase):
    """Each gets a fault or an HTTP error, and the next caller is served."""

    def tearDown(self):
        self.assertEqual(200, post("gs/company", get_company(SAMPLE))[0])

    def refused(self, body, end_stream=False):
        status, _, text = post("gs/company", body, end_stream=end_stream)
        self.assertTrue(status == 0 or status >= 400, status)
        self.assertNotIn("互通信息", text)

    def test_malformed(self):
        for body in ("", "not xml", envelope("<GetCompany"), envelope(""), get_company(SAMPLE)[:-9]):
            self.refused(body, end_stream=True)

    def test_missing_or_unknown_elements(self):
        self.refused(envelope('<GetCompany xmlns="urn:hutong:demo:company"/>'))
        self.refused(envelope('<DropCompany xmlns="urn:hutong:demo:company"/>'))
        self.refused(envelope(f'<GetCompany xmlns="urn:other"><creditCode>{SAMPLE}</creditCode></GetCompany>'))

    def test_document_type_and_entities(self):
        bomb = ('<!DOCTYPE e [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>' + get_company("&b;"))
        self.refused(bomb)
        self.refused('<!DOCTYPE e [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + get_company("&x;"))

    def test_deep_nesting_and_large_bodies(self):
        self.refused(envelope("<a>" * 5000 + "</a>" * 5000))
        self.refused(get_company("9" * (2 << 20)))

    def test_lengths_of_the_contract(self):
        find = '<FindCompanies xmlns="urn:hutong:demo:company"><namePart>{}</namePart><maxRows>{}</maxRows></FindCompanies>'
        self.refused(envelope(find.format("海", 5)))
        self.refused(envelope(find.format("海" * 51, 5)))
        self.refused(envelope(find.format("海鑫", 0)))
        self.refused(envelope(find.format("海鑫", 201)))


class Samples(unittest.TestCase):
    def test_every_sample_request_is_answered(self):
        services = {namespace: service for service, namespace in SERVICES.items()}
        samples = sorted((suite.ROOT / "conf" / "samples" / "agencies").glob("*.xml"))
        self.assertEqual(7, len(samples))
        for sample in samples:
            with self.subTest(sample.name):
                operation = lxml.etree.parse(sample).getroot()[0][0]
                status, _, text = post(services[lxml.etree.QName(operation).namespace], sample.read_bytes())
                self.assertEqual(200, status, text)
                self.assertIn(lxml.etree.QName(operation).localname + "Response", text)


class Running(unittest.TestCase):
    def test_many_connections_at_once_stay_served(self):
        address = urllib.parse.urlsplit(agencies.urls["gs/company"])
        held = []
        for _ in range(100):        # idle keep-alive connections, as a gateway's pool holds them
            connection = http.client.HTTPConnection(address.hostname, address.port, timeout=30)
            connection.request("POST", address.path, get_company(SAMPLE).encode(), {"Content-Type": "text/xml"})
            self.assertIn("互通信息", connection.getresponse().read().decode())
            held.append(connection)
        for connection in held:
            connection.request("POST", address.path, get_company(SAMPLE).encode(), {"Content-Type": "text/xml"})
            self.assertEqual(200, connection.getresponse().status)
            connection.close()

    def test_data_outlives_the_program_and_sigterm_ends_it_cleanly(self):
        again = throwaway.folder("ht-agencies-again-")
        self.addCleanup(shutil.rmtree, again, True)
        code = client("gs/company").RegisterCompany(
            name="北京长存有限公司", legalPerson="李娜", registeredCapital="5", regionCode="110105", address="北京市",
            businessScope="贸易").creditCode
        second = Agencies(again, database, "--agency", "company")
        try:
            self.assertEqual(["gs/company"], list(second.urls))
            made = zeep.Client(second.urls["gs/company"] + "?wsdl")
            self.assertEqual("北京长存有限公司", made.service.GetCompany(code).name)
            self.assertLess(made.service.FindCompanies("有限公司", 1).total, 2 * COMPANIES)
            second.process.send_signal(signal.SIGTERM)
            self.assertEqual(0, second.process.wait(30))
        finally:
            second.stop()

    def test_usage_errors_say_what_to_mend(self):
        def run(*options):
            return subprocess.run([os.environ["HUTONG_AGENCIES"], *options], capture_output=True, text=True, timeout=60)

        self.assertEqual(2, run().returncode)
        self.assertIn("--database", run().stderr)
        self.assertEqual(2, run("--database", database, "--agency", "nonsense").returncode)
        away = run("--database", "postgresql://nobody@127.0.0.1:1/none")
        self.assertEqual(1, away.returncode)
        self.assertRegex(away.stderr, re.compile(r"^hutong-agencies: .+\n\Z", re.MULTILINE))
        taken = run("--database", database, "--port", agencies.urls["gs/company"].split(":")[2].split("/")[0])
        self.assertEqual(1, taken.returncode)
        self.assertIn("--port", taken.stderr)


if __name__ == "__main__":
    suite.main()

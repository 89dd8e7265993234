"""The resource catalogue and the search on a real daemon: over HTTP, checked against the OpenAPI document, and by CLI."""
import http.client
import json
import unittest
import urllib.parse

import registry_case
import suite
import uddi_client as u
from hutong_daemon import CommandFailed, Daemon
from officers import Api

THEME = "uddi:hutong:categorization:gbt21063.4:theme"
REGION = "uddi:hutong:categorization:gbt2260"
COMPANY = registry_case.WSDL.replace(
    '<xsd:element name="Echo" type="xsd:string"/>',
    '<xsd:element name="Echo" type="xsd:string"><xsd:annotation><xsd:documentation>统一社会信用代码</xsd:documentation>'
    '</xsd:annotation></xsd:element><xsd:element name="creditCode" type="xsd:string"/>').replace(
    '<operation name="Echo"><input', '<operation name="Echo"><documentation>核验执照</documentation><input')


def mismatches(schema, value, schemas, at="answer"):
    """What `value` has that the schema (the part of JSON Schema 2020-12 that the document uses) does not allow."""
    if "$ref" in schema:
        return mismatches(schemas[schema["$ref"].rsplit("/", 1)[1]], value, schemas, at)
    unknown = set(schema) - {"type", "properties", "required", "additionalProperties", "items", "enum"}
    if unknown:
        raise AssertionError(f"{at}: this check does not know {unknown}")
    if "enum" in schema and value not in schema["enum"]:
        return [f"{at}: {value!r} is none of {schema['enum']}"]
    kinds = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool}
    if "type" in schema and type(value) is not kinds[schema["type"]]:
        return [f"{at}: {value!r} is no {schema['type']}"]
    wrong = []
    if isinstance(value, dict):
        wrong += [f"{at}: lacks {name}" for name in schema.get("required", []) if name not in value]
        for name, member in value.items():
            if name in schema["properties"]:
                wrong += mismatches(schema["properties"][name], member, schemas, f"{at}.{name}")
            elif schema.get("additionalProperties") is False:
                wrong.append(f"{at}: has {name}")
    if isinstance(value, list):
        for index, item in enumerate(value):
            wrong += mismatches(schema["items"], item, schemas, f"{at}[{index}]")
    return wrong


class Catalogue(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon()
        cls.addClassCleanup(cls.daemon.__exit__, None, None, None)
        cls.daemon.__enter__()
        cls.daemon.org("gs", "工商行政管理局")
        cls.daemon.org("tax", "税务局")
        file = cls.daemon.folder / "company.wsdl"
        file.write_text(COMPANY, encoding="utf-8")
        cls.daemon.publish(file, "gs", "company")
        cls.daemon.cli("catalogue", "set", "gs/company", "--title", "企业登记信息", "--theme", "ZA00", "--theme-name", "综合政务",
                       "--region", "330106", "--keyword", "法人", "--keyword", "证照", "--begins", "2020-01-01")
        password = cls.daemon.cli("publisher", "add", "li", "--org", "tax")["password"]
        cls.client = u.Uddi(cls.daemon.http)
        cls.client.sign_in("li", password)
        bag = u.categories(u.reference(THEME, "ZB", "经济管理"), u.reference(REGION, "440000", "广东省"))
        saved = cls.client.publish("save_service", u.service(
            None, u.name("纳税信用查询"), business="uddi:hutong:org:tax", bag=bag,
            descriptions="<description>企业的 纳税等级</description>"))
        cls.tax_key = saved[0].get("serviceKey")
        cls.document = Api(cls.daemon).call("GET", "/api/v1/openapi.json")[2]

    def ask(self, path, status=200, method="GET", **query):
        """The answer, which is what the OpenAPI document says of the path; nobody has signed in."""
        url = urllib.parse.urlsplit(self.daemon.http)
        connection = http.client.HTTPConnection(url.hostname, url.port, timeout=30)
        self.addCleanup(connection.close)
        whole = urllib.parse.quote(path) + ("?" + urllib.parse.urlencode(query) if query else "")
        connection.request(method, whole)
        answer = connection.getresponse()
        said = json.loads(answer.read())
        self.assertEqual(answer.status, status, said)
        listed = self.document["paths"].get(path) or self.document["paths"]["/api/v1/catalogue/{id}"]
        self.assertEqual(listed["get"]["security"], [])
        responses = listed["get"]["responses"]
        schema = responses.get(str(status), responses["default"])["content"]["application/json"]["schema"]
        self.assertEqual(mismatches(schema, said, self.document["components"]["schemas"]), [])
        if status == 200:
            self.assertLessEqual(set(query), {one["name"] for one in listed["get"]["parameters"]})
        return said

    def titles(self, **query):
        return [one["resTitle"] for one in self.ask("/api/v1/catalogue", **query)["entries"]]

    def found(self, text):
        return [(hit["resTitle"], hit["matched"]) for hit in self.ask("/api/v1/search", q=text)["hits"]]

    def refused(self, *words):
        with self.assertRaises(CommandFailed) as caught:
            self.daemon.cli(*words)
        self.assertEqual(caught.exception.code, 1, caught.exception.message)
        return caught.exception.message

    def test_the_twelve_elements(self):
        entry = self.ask("/api/v1/catalogue/gs/company")
        self.assertEqual((entry["resTitle"], entry["idPoC"]["rpOrgName"], entry["agency"]),
                         ("企业登记信息", "工商行政管理局", "gs"))
        self.assertEqual([(one["cateStd"], one["cateCode"]) for one in entry["tpCat"]],
                         [("GB/T 21063.4", "ZA00"), ("GB/T 2260", "330106")])
        self.assertEqual((entry["resID"], entry["mdID"]), (entry["key"], entry["key"] + ":metadata"))
        self.assertEqual((entry["descKeys"], entry["dataTime"]), (["法人", "证照"], {"begin": "2020-01-01"}))
        self.assertTrue(entry["onLineSrc"].endswith("/services/gs/company"))
        self.assertEqual(self.ask("/api/v1/catalogue/" + entry["key"]), entry)
        self.assertEqual(self.daemon.cli("catalogue", "show", "gs/company"), entry)

    def test_what_a_publisher_saved_is_an_entry(self):
        entry = self.ask("/api/v1/catalogue/" + self.tax_key)
        self.assertEqual((entry["resTitle"], entry["abstract"], entry["service"]), ("纳税信用查询", "企业的 纳税等级", ""))
        self.assertEqual([one["cateName"] for one in entry["tpCat"]][0], "经济管理")

    def test_by_theme_agency_and_region(self):
        self.assertEqual(self.titles(theme="Z"), self.titles())
        self.assertEqual(self.titles(theme="ZA"), ["企业登记信息"])
        self.assertEqual(self.titles(agency="tax"), ["纳税信用查询"])
        self.assertEqual(self.titles(region="330000"), ["企业登记信息"])
        self.assertEqual(self.titles(region="330100", theme="ZB"), [])
        self.assertEqual(self.titles(theme="%"), [])
        themes = {node["code"]: node["count"] for node in self.ask("/api/v1/catalogue/themes")}
        self.assertEqual(themes, {"ZA00": 1, "ZB": 1})
        regions = {node["code"]: node for node in self.ask("/api/v1/catalogue/regions")}
        self.assertEqual((set(regions), regions["330000"]["count"]), ({"330000", "440000"}, 1))
        self.assertTrue(regions["330000"]["name"].startswith("浙江"))
        self.assertEqual(regions["330000"]["children"][0]["children"][0]["code"], "330106")
        agencies = {one["agency"]: one["count"] for one in self.ask("/api/v1/catalogue/agencies")}
        self.assertEqual(agencies, {"gs": 1, "tax": 1})
        for name in ("themes", "regions", "agencies"):
            self.assertEqual(self.daemon.cli("catalogue", name), self.ask(f"/api/v1/catalogue/{name}"))

    def test_pages(self):
        first = self.ask("/api/v1/catalogue", limit=1)
        second = self.ask("/api/v1/catalogue", limit=1, after=first["next"])
        self.assertNotIn("next", second)
        self.assertEqual({one["entries"][0]["agency"] for one in (first, second)}, {"gs", "tax"})
        self.assertEqual(self.daemon.cli("catalogue", "list", "--limit", "1"), first)

    def test_search(self):
        self.assertEqual(self.found("企业"), [("企业登记信息", "name"), ("纳税信用查询", "description")])
        for text, part in (("证照", "name"), ("执照", "operation"), ("echo", "operation"), ("信用代码", "element"),
                           ("credit", "element"), ("creditCode", "element")):
            self.assertEqual(self.found(text)[0], ("企业登记信息", part), text)
        self.assertEqual(self.found("信用 查询"), [("纳税信用查询", "name")])
        self.assertEqual(self.found("信询"), [])
        self.assertEqual(self.daemon.cli("search", "企业", "登记"), self.ask("/api/v1/search", q="企业 登记"))

    def test_bad_questions(self):
        for path, query in (("/api/v1/search", {}), ("/api/v1/search", {"q": "，%"}), ("/api/v1/search", {"q": "字" * 100}),
                            ("/api/v1/search", {"q": "a", "limit": "0"}), ("/api/v1/catalogue", {"limit": "x"}),
                            ("/api/v1/catalogue", {"region": "33x"}), ("/api/v1/catalogue", {"them": "ZA"}),
                            ("/api/v1/catalogue", {"agency": "\0"})):
            said = self.ask(path, 400, **query)
            self.assertEqual(said["error"]["code"], "invalid", (path, query))
        self.ask("/api/v1/catalogue/gs/nothing", 404)
        self.ask("/api/v1/catalogue", 405, method="PUT")
        self.assertEqual(self.found("' or 1=1 --"), [])

    def test_an_edit_of_another_revision_is_refused(self):
        file = self.daemon.folder / "edited.wsdl"
        file.write_text(registry_case.WSDL, encoding="utf-8")
        self.daemon.publish(file, "gs", "edited")
        self.addCleanup(self.daemon.cli, "service", "retire", "gs/edited")
        self.assertEqual(self.daemon.cli("catalogue", "set", "gs/edited", "--contact", "甲", "--if-match", "0")["revision"], "1")
        self.assertEqual(self.daemon.cli("catalogue", "set", "gs/edited", "--title", "乙")["revision"], "2")
        said = self.refused("catalogue", "set", "gs/edited", "--contact", "丙", "--if-match", "1")
        self.assertIn("revision 2", said)
        self.assertIn("changed since: title", said)
        entry = self.ask("/api/v1/catalogue/gs/edited")
        self.assertEqual((entry["idPoC"]["contact"], entry["resTitle"]), ("甲", "乙"))
        self.assertIn("YYYY-MM-DD", self.refused("catalogue", "set", "gs/edited", "--published", "2026-13-01"))
        self.assertIn("nothing to set", self.refused("catalogue", "set", "gs/edited"))
        self.daemon.cli("catalogue", "set", "gs/edited", "--title", "")
        self.assertNotEqual(self.ask("/api/v1/catalogue/gs/edited")["resTitle"], "乙")
        journaled = [one for one in self.daemon.cli("journal", "list", "--limit", "200")
                     if one["operation"] == "catalogue.set"]
        self.assertGreaterEqual(len(journaled), 6)

    def test_drafts_and_what_is_offline_are_not_shown(self):
        file = self.daemon.folder / "hidden.wsdl"
        file.write_text(registry_case.WSDL.replace("Echo", "Verborgen"), encoding="utf-8")
        self.daemon.publish(file, "gs", "hidden", options=("--draft",))
        self.assertEqual(self.found("Verborgen"), [])
        self.ask("/api/v1/catalogue/gs/hidden", 404)
        self.daemon.publish(file, "gs", "hidden")
        self.assertEqual(len(self.found("Verborgen")), 1)
        self.daemon.cli("service", "retire", "gs/hidden")
        self.assertEqual(self.found("Verborgen"), [])
        self.ask("/api/v1/catalogue/gs/hidden", 404)


if __name__ == "__main__":
    suite.main()

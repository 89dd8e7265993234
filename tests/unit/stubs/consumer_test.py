"""The C++ consumer: what it signs is verified by xmlsec1, what it is told it verifies itself, or says that it can't."""
import os
import shutil
import subprocess
import unittest

import lxml.etree

import suite
import throwaway
import wss_peer
import wss_sign

CODE = "91350100M000100Y43"
NS = "urn:hutong:demo:company"
COMPANY = f"""<e:Envelope xmlns:e="{wss_sign.SOAP}"><e:Header/><e:Body><c:GetCompanyResponse xmlns:c="{NS}"><c:company>
<c:creditCode>{CODE}</c:creditCode><c:name>福州互通信息技术有限公司</c:name><c:status>active</c:status>
<c:legalPerson>林晓明</c:legalPerson><c:registeredCapital>10000000.00</c:registeredCapital>
<c:establishedOn>2015-10-01</c:establishedOn><c:regionCode>350102</c:regionCode><c:regionName>福州市鼓楼区</c:regionName>
<c:address>软件园路89号</c:address><c:businessScope>软件开发</c:businessScope>
</c:company></c:GetCompanyResponse></e:Body></e:Envelope>""".encode()
NOT_FOUND = f"""<e:Envelope xmlns:e="{wss_sign.SOAP}"><e:Header/><e:Body><e:Fault><faultcode>e:Client</faultcode>
<faultstring>查无此企业</faultstring><detail><c:RegisterFault xmlns:c="{NS}"><c:code>NotFound</c:code>
<c:message>查无此企业</c:message></c:RegisterFault></detail></e:Fault></e:Body></e:Envelope>""".encode()

folder = ca = client = gateway = peer = None


def setUpModule():
    global folder, ca, client, gateway, peer
    folder = throwaway.folder("ht-consumer-")
    ca = wss_peer.Identity(folder, "ca")
    client = wss_peer.Identity(folder, "client", ca)
    gateway = wss_peer.Identity(folder, "gateway", ca)
    peer = wss_peer.Peer(client).__enter__()


def tearDownModule():
    peer.__exit__()
    shutil.rmtree(folder, ignore_errors=True)


def run(*options, trust=True, endpoint=None, identity=None):
    identity = identity or client
    command = [os.environ["HUTONG_CONSUMER"], "--endpoint", endpoint or peer.url, "--key", identity.key,
               "--cert", identity.cert, *(["--ca", ca.cert] if trust else []), *(options or ["--code", CODE])]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=60)


class Consumer(unittest.TestCase):
    def assert_says(self, done, code, *texts):
        for text in texts:
            self.assertIn(text, done.stdout + done.stderr)
        self.assertEqual(code, done.returncode, done.stdout + done.stderr)

    def test_call_verifies_with_xmlsec_and_covers_body_and_timestamp(self):
        peer.answer = (200, wss_peer.signed(COMPANY, gateway))
        self.assert_says(run(), 0, "福州互通信息技术有限公司", "存续", "response signature verified")
        self.assertIsNone(peer.refusal)
        # The plugin signs the token as well, which is more than policy asks for.
        self.assertEqual(({"Body", "Timestamp", "BinarySecurityToken"}, "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"),
                         peer.signed_parts())

    def test_chinese_in_the_signed_body(self):
        peer.answer = (200, wss_peer.signed(NOT_FOUND, gateway))
        run("--operation", "find-companies", "--name", "互通<&>“信息”")
        self.assertIsNone(peer.refusal)
        self.assertEqual("互通<&>“信息”", peer.received.findtext(f".//{{{NS}}}namePart"))

    def test_tampered_call_does_not_verify(self):
        peer.answer = (200, wss_peer.signed(COMPANY, gateway))
        run("--code", CODE, "--tamper")
        self.assertIsNotNone(peer.refusal)
        arrived = peer.received.findtext(f".//{{{NS}}}creditCode")
        self.assertEqual(1, sum(a != b for a, b in zip(arrived, CODE, strict=True)), arrived)

    def test_signed_fault_is_shown_and_verified(self):
        peer.answer = (500, wss_peer.signed(NOT_FOUND, gateway))
        says = ("Client: 查无此企业", "detail NotFound", "response signature verified")
        self.assert_says(run("--code", CODE, "--expect-fault"), 0, *says)
        self.assert_says(run(), 1, *says)

    def test_fault_signed_with_p256_is_still_shown(self):
        peer.answer = (500, wss_peer.signed(NOT_FOUND, wss_peer.Identity(folder, "p256", ca, elliptic=True)))
        says = ("Client: 查无此企业", "not verified")
        self.assert_says(run("--code", CODE, "--expect-fault"), 0, *says)

    def test_expecting_a_fault_and_getting_an_answer_fails(self):
        peer.answer = (200, wss_peer.signed(COMPANY, gateway))
        self.assert_says(run("--code", CODE, "--expect-fault"), 1, "response signature verified")

    def test_altered_answer_is_noticed(self):
        genuine = wss_peer.signed(COMPANY, gateway)
        for old, new in (("林晓明", "林晓朋"), ("10000000.00", "90000000.00")):
            peer.answer = (200, genuine.replace(old.encode(), new.encode()))
            self.assertNotEqual(genuine, peer.answer[1])
            done = run()
            self.assert_says(done, 1, "not verified")
            self.assertNotIn(new, done.stdout)

    def test_answer_without_signature_is_not_trusted(self):
        peer.answer = (200, COMPANY)
        self.assert_says(run(), 1, "not verified")

    def test_answer_of_a_strangers_key_is_not_trusted(self):
        stranger = wss_peer.Identity(folder, "stranger", wss_peer.Identity(folder, "other-ca"))
        peer.answer = (200, wss_peer.signed(COMPANY, stranger))
        self.assert_says(run(), 1, "not verified")

    def test_stale_answer_is_not_trusted(self):
        peer.answer = (200, wss_peer.signed(COMPANY, gateway, lifetime=300, age=3600))
        done = run()
        self.assert_says(done, 1, "not verified: its Timestamp has expired")
        self.assertNotIn("林晓明", done.stdout)

    def test_signature_that_leaves_the_body_out_is_not_trusted(self):
        peer.answer = (200, wss_peer.signed(COMPANY, gateway, parts=("Timestamp",)))
        done = run()
        self.assert_says(done, 1, "not verified: it does not cover Body and Timestamp")
        self.assertNotIn("林晓明", done.stdout)

    def test_answer_signed_in_another_part_is_not_trusted(self):
        # The signed Body moved into the header, another one in its place: the signature itself still verifies.
        moved = lxml.etree.fromstring(wss_peer.signed(COMPANY, gateway))
        header, body = moved
        holder = lxml.etree.SubElement(header, "{urn:evil}Holder")
        holder.append(body)
        false = lxml.etree.fromstring(COMPANY.replace("林晓明".encode(), "贾冒名".encode()))
        moved.append(false[1])
        peer.answer = (200, lxml.etree.tostring(moved))
        done = run()
        self.assert_says(done, 1, "not verified")
        self.assertNotIn("贾冒名", done.stdout)

    def test_without_a_ca_nothing_is_claimed(self):
        peer.answer = (200, wss_peer.signed(COMPANY, gateway))
        self.assert_says(run(trust=False), 0, "福州互通信息技术有限公司", "not verified: no --ca")

    def test_no_server_and_no_soap(self):
        self.assert_says(run(endpoint="http://127.0.0.1:1/"), 1, "no answer")
        peer.answer = (502, b"")
        self.assert_says(run(), 1, "no answer")

    def test_over_tls_the_servers_certificate_counts_too(self):
        stranger = wss_peer.Identity(folder, "tls-stranger", wss_peer.Identity(folder, "tls-other-ca"))
        for server, code, says in ((gateway, 0, "response signature verified"), (stranger, 1, "no answer")):
            with wss_peer.Peer(client, tls=server) as secure:
                secure.answer = (200, wss_peer.signed(COMPANY, gateway))
                self.assert_says(run(endpoint=secure.url), code, says)
                self.assertEqual(server is gateway, secure.received is not None)

    def test_usage(self):
        self.assert_says(run("--operation", "get-company"), 2, "--code")
        elliptic = wss_peer.Identity(folder, "client256", ca, elliptic=True)
        self.assert_says(run(identity=elliptic), 1, "not an RSA key")


if __name__ == "__main__":
    suite.main()

"""Policies of services through a real daemon: what is demanded, what the contract says of it, what the backend sees."""
import base64
import pathlib
import re
import ssl
import subprocess
import threading
import time
import tomllib
import unittest
import urllib.parse
import http.client

from cryptography import x509
from cryptography.hazmat.primitives import hashes

import node_case
import registry_case
import suite
import throwaway
import zeep
from echo_backend import EchoBackend, envelope
from echo_platform import EchoPlatform, post
from hutong_daemon import CommandFailed, Daemon
from test_cli import get
from wss_sign import SOAP, WSA, WSSE, WSU, signed

DOCS = pathlib.Path(__file__).resolve().parents[2] / "docs"
HUTONG = "urn:hutong:gateway:1"


def documented_check():
    """caller_of() as docs/backends.md tells backends to write it."""
    code = re.search(r"```python\n(.*?)```", (DOCS / "backends.md").read_text(encoding="utf-8"), re.DOTALL).group(1)
    names = {}
    exec(code, names)  # pylint: disable=exec-used
    return names["caller_of"]


class Policies(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.platform = EchoPlatform()
        cls.daemon = cls.platform.daemon
        cls.wsdl = cls.daemon.folder / "echo.wsdl"

    @classmethod
    def tearDownClass(cls):
        cls.platform.stop()

    def setUp(self):
        self.platform.backend.received.clear()
        self.name = self._testMethodName.removeprefix("test_").replace("_", "-")[:40]
        self.path = f"/services/gs/{self.name}"

    def publish(self, document=None, preset=None):
        policy = preset
        if document is not None:
            policy = self.daemon.folder / f"{self.name}.toml"
            policy.write_text(document, encoding="utf-8")
        self.daemon.publish(self.wsdl, "gs", self.name, endpoint=self.platform.backend.url,
                            policy=policy and str(policy))
        self.daemon.grant("tax", "gs/" + self.name)

    def post(self, body, status=200, **options):
        got, _, text = self.platform.post(body, path=self.path, **options)
        self.assertEqual(got, status, text)
        return text

    def assert_refused(self, body, *words):
        text = self.post(body, status=500)
        for word in words:
            self.assertIn(word.encode(), text)
        self.assertEqual(self.platform.backend.received, [])

    def set(self, *changes):
        arguments = [word for change in changes for word in ("--set", change)]
        return self.daemon.cli("service", "policy", "gs/" + self.name, *arguments)

    def gateway_certificate(self, kind="p256"):
        return self.daemon.home / "keys" / f"sign-{kind}.pem"

    def last(self):
        return self.platform.backend.received[-1]

    # what is demanded

    def test_a_document_is_enforced_and_changed(self):
        self.publish("preset = 'sign'\n[request]\nfreshness = 30\n")
        self.post(self.platform.message())
        self.platform.backend.received.clear()
        self.assert_refused(self.platform.message(age=150), "MessageExpired")
        self.set("request.freshness=300")
        self.post(self.platform.message(age=150))
        shown = self.daemon.cli("service", "policy", "gs/" + self.name)
        self.assertIn("freshness = 300", shown["policy"])
        self.assertEqual(shown["weaknesses"], [])

    def test_headers_of_a_name_must_be_signed(self):
        self.publish("[request]\nsign_headers = ['{urn:case}Case']\n")
        self.post(self.platform.message())
        self.platform.backend.received.clear()
        self.assert_refused(self.platform.message(header="<c:Case xmlns:c='urn:case'>7</c:Case>"), "FailedCheck")

    def test_names_in_values_must_be_bound_by_what_is_signed(self):
        self.wsdl = self.daemon.folder / "names.wsdl"
        self.wsdl.write_text(registry_case.WSDL.replace('name="Echo" type="xsd:string"', 'name="Echo" type="xsd:QName"'),
                             encoding="utf-8")
        self.publish()

        def message(text):
            bare = envelope(text).replace(b"<e:Envelope ", b'<e:Envelope xmlns:q="urn:q" ')
            return signed(bare, self.platform.caller.key, self.platform.caller.certificate)

        status, headers, text = self.platform.post(message("q:name"), path=self.path)
        self.assertEqual(status, 500)
        self.assertIn(b"FailedCheck", text)
        self.assertEqual(self.platform.backend.received, [])
        record = self.daemon.cli("journal", "show", headers["Hutong-Exchange"])[-1]
        self.assertIn('what the prefix of "q:name" stands for', record["reason"])
        # The prefix of the element that holds it is signed with it.
        self.post(message("t:name"))
        self.assertIn(b"t:name", self.last()[1])

    def test_algorithms_are_narrowed(self):
        self.publish("[request]\nsignature_algorithms = ['rsa-sha256']\n")
        self.assert_refused(self.platform.message(), "FailedCheck")
        caller = self.daemon.issue("tax", "rsa", name="narrowed")
        self.post(signed(envelope("x"), caller.key, caller.certificate))

    def test_weak_and_wrong_documents_are_refused(self):
        for document, words in (("[request]\nsign_body = false\n", "accept_weak = true"),
                                ("[request]\nsign_bdy = true\n", "\"request.sign_body\""),
                                ("replay = 'everywhere'\n", "one of local, shared"),
                                ("[request]\nencrypt_body = true\npreset = 3\n", "")):
            with self.assertRaises(CommandFailed) as caught:
                self.publish(document)
            self.assertEqual(len(caught.exception.message.splitlines()), 1)
            self.assertIn(words, caught.exception.message)
            self.assertIn(f"{self.name}.toml", caught.exception.message)
        with self.assertRaises(CommandFailed) as caught:
            self.publish(preset="stong")
        self.assertIn("neither plain, sign", caught.exception.message)

    def test_without_signatures_there_is_mutual_tls(self):
        self.publish("accept_weak = true\n[request]\nsign_body = false\ntimestamp = false\nsign_addressing = false\n")
        self.assert_refused(envelope("x"), "FailedAuthentication", "client certificate")
        context = ssl.create_default_context(cafile=str(self.daemon.ca_file()))
        context.check_hostname = False
        context.load_cert_chain(self.platform.caller.certificate, self.platform.caller.key)
        address = urllib.parse.urlsplit(self.daemon.https)
        connection = http.client.HTTPSConnection(address.hostname, address.port, context=context, timeout=60)
        self.addCleanup(connection.close)
        self.assertIn(b"SignatureValue", self.post(envelope("x"), connection=connection))
        self.assertEqual(len(self.daemon.cli("service", "policy", "gs/" + self.name)["weaknesses"]), 3)

    def test_unsigned_answers_have_to_be_meant(self):
        self.publish("accept_weak = true\n[response]\nsign = false\n")
        self.assertNotIn(b"SignatureValue", self.post(self.platform.message()))

    def answer_with_headers(self, headers):
        self.platform.backend.answer = (200, "text/xml; charset=utf-8",
                                        envelope("x", headers).replace(b"t:Echo", b"t:EchoResponse"))
        self.addCleanup(setattr, self.platform.backend, "answer", None)

    def test_answers_are_signed_as_policy_says(self):
        self.publish("[response]\nsignature_algorithm = 'rsa-sha256'\nsign_addressing = true\n"
                     "sign_headers = ['{urn:case}Case']\n")
        self.answer_with_headers("<c:Case xmlns:c='urn:case'>7</c:Case><c:Other xmlns:c='urn:case'>8</c:Other>")
        asked = self.platform.message(header=f"<a:MessageID xmlns:a='{WSA}'>urn:m:1</a:MessageID>",
                                      parts=("Body", "Timestamp", "MessageID"))
        ids = ("urn:case:Case", f"{WSA}:RelatesTo", f"{WSA}:MessageID")
        # The caller's own key is P-256.
        answer = self.post(asked)
        self.assertTrue(self.xmlsec1_verifies(answer, self.gateway_certificate("rsa"), *ids), answer)
        self.assertEqual(answer.count(b"<ds:Reference "), 5)
        for part, other in ((b">7<", b">6<"), (b">urn:m:1<", b">urn:m:2<")):
            self.assertEqual(answer.count(part), 1)
            self.assertFalse(self.xmlsec1_verifies(answer.replace(part, other), self.gateway_certificate("rsa"), *ids))
        self.assertTrue(self.xmlsec1_verifies(answer.replace(b">8<", b">9<"), self.gateway_certificate("rsa"), *ids))
        # What the gateway answers itself, too; but to a stranger nothing that costs more than P-256.
        fault = self.post(self.platform.message("<z/>"), status=500)
        self.assertTrue(self.xmlsec1_verifies(fault, self.gateway_certificate("rsa"), *ids), fault)
        fault = self.post(self.platform.message().replace("企业".encode(), "企叶".encode()), status=500)
        self.assertTrue(self.xmlsec1_verifies(fault, self.gateway_certificate("p256"), *ids), fault)
        self.set("response.signature_algorithm=ecdsa-sha256", "response.sign_headers=[]")
        answer = self.post(self.platform.message())
        self.assertTrue(self.xmlsec1_verifies(answer, self.gateway_certificate("p256"), *ids), answer)
        self.assertEqual(answer.count(b"<ds:Reference "), 2)

    def test_every_key_is_completed(self):
        self.publish("[request]\nclock_skew = 5\nfreshness = 60\n[response]\nfreshness = 60\n")
        shown = tomllib.loads(self.daemon.cli("service", "policy", "gs/" + self.name)["policy"])
        keys = {f"{table}.{key}=" for table in ("request", "response") for key in shown.pop(table)}
        keys |= {key + "=" for key in shown}
        script = (suite.ROOT / "conf" / "completions" / "hutong.bash").read_text(encoding="utf-8")
        asked = subprocess.run(["bash", "-c", script + "\nCOMP_WORDS=(hutong service policy gs/x --set ''); COMP_CWORD=5; "
                                "_hutong; echo ${COMPREPLY[@]}"], capture_output=True, text=True, timeout=30, check=True)
        self.assertEqual(set(asked.stdout.split()), keys)

    def test_answers_need_a_key_that_the_node_has(self):
        self.publish(preset="sign")
        for value, words in (('"urn:oid:1.2.156.10197.1.501"', "goes with a key of the kind sm2, and this node has none"),
                             ("rsa-sha512", 'the nearest is "rsa-sha256"'), ("rsa-1_5", "no algorithm of this gateway")):
            with self.assertRaises(CommandFailed) as caught:
                self.set(f"response.signature_algorithm={value}")
            self.assertEqual(len(caught.exception.message.splitlines()), 1)
            self.assertIn(words, caught.exception.message)
            self.assertIn("response.signature_algorithm", caught.exception.message)
        self.post(self.platform.message())

    # what the contract says

    def test_the_contract_names_algorithms_and_signed_headers(self):
        self.publish("preset = 'sign-encrypt'\n[request]\ncontent_algorithms = ['aes128-gcm']\n"
                     "key_transports = ['rsa-oaep']\n[response]\nsignature_algorithm = 'rsa-sha256'\n"
                     "sign_headers = ['{urn:case}Case']\n")
        text = self.published()
        for word in (b"Basic128Sha256", b'EncryptionMethod Algorithm="http://www.w3.org/2009/xmlenc11#aes128-gcm"',
                     b'KeyTransport Algorithm="http://www.w3.org/2009/xmlenc11#rsa-oaep"',
                     b'ResponseSignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"',
                     b'<sp:Header Name="Case" Namespace="urn:case"/>'):
            self.assertIn(word, text)
        # Another platform that takes the contract as it is asks the same, and so does this one.
        again = self.daemon.folder / "again.wsdl"
        again.write_bytes(text)
        self.daemon.publish(again, "gs", self.name[:30] + "-again", endpoint=self.platform.backend.url)
        policies = [self.daemon.cli("service", "policy", f"gs/{name}")["policy"]
                    for name in (self.name, self.name[:30] + "-again")]
        kept = [[line for line in policy.splitlines() if re.match("content_algorithms|key_transports|signature_algorithm =|"
                                                                  "sign_headers", line)] for policy in policies]
        self.assertEqual(len(kept[0]), 5)
        self.assertEqual(kept[0], kept[1])

    def published(self):
        status, _, text = get(self.daemon.http + self.path + "?wsdl")
        self.assertEqual(status, 200)
        return text

    def test_the_contract_carries_the_policy(self):
        self.publish(preset="sign")
        text = self.published()
        for word in (b"AsymmetricBinding", b"Basic256Sha256", b"IncludeTimestamp", b"SignedParts", b"PolicyReference"):
            self.assertIn(word, text)
        file = self.daemon.folder / "published.wsdl"
        file.write_bytes(text)
        self.assertIn("Echo", zeep.Client(str(file)).service._operations)
        self.publish(preset="plain")
        text = self.published()
        self.assertIn(b"RequireClientCertificate", text)
        self.assertNotIn(b"AsymmetricBinding", text)

    def test_a_contract_proposes_its_policy(self):
        policy = ("<p:Policy xmlns:p='http://schemas.xmlsoap.org/ws/2004/09/policy' "
                  "xmlns:s='http://schemas.xmlsoap.org/ws/2005/07/securitypolicy'><s:SignedParts><s:Body/>"
                  "<s:Header Name='Case' Namespace='urn:case'/></s:SignedParts><s:EncryptedElements/></p:Policy>")
        own = self.daemon.folder / "own.wsdl"
        own.write_text(registry_case.WSDL.replace('<soap:binding ', policy + '<soap:binding '), encoding="utf-8")
        said = self.daemon.publish(own, "gs", self.name, endpoint=self.platform.backend.url)
        self.assertTrue([one for one in said["findings"] if "EncryptedElements" in one["text"] and one["place"]], said)
        self.daemon.grant("tax", "gs/" + self.name)
        self.assert_refused(self.platform.message(header="<c:Case xmlns:c='urn:case'>7</c:Case>"), "FailedCheck")
        text = self.published()
        self.assertNotIn(b"2005/07/securitypolicy'><s:", text)
        self.assertIn(b'<sp:Header Name="Case" Namespace="urn:case"/>', text)

    # what the backend sees

    def test_stripped_with_a_signed_header(self):
        self.publish(preset="sign")
        caller_of = documented_check()
        ours = [x509.load_pem_x509_certificate(self.gateway_certificate().read_bytes())]
        self.post(self.platform.message())
        headers, body = self.last()
        self.assertNotIn(WSSE.encode(), body)
        token = headers["Hutong-Identity"]
        claims = caller_of(token, body, "gs/" + self.name, ours)
        self.assertEqual((claims["sub"], claims["org"], claims["operation"]), ("tax", "gs", "Echo"))
        self.assertEqual(claims["jti"], headers["Hutong-Exchange"])
        caller = x509.load_pem_x509_certificate(self.platform.caller.certificate.read_bytes())
        self.assertEqual(claims["certificate"], caller.fingerprint(hashes.SHA256()).hex())
        header, payload, signature = token.split(".")
        forged = base64.urlsafe_b64encode(base64.urlsafe_b64decode(payload + "===").replace(b'"tax"', b'"king"')).decode()
        for wrong in (lambda: caller_of(token, body + b" ", "gs/" + self.name, ours),
                      lambda: caller_of(token, body, "gs/other", ours),
                      lambda: caller_of(token, body, "gs/" + self.name, [caller]),
                      lambda: caller_of(f"{header}.{forged.rstrip('=')}.{signature}", body, "gs/" + self.name, ours)):
            with self.assertRaises(Exception):
                wrong()

    def test_the_signed_header_can_be_switched_off(self):
        self.publish("identity = false\n")
        self.post(self.platform.message(), headers={"Hutong-Identity": "forged"})
        self.assertNotIn("Hutong-Identity", self.last()[0])

    def test_unchanged_means_every_byte(self):
        self.publish("backend = 'unchanged'\n")
        message = self.platform.message("不变")
        self.post(message)
        headers, body = self.last()
        self.assertEqual(body, message)
        ours = [x509.load_pem_x509_certificate(self.gateway_certificate().read_bytes())]
        self.assertEqual(documented_check()(headers["Hutong-Identity"], body, "gs/" + self.name, ours)["sub"], "tax")

    def xmlsec1_verifies(self, message, certificate, *further):
        file = self.daemon.folder / "received.xml"
        file.write_bytes(message)
        ids = [word for name in (f"{WSU}:Timestamp", f"{SOAP}:Body", f"{HUTONG}:Identity", *further)
               for word in ("--id-attr:Id", name)]
        done = subprocess.run([throwaway.program("xmlsec1"), "--verify", "--pubkey-cert-pem", certificate, *ids, file],
                              capture_output=True, timeout=60)
        return done.returncode == 0

    def test_re_signed_by_the_gateway(self):
        self.publish("backend = 're-signed'\n")
        forged = f'<h:Identity xmlns:h="{HUTONG}"><h:Consumer>king</h:Consumer></h:Identity>'
        for kind in ("p256", "rsa"):
            self.set(f"backend_key={kind}")
            self.post(self.platform.message("重签", header=forged))
            headers, body = self.last()
            self.assertNotIn("Hutong-Identity", headers)
            self.assertTrue(self.xmlsec1_verifies(body, self.gateway_certificate(kind)), body)
            self.assertFalse(self.xmlsec1_verifies(body, self.platform.caller.certificate))
            self.assertEqual(body.count(b"<ds:Reference "), 3)
            self.assertEqual(body.count(b"SignedInfo>"), 2)
            self.assertNotIn(b"king", body)
            for part, other in ((b"<hutong:Consumer>tax<", b"<hutong:Consumer>tex<"), ("重签".encode(), "重钱".encode())):
                self.assertIn(part, body)
                self.assertFalse(self.xmlsec1_verifies(body.replace(part, other), self.gateway_certificate(kind)))


class SharedReplay(node_case.NodeCase):
    """Two nodes behind a load balancer that sends the same message to both."""

    def setUp(self):
        super().setUp()
        self.backend = EchoBackend()
        self.addCleanup(self.backend.stop)

    def post(self, node, service, message):
        status, _, text = post(node.http, message, "/services/gs/" + service)
        return status, text

    def test_what_one_node_took_the_other_refuses(self):
        self.assertEqual(self.join(self.folder / "second", self.first.cli("node", "invite")["token"]).returncode, 0)
        self.first.org("gs", "工商行政管理局")
        wsdl = registry_case.write_wsdl(self.first.folder)
        self.first.consumer("tax", "gs")
        for service in ("local", "shared"):
            self.first.publish(wsdl, "gs", service, endpoint=self.backend.url)
            self.first.grant("tax", "gs/" + service)
        self.first.cli("service", "policy", "gs/shared", "--set", "replay=shared")
        caller = self.first.issue("tax")

        def message():
            return signed(envelope("x"), caller.key, caller.certificate)

        with Daemon(self.folder, home_name="second") as second:
            # The second node follows within a second; a fresh message shows that it has the whole catalogue.
            self.wait_for(lambda: self.post(second, "shared", message())[0] == 200, "the second node does not follow")
            once = message()
            self.assertEqual(self.post(self.first, "shared", once)[0], 200)
            for node in (second, self.first):
                status, text = self.post(node, "shared", once)
                self.assertEqual(status, 500)
                self.assertIn(b"received before", text)
            # This is what sharing is for: each node has a memory of its own otherwise.
            once = message()
            self.assertEqual([self.post(node, "local", once)[0] for node in (self.first, second)], [200, 200])

            # Both at the same moment: one is taken.
            for _ in range(5):
                once, answers = message(), []
                threads = [threading.Thread(target=lambda node=node: answers.append(self.post(node, "shared", once)[0]))
                           for node in (self.first, second)]
                for thread in threads:
                    thread.start()
                for thread in threads:
                    thread.join()
                self.assertEqual(sorted(answers), [200, 500])

            self.postgres.stop("immediate")
            begun = time.monotonic()
            status, text = self.post(self.first, "shared", message())
            self.assertEqual(status, 500)
            self.assertRegex(text, rb"Server<|:Server")
            self.assertIn(b"another node", text)
            self.assertLess(time.monotonic() - begun, 30)
            self.assertEqual(self.post(self.first, "local", message())[0], 200)


if __name__ == "__main__":
    suite.main()

"""Calls through a real daemon: what is answered, what bad input gets, and that none of it harms the next caller."""
import gzip
import re
import socket
import ssl
import subprocess
import unittest
import urllib.parse
import http.client

import suite
import throwaway
from echo_backend import envelope
from echo_platform import EchoPlatform
from hutong_daemon import WITHOUT_REVOCATION
from wss_sign import SOAP, WSSE, signed

INCIDENT = re.compile(rb"[0-9A-HJKMNP-TV-Z]{26}")


class Calls(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.platform = EchoPlatform(configuration={"xml": {"max_depth": 32}})

    @classmethod
    def tearDownClass(cls):
        cls.platform.stop()

    def setUp(self):
        self.platform.backend.answer = None
        self.platform.backend.delay = 0.0
        self.platform.backend.received.clear()

    def assert_answered(self):
        status, _, body = self.platform.post(self.platform.message())
        self.assertEqual(status, 200, body)
        self.assertIn("企业".encode(), body)
        self.platform.backend.received.clear()

    def assert_refused(self, body, *words, status=500, **options):
        """A fault or HTTP error that holds the words and an incident id that the journal knows; nothing got through."""
        got, _, text = self.platform.post(body, **options)
        self.assertEqual(got, status, text)
        for word in words:
            self.assertIn(word.encode(), text)
        incident = INCIDENT.search(text)
        self.assertTrue(incident, text)
        records = self.platform.daemon.cli("journal", "show", incident.group().decode())
        self.assertTrue(records)
        self.assertEqual(self.platform.backend.received, [])
        self.assert_answered()

    def test_a_signed_call_is_answered_signed(self):
        status, headers, body = self.platform.post(self.platform.message())
        self.assertEqual(status, 200)
        self.assertIn(b"SignatureValue", body)
        self.assertIn("text/xml", headers["Content-Type"])
        self.assertEqual(len(self.platform.daemon.cli("journal", "show", headers["Hutong-Exchange"])), 2)

    def test_backend_sees_neither_security_nor_forged_identity(self):
        forged = '<h:Consumer xmlns:h="urn:hutong:gateway:1">king</h:Consumer>'
        status, _, _ = self.platform.post(self.platform.message(header=forged), headers={
            "Hutong-Consumer": "king", "Authorization": "Basic a2luZw==", "X-Forwarded-For": "1.2.3.4"})
        self.assertEqual(status, 200)
        headers, body = self.platform.backend.received[-1]
        self.assertNotIn(WSSE.encode(), body)
        self.assertNotIn(b"king", body)
        self.assertEqual(headers["Hutong-Consumer"], "tax")
        self.assertNotIn("Authorization", headers)
        self.assertNotIn("X-Forwarded-For", headers)

    def test_malformed_xml(self):
        self.assert_refused(self.platform.message().replace(b"</e:Envelope>", b"</e:Envelop>"), "not well-formed")
        self.assert_refused(self.platform.message().replace(b"</e:Header>", b"</e:Heade>"), "not well-formed")

    def test_strangers_are_told_nothing_of_the_body(self):
        for text in ("<x>", "<x>" * 100 + "</x>" * 100, f"<{'n' * 100000}/>"):
            self.assert_refused(envelope(text), "no wsse:Security header")

    def test_no_envelope(self):
        self.assert_refused(b"<a/>", "Envelope")

    def test_dtd_and_entity_bomb(self):
        bomb = b"<!DOCTYPE l [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>]>" + envelope("&b;")
        self.assert_refused(bomb, "DTD")

    def test_deep_nesting(self):
        self.assert_refused(self.platform.message("<x>" * 100 + "</x>" * 100), "deeper")
        self.assert_refused(envelope("x", "<x>" * 100 + "</x>" * 100), "deeper")

    def test_huge_name(self):
        name = "n" * 40000
        self.assert_refused(self.platform.message(f"<{name}/>"), "limit", "name length")
        self.assert_refused(envelope("x", f"<{name}/>"), "limit", "name length")

    def test_wrong_content_type(self):
        self.assert_refused(self.platform.message(), "Content-Type", status=415, headers={"Content-Type": "application/json"})

    def test_charset_disagreement(self):
        self.assert_refused(self.platform.message(), "charset", headers={"Content-Type": "text/xml; charset=GBK"})

    def test_truncated_body(self):
        address = urllib.parse.urlsplit(self.platform.daemon.http)
        message = self.platform.message()
        with socket.create_connection((address.hostname, address.port), 30) as raw:
            raw.sendall(b"POST /services/gs/echo HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n"
                        % (len(message) + 10) + message)
            raw.shutdown(socket.SHUT_WR)
            answer = raw.recv(65536)
        self.assertNotIn(b"200 OK", answer)
        self.assertEqual(self.platform.backend.received, [])
        self.assert_answered()

    def test_what_the_server_turns_away_leaves_a_record_too(self):
        """Refused before it is a call: an announced length, a coding, a head with two readings."""
        head = b"POST /services/gs/echo HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\n"
        address = urllib.parse.urlsplit(self.platform.daemon.http)
        for status, rest in ((413, b"Content-Length: 1099511627776\r\n\r\n"),
                             (415, b"Content-Encoding: br\r\nContent-Length: 1\r\n\r\nx"),
                             (400, b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nx"),
                             (431, b"X: " + b"x" * 100000 + b"\r\n\r\n")):
            with self.subTest(status), socket.create_connection((address.hostname, address.port), 30) as raw:
                raw.sendall(head + rest)
                answer = b"".join(iter(lambda: raw.recv(65536), b""))
                self.assertTrue(answer.startswith(b"HTTP/1.1 %d " % status), answer)
                record, = self.platform.daemon.cli("journal", "show", INCIDENT.search(answer).group().decode())
                self.assertEqual((record["kind"], record["outcome"]), ("refusal", f"http {status}"))
        self.assertEqual(self.platform.backend.received, [])
        self.assert_answered()

    def test_unknown_service_and_operation(self):
        self.assert_refused(self.platform.message(), "no service gs/nothing", path="/services/gs/nothing")
        other = envelope("x").replace(b"t:Echo", b"t:Delete")
        self.assert_refused(signed(other, self.platform.caller.key, self.platform.caller.certificate), "no operation")

    def test_no_security_header(self):
        self.assert_refused(envelope("x"), "InvalidSecurity", "no wsse:Security header")

    def test_altered_body(self):
        self.assert_refused(self.platform.message("12345").replace(b"12345", b"12346"), "FailedCheck", "was not verified")

    def test_body_moved_into_the_header(self):
        message = self.platform.message("moved").decode()
        begin, end = message.index("<e:Body"), message.index("</e:Body>") + len("</e:Body>")
        body = message[begin:end]
        wrapped = message[:begin] + f'<e:Body><t:Echo xmlns:t="urn:test:echo">forged</t:Echo></e:Body>' + message[end:]
        wrapped = wrapped.replace("</e:Header>", f'<w:Wrapper xmlns:w="urn:w">{body}</w:Wrapper></e:Header>')
        self.assert_refused(wrapped.encode(), "FailedCheck", "was not verified")

    def test_unsigned_timestamp(self):
        self.assert_refused(self.platform.message(parts=("Body",)), "FailedCheck", "was not verified")

    def test_replay(self):
        message = self.platform.message("once")
        self.assertEqual(self.platform.post(message)[0], 200)
        self.platform.backend.received.clear()
        self.assert_refused(message, "FailedCheck", "received before")

    def test_stale_and_future(self):
        self.assert_refused(self.platform.message(age=3600), "MessageExpired")
        self.assert_refused(self.platform.message(age=-3600), "MessageExpired")

    def test_soap_action_of_another_operation(self):
        self.assert_refused(self.platform.message(), "SOAPAction", headers={"SOAPAction": '"urn:test:echo/Delete"'})

    def test_body_that_does_not_fit_the_contract(self):
        self.assert_refused(self.platform.message("<wrong/>"), "does not fit the contract")

    def test_self_signed_certificate(self):
        folder = self.platform.daemon.folder
        subprocess.run([throwaway.program("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", folder / "own.key",
                        "-out", folder / "own.pem", "-subj", "/CN=tax", "-days", "2", "-addext",
                        "basicConstraints=critical,CA:FALSE"], check=True, capture_output=True)
        self.assert_refused(signed(envelope("x"), folder / "own.key", folder / "own.pem"), "FailedAuthentication", "not issued by a CA")

    def test_revoked_certificate(self):
        identity = self.platform.daemon.issue("tax", "rsa", name="short-lived")
        self.assertEqual(self.platform.post(signed(envelope("x"), identity.key, identity.certificate))[0], 200)
        self.platform.backend.received.clear()
        self.platform.daemon.cli("cert", "revoke", identity.serial, "--reason", "keyCompromise")
        self.assert_refused(signed(envelope("x"), identity.key, identity.certificate), "FailedAuthentication", "revoked")

    def test_a_certificate_of_a_foreign_ca(self):
        folder = self.platform.daemon.folder
        openssl = throwaway.program("openssl")
        authority = folder / "foreign-ca.pem"
        subprocess.run([openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-keyout", folder / "foreign-ca.key", "-out", authority, "-subj", "/CN=Foreign CA", "-days", "2",
                        "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=keyCertSign,cRLSign"],
                       check=True, capture_output=True)
        key, request, certificate = (folder / f"foreign.{ending}" for ending in ("key", "csr", "pem"))
        subprocess.run([openssl, "req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", request, "-subj",
                        "/CN=abroad"], check=True, capture_output=True)
        extensions = folder / "foreign.ext"
        extensions.write_text("basicConstraints=CA:FALSE\nkeyUsage=digitalSignature\n")
        subprocess.run([openssl, "x509", "-req", "-in", request, "-CA", authority, "-CAkey", folder / "foreign-ca.key",
                        "-CAcreateserial", "-days", "1", "-extfile", extensions, "-out", certificate], check=True,
                       capture_output=True)

        def message():
            return signed(envelope("x"), key, certificate)

        self.platform.daemon.cli("consumer", "add", "abroad", "--org", "gs", "--cert", certificate)
        self.platform.daemon.grant("abroad", "gs/echo")
        self.assert_refused(message(), "FailedAuthentication", "not issued by a CA")
        trusted = self.platform.daemon.cli("trust", "add", authority, *WITHOUT_REVOCATION)["thumbprint"]
        self.assertEqual(self.platform.post(message())[0], 200)
        self.platform.backend.received.clear()
        self.platform.daemon.cli("trust", "remove", trusted)
        self.assert_refused(message(), "FailedAuthentication", "not issued by a CA")

    def test_gzip_both_ways(self):
        text = "企业" * 2000
        status, headers, body = self.platform.post(gzip.compress(self.platform.message(text)), headers={
            "Content-Encoding": "gzip", "Accept-Encoding": "gzip"})
        self.assertEqual(status, 200, body)
        self.assertEqual(headers.get("Content-Encoding"), "gzip")
        self.assertIn(text.encode(), gzip.decompress(body))
        self.assertNotIn("Content-Encoding", self.platform.backend.received[-1][0])

    def test_no_grant(self):
        self.platform.daemon.consumer("stranger", "gs")
        identity = self.platform.daemon.issue("stranger")
        self.assert_refused(signed(envelope("x"), identity.key, identity.certificate), "FailedAuthentication", "no grant")

    def test_refusals_are_signed(self):
        _, _, text = self.platform.post(self.platform.message("12345").replace(b"12345", b"12346"))
        self.assertIn(b"ecdsa-sha256", text)

    def test_backend_away_and_talking_nonsense(self):
        self.platform.backend.answer = (200, "text/html", b"<html>oops")
        status, _, text = self.platform.post(self.platform.message())
        self.assertEqual(status, 500)
        self.assertIn(b"did not answer with a SOAP message", text)
        self.assertNotIn(b"127.0.0.1", text)
        self.platform.backend.answer = (503, "text/plain", b"busy")
        self.assertIn(b"not SOAP", self.platform.post(self.platform.message())[2])

    def test_backend_fault_comes_back_signed(self):
        fault = f'<e:Envelope xmlns:e="{SOAP}"><e:Body><e:Fault><faultcode>e:Client</faultcode><faultstring>没有</faultstring></e:Fault></e:Body></e:Envelope>'
        self.platform.backend.answer = (500, "text/xml; charset=utf-8", fault.encode())
        status, _, text = self.platform.post(self.platform.message())
        self.assertEqual(status, 500)
        self.assertIn("没有".encode(), text)
        self.assertIn(b"SignatureValue", text)

    def test_wsa_relates_to(self):
        asked = '<a:MessageID xmlns:a="http://www.w3.org/2005/08/addressing">urn:uuid:7</a:MessageID>'
        context = ssl.create_default_context(cafile=str(self.platform.daemon.ca_file()))
        context.check_hostname = False
        context.load_cert_chain(self.platform.caller.certificate, self.platform.caller.key)
        address = urllib.parse.urlsplit(self.platform.daemon.https)
        connection = http.client.HTTPSConnection(address.hostname, address.port, context=context, timeout=60)
        _, _, text = self.platform.post(envelope("x", asked), path="/services/gs/plain", connection=connection)
        connection.close()
        self.assertRegex(text, b"RelatesTo[^>]*>urn:uuid:7<")

    def test_plain_service_wants_mutual_tls(self):
        self.assert_refused(envelope("x"), "client certificate", path="/services/gs/plain")

    def test_attachments_do_not_grow_memory(self):
        def rss():
            with open(f"/proc/{self.platform.daemon.process.pid}/status") as status:
                return int(re.search(r"VmHWM:\s+(\d+)", status.read()).group(1))

        self.platform.sign_attachments(False)
        self.addCleanup(self.platform.sign_attachments, True)
        self.assert_answered()
        before = rss()
        root = self.platform.message("with attachment")
        parts = (b"--b\r\nContent-Type: text/xml; charset=utf-8\r\nContent-ID: <root>\r\n\r\n" + root +
                 b"\r\n--b\r\nContent-Type: application/octet-stream\r\nContent-ID: <data>\r\n\r\n" + b"\x00\xff\r\n-" * (12 << 20) +
                 b"\r\n--b--\r\n")
        self.platform.backend.received.clear()
        status, _, text = self.platform.post(parts, headers={
            "Content-Type": 'multipart/related; boundary=b; type="text/xml"; start="<root>"'})
        self.assertEqual(status, 200, text)
        self.assertIn(b"\x00\xff\r\n-" * 1000, self.platform.backend.received[-1][1])
        self.assertLess(rss() - before, 24 << 10, "kB more at its highest than before a 60 MiB attachment")


if __name__ == "__main__":
    suite.main()

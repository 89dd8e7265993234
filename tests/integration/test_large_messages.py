"""Messages of a gigabyte through a real daemon: they pass, signed, and memory does not grow with them."""
import base64
import hashlib
import http.client
import http.server
import os
import pathlib
import re
import stat
import threading
import time
import unittest
import urllib.parse

import registry_case
import suite
from echo_backend import NS, envelope
from echo_platform import EchoPlatform
from wss_sign import SOAP, streamed

GIB = 1 << 30
MIB = 1 << 20
MARKER = b"@@the-content@@"
TYPE = ('multipart/related; boundary=b; type="application/xop+xml"; start="<root>"; start-info="text/xml"')
HEAD = b'--b\r\nContent-Type: application/xop+xml; charset=utf-8; type="text/xml"\r\nContent-ID: <root>\r\n\r\n'
BETWEEN = b"\r\n--b\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: binary\r\nContent-ID: <data>\r\n\r\n"
TAIL = b"\r\n--b--\r\n"
# 3 does not divide a power of two, and base64 wants threes.
BLOCK = bytes((i * i + i // 7) & 0xff for i in range(3 * (MIB // 4)))


def blocks(size):
    """`size` bytes of content in pieces."""
    for _ in range(size // len(BLOCK)):
        yield BLOCK
    yield BLOCK[:size % len(BLOCK)]


class CountingBackend:
    """Keeps of what it is sent the size, the digest and the first bytes; answers with `answer`: (type, list of iterables)."""

    def __init__(self):
        self.answer = None
        self.size, self.digest, self.begin = 0, None, b""
        backend = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                left = int(self.headers["Content-Length"])
                backend.size, digest, backend.begin = left, hashlib.sha256(), b""
                while left > 0:
                    piece = self.rfile.read(min(left, MIB))
                    if not piece:
                        break
                    left -= len(piece)
                    digest.update(piece)
                    if len(backend.begin) < 8192:
                        backend.begin += piece[:8192]
                backend.digest = digest.hexdigest()
                kind, length, chunks = backend.answer or plain_answer()
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(length))
                self.end_headers()
                for chunk in chunks:
                    self.wfile.write(chunk)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/large"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


def plain_answer():
    text = envelope("done").replace(b"Echo", b"EchoResponse")
    return "text/xml; charset=utf-8", len(text), [text]


class Watch:
    """What a process takes at its highest, and the spool files it holds, while the block runs."""

    def __init__(self, pid):
        self.pid = pid
        self.files = set()      # (path, mode, links)
        self.stop = threading.Event()

    def __enter__(self):
        (pathlib.Path("/proc") / str(self.pid) / "clear_refs").write_text("5")      # the peak begins anew
        self.before = self.status("VmHWM")
        self.thread = threading.Thread(target=self.look)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        self.thread.join()
        self.growth = self.status("VmHWM") - self.before
        self.locked = self.status("VmLck")

    def status(self, key):
        text = (pathlib.Path("/proc") / str(self.pid) / "status").read_text()
        return int(re.search(key + r":\s+(\d+)", text).group(1)) << 10

    def look(self):
        folder = pathlib.Path("/proc") / str(self.pid) / "fd"
        while not self.stop.wait(0.1):
            for entry in os.listdir(folder):
                try:
                    target = os.readlink(folder / entry)
                    if target.endswith("(deleted)"):
                        status = os.stat(folder / entry)
                        self.files.add((target, stat.S_IMODE(status.st_mode), status.st_nlink))
                except OSError:
                    pass


class LargeMessages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.backend = CountingBackend()
        cls.platform = EchoPlatform()
        wsdl = registry_case.write_wsdl(cls.platform.daemon.folder)
        for name, options in (("large", ()), ("free", ("--no-validation",))):
            cls.platform.daemon.publish(wsdl, "gs", name, endpoint=cls.backend.url, options=options)
            cls.platform.daemon.grant("tax", f"gs/{name}")

    @classmethod
    def tearDownClass(cls):
        cls.platform.stop()
        cls.backend.stop()

    def setUp(self):
        self.backend.answer = None
        self.backend.digest = None

    def sign(self, octets, inclusion):
        return streamed(envelope(MARKER.decode()), MARKER, octets, inclusion, self.platform.caller.key,
                        self.platform.caller.certificate)

    def mtom(self, size):
        """The pieces before and after `size` bytes of content that the signature covers by way of xop:Include."""
        include = b'<x:Include xmlns:x="http://www.w3.org/2004/08/xop/include" href="cid:data"/>'
        root = self.sign(map(base64.b64encode, blocks(size)), include)
        return HEAD + root + BETWEEN, TAIL

    def send(self, path, kind, head, size, chunks, tail):
        """Posts in pieces; returns (status, size of the answer, its first bytes, digest of the answer)."""
        address = urllib.parse.urlsplit(self.platform.daemon.http)
        connection = http.client.HTTPConnection(address.hostname, address.port, timeout=120)
        connection.putrequest("POST", path)
        for name, value in (("Content-Type", kind), ("SOAPAction", '""'), ("Content-Length", str(len(head) + size + len(tail)))):
            connection.putheader(name, value)
        connection.endheaders()
        connection.send(head)
        for chunk in chunks:
            connection.send(chunk)
        connection.send(tail)
        answer = connection.getresponse()
        begin, length, digest = b"", 0, hashlib.sha256()
        while piece := answer.read(MIB):
            length += len(piece)
            digest.update(piece)
            begin += piece[:16384] if len(begin) < 16384 else b""
        connection.close()
        return answer.status, length, begin, digest.hexdigest()

    def assert_spooled_well(self, watch):
        home = str(self.platform.daemon.home.resolve())
        self.assertTrue(watch.files, "nothing was spooled")
        for path, mode, links in watch.files:
            self.assertTrue(path.startswith(home + "/"), path)
            self.assertEqual((mode, links), (0o600, 0), path)

    def test_a_gigabyte_of_mtom_each_way(self):
        small, tail = self.mtom(1000)
        self.assertEqual(self.send("/services/gs/large", TYPE, small, 1000, blocks(1000), tail)[0], 200)
        size = GIB - 16384
        head, tail = self.mtom(size)
        reply = HEAD + envelope("large").replace(b"Echo", b"EchoResponse") + BETWEEN
        self.backend.answer = (TYPE, len(reply) + size + len(TAIL), [reply, *[BLOCK] * (size // len(BLOCK)),
                                                                     BLOCK[:size % len(BLOCK)], TAIL])
        with Watch(self.platform.daemon.process.pid) as watch:
            status, length, begin, _ = self.send("/services/gs/large", TYPE, head, size, blocks(size), tail)
        self.assertEqual(status, 200, begin)
        self.assertIn(b"SignatureValue", begin)
        self.assertGreater(length, size)
        self.assertGreater(self.backend.size, size)
        self.assertNotIn(b"SignatureValue", self.backend.begin)
        self.assertLess(watch.growth, 32 * MIB)
        self.assertEqual(watch.locked, 0)
        self.assert_spooled_well(watch)

    def test_content_that_was_altered_is_not_verified(self):
        head, tail = self.mtom(2 * MIB)
        altered = list(blocks(2 * MIB))
        altered[1] = altered[1][:-1] + b"\0"
        status, _, begin, _ = self.send("/services/gs/large", TYPE, head, 2 * MIB, altered, tail)
        self.assertEqual(status, 500)
        self.assertIn(b"was not verified", begin)
        self.assertIsNone(self.backend.digest)

    def test_large_envelopes_each_way(self):
        for path, piece in (("/services/gs/free", b"<i>0123456789</i>" * 4096), ("/services/gs/free", "企业信息".encode() * 8192)):
            count = 60 * MIB // len(piece)
            first, last = self.sign([piece] * count, None)
            text = envelope(MARKER.decode()).replace(b"Echo", b"EchoResponse").split(MARKER)
            self.backend.answer = ("text/xml; charset=utf-8", len(text[0]) + count * len(piece) + len(text[1]),
                                   [text[0], *[piece] * count, text[1]])
            with Watch(self.platform.daemon.process.pid) as watch:
                status, length, begin, _ = self.send(path, "text/xml; charset=utf-8", first, count * len(piece), [piece] * count, last)
            self.assertEqual(status, 200, begin)
            self.assertIn(b"SignatureValue", begin)
            self.assertGreater(length, 59 * MIB)
            self.assertGreater(self.backend.size, 59 * MIB)
            self.assertLess(watch.growth, 16 * MIB)
            self.assert_spooled_well(watch)

    def test_who_may_not_call_is_told_at_the_header(self):
        """A gigabyte is announced, but the answer comes after the first bytes."""
        self.platform.daemon.consumer("curious", "gs")
        curious = self.platform.daemon.issue("curious")
        stranger = streamed(envelope(MARKER.decode()), MARKER, [b"x"], None, curious.key, curious.certificate)
        known = self.sign([b"x"], None)
        forged = known[0].replace(b"<ds:SignatureValue>", b"<ds:SignatureValue>AA"), known[1]
        for (first, _), word in ((stranger, b"no grant"), (forged, b"was not verified")):
            address = urllib.parse.urlsplit(self.platform.daemon.http)
            connection = http.client.HTTPConnection(address.hostname, address.port, timeout=30)
            connection.putrequest("POST", "/services/gs/free")
            for name, value in (("Content-Type", "text/xml"), ("SOAPAction", '""'), ("Content-Length", str(GIB - 1))):
                connection.putheader(name, value)
            connection.endheaders()
            connection.send(first + b"y" * 10000)
            begun = time.monotonic()
            answer = connection.getresponse()
            self.assertIn(word, answer.read())
            self.assertLess(time.monotonic() - begun, 20)
            connection.close()


if __name__ == "__main__":
    suite.main()

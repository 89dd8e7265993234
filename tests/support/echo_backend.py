"""An agency's system for tests: answers EchoResponse with the text it got, and keeps what it received."""
import http.server
import threading
import time

import lxml.etree

from wss_sign import SOAP

NS = "urn:test:echo"


def envelope(text, header=""):
    return (f'<e:Envelope xmlns:e="{SOAP}"><e:Header>{header}</e:Header><e:Body><t:Echo xmlns:t="{NS}">{text}</t:Echo></e:Body>'
            "</e:Envelope>").encode()


class EchoBackend:
    """Serves on a free loopback port until stop(). `answer`, when set, is a (status, content type, bytes) for every call."""

    def __init__(self):
        self.received = []      # (headers, body) of each call
        self.answer = None
        self.delay = 0.0
        backend = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                backend.received.append((dict(self.headers), body))
                time.sleep(backend.delay)
                status, kind, text = backend.answer or (200, "text/xml; charset=utf-8", echo(body))
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/echo"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


def echo(body):
    if body.lstrip().startswith(b"--"):
        return envelope("multipart").replace(b"Echo", b"EchoResponse")
    root = lxml.etree.fromstring(body, lxml.etree.XMLParser(resolve_entities=False, no_network=True))
    text = root.find(f".//{{{NS}}}Echo").text or ""
    return (f'<e:Envelope xmlns:e="{SOAP}"><e:Body><t:EchoResponse xmlns:t="{NS}">{text}</t:EchoResponse></e:Body>'
            "</e:Envelope>").encode()

"""A man in the middle: an HTTP proxy in front of the gateway that changes one text in what passes through it."""
import http.client
import http.server
import threading
import urllib.parse


class AlteringProxy:
    """Forwards to `upstream` (http://host:port), `request` and `answer` being (text, other text) to exchange.

    The exchange must happen: `altered` counts the messages it was made in, and a message without the text passes as
    it is. Use as a context manager; `.url` is where it listens.
    """

    def __init__(self, upstream, request=None, answer=None):
        self.upstream = urllib.parse.urlsplit(upstream).netloc
        self.request = request
        self.answer = answer
        self.altered = 0
        proxy = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                status, headers, body = proxy.forward(self.path, self.headers, self.received())
                self.send_response(status)
                self.send_header("Content-Type", headers["Content-Type"])
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def received(self):
                if "Content-Length" in self.headers:
                    return self.rfile.read(int(self.headers["Content-Length"]))
                body = b""
                while size := int(self.rfile.readline().split(b";")[0], 16):
                    body += self.rfile.read(size)
                    self.rfile.readline()
                self.rfile.readline()
                return body

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def forward(self, path, headers, body):
        # Without Accept-Encoding, so that the answer comes as plain text that can be altered.
        passed = {name: headers[name] for name in ("Content-Type", "SOAPAction") if name in headers}
        connection = http.client.HTTPConnection(self.upstream, timeout=60)
        try:
            connection.request("POST", path, self.changed(body, self.request), passed)
            response = connection.getresponse()
            return response.status, response.headers, self.changed(response.read(), self.answer)
        finally:
            connection.close()

    def changed(self, body, exchange):
        if exchange is None:
            return body
        text, other = (one.encode() for one in exchange)
        if text in body:
            self.altered += 1
        return body.replace(text, other)

"""Who is notified of subscriptions: a Web service on loopback, and a mail server. Both keep what came, and find fault with
a message that does not fit the project's contract of a subscription listener."""
import asyncore
import base64
import email
import http.server
import smtpd
import threading

import lxml.etree
import suite

PATIENCE = 60
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
SUB, SUBR, API = "urn:uddi-org:sub_v3", "urn:uddi-org:subr_v3", "urn:uddi-org:api_v3"
CONTRACT = suite.ROOT / "wsdl" / "contracts" / "uddi" / "listener.xsd"
EMPTY_BODY = f'<e:Envelope xmlns:e="{SOAP}"><e:Body/></e:Envelope>'


def disposition(errno=0, code="E_success"):
    return (f'<e:Envelope xmlns:e="{SOAP}"><e:Body><dispositionReport xmlns="{API}"><result errno="{errno}">'
            f'<errInfo errCode="{code}">said by the listener</errInfo></result></dispositionReport></e:Body></e:Envelope>')


class Inbox:
    """What came, by place; waits for more."""

    def __init__(self):
        self.schema = lxml.etree.XMLSchema(lxml.etree.parse(str(CONTRACT)))
        self.changed = threading.Condition()
        self.lists = {}         # place → subscriptionResultsLists
        self.troubles = []

    def keep(self, place, content):
        """`content`: the notify_subscriptionListener element."""
        with self.changed:
            if not self.schema.validate(content):
                self.troubles.append(str(self.schema.error_log))
            self.lists.setdefault(place, []).append(content.find(f"{{{SUB}}}subscriptionResultsList"))
            self.changed.notify_all()

    def count(self, place):
        with self.changed:
            return len(self.lists.get(place, []))

    def wait(self, place, count=1):
        """All lists that came there once there are so many."""
        with self.changed:
            come = self.changed.wait_for(lambda: self.troubles or len(self.lists.get(place, [])) >= count, PATIENCE)
            if self.troubles:
                raise AssertionError(f"a notification does not fit the contract: {self.troubles[0]}")
            if not come:
                raise AssertionError(f"{len(self.lists.get(place, []))} of {count} notifications came to {place}")
            return list(self.lists[place])


class WebListener(Inbox):
    """`answers[place]`: a function that gives (status, headers, text) for the how-manieth message of that place; pieces of a text
    that headers give a Content-Length go out one by one."""

    def __init__(self):
        super().__init__()
        self.answers = {}
        inbox = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                inbox.take(self, lxml.etree.fromstring(body))

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def url(self, place, host="127.0.0.1"):
        return f"http://{host}:{self.port}/{place}"

    def take(self, request, envelope):
        place = request.path[1:]
        body = envelope.find(f"{{{SOAP}}}Body")
        if envelope.tag != f"{{{SOAP}}}Envelope" or len(body) != 1 or body[0].tag != f"{{{SUBR}}}notify_subscriptionListener":
            self.troubles.append(lxml.etree.tostring(envelope))
        if request.headers["SOAPAction"] != '"notify_subscriptionListener"' or request.headers.get_content_type() != "text/xml":
            self.troubles.append(str(request.headers))
        self.keep(place, body[0])
        answer = self.answers.get(place, lambda number: (200, {}, disposition()))
        status, headers, text = answer(self.count(place))
        pieces = [text] if isinstance(text, str) else text
        length = len(text.encode()) if isinstance(text, str) else 0
        request.send_response(status)
        for name, value in ({"Content-Type": "text/xml; charset=utf-8", "Content-Length": length} | headers).items():
            request.send_header(name, str(value))
        request.end_headers()
        for piece in pieces:
            request.wfile.write(piece.encode())

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class MailServer(Inbox):
    """Takes mail by SMTP; places are the recipients' addresses. `refusals[place]`: how many messages it refuses first;
    `before[place]`: what it does before it answers at all, to anyone."""

    def __init__(self):
        super().__init__()
        self.refusals = {}
        self.before = {}
        self.messages = []      # (sender, recipients, message)
        self.map = {}
        server = self

        class Smtp(smtpd.SMTPServer):
            def process_message(self, peer, mailfrom, rcpttos, data, **_):
                return server.take(mailfrom, rcpttos, data)

        self.smtp = Smtp(("127.0.0.1", 0), None, map=self.map)
        self.port = self.smtp.socket.getsockname()[1]
        self.open = True
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        while self.open:
            asyncore.loop(timeout=0.1, map=self.map, count=1)

    def take(self, sender, recipients, data):
        place = recipients[0]
        self.before.get(place, lambda: None)()
        if self.refusals.get(place, 0) > 0:
            self.refusals[place] -= 1
            return "550 not today"
        message = email.message_from_bytes(data)
        self.messages.append((sender, recipients, message))
        self.keep(place, lxml.etree.fromstring(base64.b64decode(message.get_payload())))
        return None

    def close(self):
        self.open = False
        self.thread.join()
        asyncore.close_all(map=self.map, ignore_all=True)

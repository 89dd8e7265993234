"""A daemon with the echo service published and one consumer that may call it; and calls to it over bare HTTP."""
import http.client
import urllib.parse

import registry_case
from echo_backend import EchoBackend, envelope
from hutong_daemon import Daemon
from wss_sign import signed


class EchoPlatform:
    """`daemon`, `backend` and the `caller`'s identity. `options` are those of Daemon."""

    def __init__(self, kind="p256", configuration=None, wrapper=(), init=(), **options):
        self.backend = EchoBackend()
        self.daemon = Daemon(**options)
        try:
            self.daemon.init(*init)
            for table, values in (configuration or {}).items():
                set_values(self.daemon, table, **values)
            self.daemon.start(wrapper=wrapper)
            self.daemon.org("gs", "工商行政管理局")
            wsdl = registry_case.write_wsdl(self.daemon.folder)
            self.daemon.publish(wsdl, "gs", "echo", endpoint=self.backend.url)
            self.daemon.publish(wsdl, "gs", "plain", endpoint=self.backend.url, policy="plain")
            self.daemon.consumer("tax", "gs")
            for service in ("gs/echo", "gs/plain"):
                self.daemon.grant("tax", service)
            self.caller = self.daemon.issue("tax", kind)
        except BaseException:
            self.daemon.print_log()
            self.stop()
            raise

    def stop(self):
        self.daemon.__exit__(None, None, None)
        self.backend.stop()

    def message(self, text="企业", header="", **options):
        return signed(envelope(text, header), self.caller.key, self.caller.certificate, **options)

    def sign_attachments(self, wanted):
        """Whether the parts beside an envelope must be signed, as they must by default."""
        self.daemon.cli("service", "policy", "gs/echo", "--set", f"request.sign_attachments={str(wanted).lower()}",
                        "--set", f"accept_weak={str(not wanted).lower()}")

    def post(self, body, path="/services/gs/echo", headers=None, connection=None):
        return post(self.daemon.http, body, path, headers, connection)


def post(http_url, body, path="/services/gs/echo", headers=None, connection=None):
    """(status, headers, body) of one POST over plain HTTP."""
    fields = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '""'} | (headers or {})
    own = connection is None
    connection = connection or http.client.HTTPConnection(urllib.parse.urlsplit(http_url).netloc, timeout=60)
    try:
        connection.request("POST", path, body=body, headers=fields)
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()
    finally:
        if own:
            connection.close()


def set_values(daemon, table, **values):
    """Changes keys of a [table] that the default configuration holds already."""
    file = daemon.home / "hutong.toml"
    section, lines = "", []
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            section = line.strip("[] ")
        key = line.split("=")[0].strip()
        if section == table and key in values:
            line = f"{key} = {values[key]!r}".replace("'", '"')
        lines.append(line)
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")

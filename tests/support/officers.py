"""Officers of a test platform: accounts made ready, sign-in with one-time codes, commands over socket, CLI and API."""
import base64
import hashlib
import hmac
import http.client
import json
import os
import pathlib
import socket
import ssl
import struct
import subprocess
import time

from hutong_daemon import CommandFailed, hutong_binary

STEP = 30


def be_a_login():
    """Officers' sessions belong to a login at the machine (setsid(2)); a runner in a container may have begun outside
    of the processes that are seen here, so that there is none."""
    if os.getsid(0) > 0:
        return
    if os.getpid() == os.getpgid(0):  # a group's leader opens no session
        os.setpgid(0, os.getpgid(os.getppid()))
    os.setsid()


be_a_login()


def totp(secret, step):
    """RFC 6238, six digits."""
    mac = hmac.new(base64.b32decode(secret + "=" * (-len(secret) % 8)), struct.pack(">Q", step), hashlib.sha1).digest()
    at = mac[-1] & 15
    return f"{(struct.unpack('>I', mac[at:at + 4])[0] & 0x7fffffff) % 1000000:06}"


class Refused(Exception):
    """The daemon's error: `.code` and `.detail`."""

    def __init__(self, error):
        super().__init__(f"{error['code']}: {error['detail']}")
        self.code, self.detail = error["code"], error["detail"]


def ask(daemon, command, arguments=None, credential=None, whole=False):
    """One command over HOME/run/admin.sock, as any program can send it: the result (or the whole answer), or Refused."""
    request = {"command": command, "arguments": arguments or {}}
    if credential:
        request["credential"] = credential
    text = json.dumps(request).encode()
    with socket.socket(socket.AF_UNIX) as door:
        door.settimeout(60)
        door.connect(str(daemon.home / "run/admin.sock"))
        door.sendall(struct.pack(">I", len(text)) + text)
        answer = b""
        while chunk := door.recv(65536):
            answer += chunk
    said = json.loads(answer[4:])
    if not said["ok"]:
        raise Refused(said["error"])
    return said if whole else said["result"]


class Officer:
    """One account with a password of its own and one-time codes; `.session` is a token for the socket."""

    def __init__(self, daemon, name, role, temporary):
        self.daemon, self.name, self.role = daemon, name, role
        self.password, self.secret, self.last_step = temporary, None, 0
        self.session = None

    def code(self):
        """A code that was not used yet; waits for one when need be."""
        if self.secret is None:
            return ""
        step = max(self.last_step + 1, int(time.time() // STEP))
        while step > time.time() // STEP + 1:
            time.sleep(0.2)
        self.last_step = step
        return totp(self.secret, step)

    def credential(self):
        return {"officer": self.name, "password": self.password, "code": self.code()}

    def make_ready(self):
        own = f"{self.name} keeps seven lanterns"
        ask(self.daemon, "me.password", {"current": self.password, "password": own}, self.credential())
        self.password = own
        secret = ask(self.daemon, "me.totp", {"current": own}, self.credential())["secret"]
        step = int(time.time() // STEP)
        ask(self.daemon, "me.totp.confirm", {"code": totp(secret, step)}, self.credential())
        self.secret, self.last_step = secret, max(self.last_step, step)
        self.forget_session_file()    # it has ended with the old credentials

    def sign_in(self):
        said = ask(self.daemon, "me.sign-in", {}, self.credential())
        self.session = said["token"]
        return said

    def ask(self, command, arguments=None):
        """Over the socket, in a session that is opened when there is none."""
        if self.session is None:
            self.sign_in()
        return ask(self.daemon, command, arguments, {"session": self.session})

    def cli(self, *arguments, stdin=None, timeout=60):
        """One hutong command --as this officer, with the session that `hutong officers login` keeps."""
        if not self._session_file():
            self._run("officers", "login", "--credential-file", self.credential_file())
        return self._run(*arguments, stdin=stdin, timeout=timeout)

    def _folder(self):
        folder = pathlib.Path(self.daemon.folder) / "run"
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder

    def _session_file(self):
        return next(iter((self._folder() / "hutong").glob(f"{self.name}-*.session")), None)

    def forget_session_file(self):
        if kept := self._session_file():
            kept.unlink()

    def credential_file(self):
        file = self.daemon.folder / f"{self.name}.credential"
        file.touch(0o600)
        file.write_text(f"{self.password}\n{self.code()}\n", encoding="utf-8")
        return file

    def cli_alone(self, *arguments):
        """One hutong command with --credential-file and no session: what subprocess.run says of it."""
        command = [hutong_binary(), *map(str, arguments), "--as", self.name, "--credential-file", self.credential_file(),
                   "--home", str(self.daemon.home)]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL, check=True)

    def cli_in_another_login(self, *arguments):
        """The same with the very same session file, but from another login at the machine (setsid)."""
        return self._run(*arguments, start_new_session=True)

    def _run(self, *arguments, stdin=None, timeout=60, start_new_session=False):
        command = [hutong_binary(), *map(str, arguments), "--as", self.name, "--home", str(self.daemon.home), "--json"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, input=stdin or "",
                              start_new_session=start_new_session,
                              env=os.environ | {"XDG_RUNTIME_DIR": str(self._folder())})
        if done.returncode != 0:
            raise CommandFailed(command, done.returncode, done.stderr.strip())
        return json.loads(done.stdout) if done.stdout.strip() else None


def add(daemon, name, role):
    """An account that is ready to work, made by the owner before the separation."""
    officer = Officer(daemon, name, role, daemon.cli("officers", "add", name, "--role", role)["password"])
    officer.make_ready()
    return officer


def separate(daemon, **names):
    """Makes one officer of each role (names by role, else wang, li and zhao) and separates them: a dict by role."""
    people = {role: add(daemon, names.get(role, name), role)
              for role, name in (("system", "wang"), ("security", "li"), ("auditor", "zhao"))}
    daemon.cli("officers", "separate")
    return people


class Api:
    """The JSON API as a browser or a program meets it; `.session` after sign_in, which may be by certificate."""

    def __init__(self, daemon, certificate=None, key=None):
        context = ssl.create_default_context(cafile=daemon.ca_file())
        context.check_hostname = False
        if certificate:
            context.load_cert_chain(certificate, key)
        self.port, self.context = daemon.https.removeprefix("https://"), context
        self.headers = {}

    def call(self, method, path, body=None, headers=None):
        """Status, headers and the JSON of the answer."""
        connection = http.client.HTTPSConnection(self.port, context=self.context, timeout=60)
        sent = {**self.headers, **(headers or {})}
        if body is not None:
            sent.setdefault("Content-Type", "application/json")
            body = body if isinstance(body, bytes) else json.dumps(body).encode()
        connection.request(method, path, body=body, headers=sent)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        return answer.status, answer.headers, json.loads(text) if text else None

    def sign_in(self, credential, bearer=True):
        status, headers, said = self.call("POST", "/api/v1/session", {**credential, "bearer": bearer})
        if status != 200:
            raise Refused(said["error"])
        if bearer:
            self.headers = {"Authorization": f"Bearer {said['token']}"}
        else:
            self.headers = {"Cookie": headers["Set-Cookie"].split(";")[0], "X-Hutong-Csrf": said["csrf"]}
        return headers, said

    def command(self, name, arguments=None):
        """The result, or Refused."""
        _, _, said = self.call("POST", f"/api/v1/commands/{name}", arguments or {})
        if "error" in said:
            raise Refused(said["error"])
        return said["result"]

"""A real hutong daemon on free loopback ports in a home of its own, for the integration and interop tests.

The program is found through HUTONG_BIN. On failure the daemon's log is printed; `with Daemon(...)` cleans up.
"""
import dataclasses
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time
import urllib.request

import throwaway

READY_SECONDS = 60
KEY_RECIPES = {"rsa": ["RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
               "p256": ["EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
               "p384": ["EC", "-pkeyopt", "ec_paramgen_curve:P-384"],
               "p521": ["EC", "-pkeyopt", "ec_paramgen_curve:P-521"],
               "ed25519": ["ED25519"]}


# For `trust add` of a test's own CA, which publishes nothing.
WITHOUT_REVOCATION = ("--no-revocation", "--reason", "a CA of the tests")


class CommandFailed(Exception):
    """A hutong command that ended with another code than 0: `.code`, and what it said on stderr as `.message`."""

    def __init__(self, command, code, message):
        super().__init__(f"{' '.join(command)}: exit {code}: {message}")
        self.code = code
        self.message = message


@dataclasses.dataclass
class Identity:
    """A consumer's key and the certificate the platform issued for it (PEM files)."""

    consumer: str
    kind: str
    key: pathlib.Path
    certificate: pathlib.Path
    serial: str


def hutong_binary():
    path = os.environ.get("HUTONG_BIN")
    if not path or not os.access(path, os.X_OK):
        raise FileNotFoundError(f"HUTONG_BIN must name the hutong program, not {path!r}")
    return path


class Daemon:
    """One node. `folder` holds its home and what tests make beside it; it is made, and removed, when not given."""

    def __init__(self, folder=None, *, database=None, public_url=None, home_name="home"):
        self.own_folder = folder is None
        self.folder = pathlib.Path(folder) if folder else throwaway.folder("ht-")
        self.home = self.folder / home_name
        self.log = self.folder / f"{home_name}.log"
        self.database = database
        self.public_url = public_url
        self.process = None
        self.http = self.https = None

    def __enter__(self):
        try:
            if not self.home.exists():
                self.init()
            self.start()
        except BaseException:
            self.__exit__(*sys.exc_info())
            raise
        return self

    def __exit__(self, kind, error, trace):
        try:
            self.stop()
        finally:
            self._end_orphaned_postgres()
            if kind is not None:
                self.print_log()
            elif self.own_folder:
                shutil.rmtree(self.folder, ignore_errors=True)

    def init(self, *options):
        """Founds the platform; returns what init said."""
        arguments = ["init", "--http", "127.0.0.1:0", "--https", "127.0.0.1:0", *options]
        if self.database:
            arguments += ["--database", self.database]
        if self.public_url:
            arguments += ["--public-url", self.public_url]
        return self.cli(*arguments)

    def configure(self, table, **values):
        """Appends a [table] with these keys to the home's configuration; takes effect at the next start."""
        lines = [f"\n[{table}]"] + [f"{key} = {json.dumps(value)}" for key, value in values.items()]
        with open(self.home / "hutong.toml", "a", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")

    def set_option(self, key, value):
        """Gives a key that init wrote another value, as TOML; takes effect at the next start."""
        file = self.home / "hutong.toml"
        lines = file.read_text(encoding="utf-8").splitlines()
        at = [number for number, line in enumerate(lines) if line.startswith(f"{key} = ")]
        if len(at) != 1:
            raise ValueError(f"{key} stands {len(at)} times in {file}")
        lines[at[0]] = f"{key} = {value}"
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")

    # Running it

    def start(self, wrapper=(), environment=None, ready=True):
        """Starts `hutong serve`, under `wrapper` (strace …) when given, and waits until it is ready, or only listens."""
        listen = self.home / "run" / "listen.json"
        listen.unlink(missing_ok=True)
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen([*wrapper, hutong_binary(), "serve", "--home", str(self.home)], stdout=log,
                                            stderr=log, stdin=subprocess.DEVNULL,
                                            env=os.environ | (environment or {}))
        try:
            self._wait_for(listen)
            if ready:
                self.cli("status", "--wait", str(READY_SECONDS), timeout=READY_SECONDS + 30)
            addresses = json.loads(listen.read_text())
        except Exception:
            self.print_log()
            raise
        self.http, self.https = addresses.get("http"), addresses.get("https")

    def _wait_for(self, listen):
        deadline = time.monotonic() + READY_SECONDS
        while not listen.exists() and time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(f"hutong serve ended at once, exit code {self.process.returncode}")
            time.sleep(0.05)

    def stop(self, patience=60):
        """SIGTERM; returns the exit code. A daemon that has ended by itself is an error."""
        return self._end(signal.SIGTERM, patience)

    def kill(self):
        """SIGKILL: the crash that nothing can prepare for."""
        return self._end(signal.SIGKILL, 30)

    def restart(self):
        self.stop()
        self.start()

    def reload(self):
        self.process.send_signal(signal.SIGHUP)

    def _end(self, sign, patience):
        if self.process is None:
            return None
        process, self.process = self.process, None
        if process.poll() is not None:
            self.print_log()
            raise RuntimeError(f"hutong had ended by itself, exit code {process.returncode}; its log: {self.log}")
        process.send_signal(sign)
        try:
            return process.wait(patience)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise RuntimeError(f"hutong did not end within {patience} s of {sign.name}; its log: {self.log}") from None

    def _end_orphaned_postgres(self):
        """A daemon that was killed leaves its embedded PostgreSQL to the next start, which here does not come."""
        pid_file = self.home / "pg" / "data" / "postmaster.pid"
        try:
            os.kill(int(pid_file.read_text().split()[0]), signal.SIGQUIT)
        except (FileNotFoundError, ProcessLookupError):
            return
        deadline = time.monotonic() + 30
        while pid_file.exists() and time.monotonic() < deadline:
            time.sleep(0.05)

    def print_log(self, last=200):
        for file in (self.log, self.home / "log" / "hutong.log"):
            if file.exists():
                lines = file.read_text(errors="replace").splitlines()[-last:]
                print(f"--- the end of {file}", *lines, "---", sep="\n", file=sys.stderr, flush=True)

    # Administration

    def cli(self, *arguments, timeout=60):
        """Runs one hutong command on this home; returns its JSON (None when it said nothing)."""
        command = [hutong_binary(), *map(str, arguments), "--home", str(self.home), "--json"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, stdin=subprocess.DEVNULL)
        if done.returncode != 0:
            raise CommandFailed(command, done.returncode, done.stderr.strip())
        return json.loads(done.stdout) if done.stdout.strip() else None

    def wait_for_heads(self, seconds=30):
        """Until every place that heads go to has one over the newest record of now."""
        records = self.cli("status")["journal"]["records"]
        deadline = time.monotonic() + seconds
        while not all(one["sequence"] >= records for one in self.cli("status")["journal"]["heads"]):
            if time.monotonic() > deadline:
                raise AssertionError(f"no signed head over record {records} after {seconds} s")
            time.sleep(0.1)

    def org(self, org, name):
        return self.cli("org", "add", org, "--name", name)

    def consumer(self, consumer, org):
        return self.cli("consumer", "add", consumer, "--org", org)

    def publish(self, wsdl, org, name, *, endpoint=None, policy=None, options=()):
        arguments = ["service", "publish", str(wsdl), "--org", org, "--name", name, *options]
        if endpoint:
            arguments += ["--endpoint", endpoint]
        if policy:
            arguments += ["--policy", policy]
        return self.cli(*arguments)

    def grant(self, consumer, service, operation=None):
        return self.cli("grant", consumer, service, *(["--operation", operation] if operation else []))

    def issue(self, consumer, kind="p256", name=None):
        """Makes a key of `kind` (a name of KEY_RECIPES), has it certified and bound to the consumer: an Identity."""
        name = name or f"{consumer}-{kind}"
        key, request, certificate = (self.folder / f"{name}.{ending}" for ending in ("key", "csr", "pem"))
        openssl = throwaway.program("openssl")
        subprocess.run([openssl, "genpkey", "-algorithm", *KEY_RECIPES[kind], "-out", key], check=True, capture_output=True)
        subprocess.run([openssl, "req", "-new", "-key", key, "-subj", f"/CN={consumer}", "-out", request], check=True,
                       capture_output=True)
        said = self.cli("cert", "issue", "--csr", request, "--consumer", consumer, "--out", certificate)
        return Identity(consumer, kind, key, certificate, said["serial"])

    def ca_file(self):
        """The platform's CA certificates, fetched once over plain HTTP, as a PEM file."""
        path = self.folder / "ca.pem"
        if not path.exists():
            direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            with direct.open(self.http + "/pki/ca.pem", timeout=30) as answer:
                path.write_bytes(answer.read())
        return path


class Agencies:
    """The demo agencies (HUTONG_AGENCIES) on free ports: `.urls` maps org/service to where it is served."""

    def __init__(self, folder, database, *options):
        binary = os.environ.get("HUTONG_AGENCIES")
        if not binary or not os.access(binary, os.X_OK):
            raise FileNotFoundError(f"HUTONG_AGENCIES must name the demo agencies' program, not {binary!r}")
        self.ports_file = pathlib.Path(folder) / "agencies.json"
        self.log = pathlib.Path(folder) / "agencies.log"
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen([binary, "--database", database, "--port", "0", "--ports-file",
                                             str(self.ports_file), *options], stdout=log, stderr=log,
                                            stdin=subprocess.DEVNULL)
        deadline = time.monotonic() + READY_SECONDS
        while not self.ports_file.exists():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"the demo agencies did not start: {self.log.read_text(errors='replace')}")
            time.sleep(0.05)
        served = json.loads(self.ports_file.read_text())
        self.urls = {f"{one['organisation']}/{name}": one["url"] for name, one in served.items()}

    @staticmethod
    def companies(count):
        """The first companies of the generated register: a list of (credit code, name)."""
        said = subprocess.run([os.environ["HUTONG_AGENCIES"], "--list-codes", str(count)], check=True,
                              capture_output=True, text=True, encoding="utf-8", timeout=60).stdout
        return [tuple(line.split(" ", 1)) for line in said.splitlines()]

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(30)

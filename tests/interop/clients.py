"""The clients others wrote: how each is made ready and called. Every one prints one JSON object about its call."""
import dataclasses
import json
import os
import pathlib
import shutil
import subprocess

import throwaway

HERE = pathlib.Path(__file__).resolve().parent
JARS = ("wss4j", "xmlsec", "axis", "axis-jaxrpc", "axis-saaj", "wsdl4j", "commons-logging", "commons-discovery",
        "commons-codec", "slf4j-api", "slf4j-nop", "bcprov")


def workshop():
    """Where node modules and Java classes are put: the build folder, never the source tree."""
    path = pathlib.Path(os.environ.get("HUTONG_INTEROP_DIR", "/var/tmp/hutong-interop"))
    path.mkdir(parents=True, exist_ok=True)
    return path


def run(command, timeout=180, **options):
    done = subprocess.run([str(one) for one in command], capture_output=True, text=True, encoding="utf-8",
                          timeout=timeout, stdin=subprocess.DEVNULL, **options)
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]} failed ({done.returncode}): {done.stdout}{done.stderr}")
    return done.stdout


def prepare_node():
    folder = workshop() / "node"
    folder.mkdir(exist_ok=True)
    lock = HERE / "node" / "package-lock.json"
    installed = folder / "installed-lock.json"
    for name in ("package.json", "package-lock.json", "client.js", "algorithms.js"):
        shutil.copy(HERE / "node" / name, folder / name)
    if not installed.exists() or installed.read_bytes() != lock.read_bytes():
        run([throwaway.program("npm"), "ci", "--no-audit", "--no-fund", "--ignore-scripts"], timeout=300, cwd=folder)
        shutil.copy(lock, installed)
    return [throwaway.program("node"), folder / "client.js"]


def prepare_wss4j():
    folder = workshop() / "wss4j"
    jars = [pathlib.Path("/usr/share/java") / f"{name}.jar" for name in JARS]
    missing = [str(jar) for jar in jars if not jar.exists()]
    if missing:
        raise FileNotFoundError(f"needed by this test and not installed: {', '.join(missing)}")
    path = ":".join(map(str, jars))
    run([throwaway.program("javac"), "-encoding", "UTF-8", "-Xlint:all,-path", "-Werror", "-d", folder, "-cp", path,
         *sorted((HERE / "wss4j").glob("*.java"))])
    return [throwaway.program("java"), "-Dfile.encoding=UTF-8", "-cp", f"{folder}:{path}", "Client"]


def prepare_zeep():
    return ["/usr/bin/python3", HERE / "zeep" / "client.py"]


def prepare_gsoap():
    path = os.environ.get("HUTONG_CONSUMER")
    if not path or not os.access(path, os.X_OK):
        raise FileNotFoundError(f"HUTONG_CONSUMER must name the gSOAP demo consumer, not {path!r}")
    throwaway.program("wsdl2h")
    return ["/usr/bin/python3", HERE / "gsoap" / "client.py", "--consumer", path]


def prepare_php():
    return [throwaway.program("php"), HERE / "php" / "client.php"]


@dataclasses.dataclass(frozen=True)
class Call:
    """One operation with its arguments, on the service that a published WSDL describes."""

    wsdl: str
    operation: str
    arguments: dict
    port_name: str = ""


def prepare_saml():
    return ["/usr/bin/python3", HERE / "saml" / "client.py"]


def call(command, what, ca, identity=None, address=None, method=None, options=()):
    """Has a client make the call, signed by `method` (a URI) where it signs, with further options of its own; returns
    what it said of it."""
    line = [*command, "--wsdl", what.wsdl, "--ca", ca, "--operation", what.operation]
    if identity:
        line += ["--key", identity.key, "--cert", identity.certificate]
    if method:
        line += ["--method", method]
    if address:
        line += ["--address", address]
    if what.port_name:
        line += ["--port-name", what.port_name]
    for name, value in what.arguments.items():
        line += ["--argument", f"{name}={value}"]
    return json.loads(run([*line, *options]))

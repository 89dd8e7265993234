"""wrk with messages that were signed beforehand: what benchmarks of whole calls share."""

import json
import os
import pathlib
import subprocess
import sys

GATEWAY = pathlib.Path(__file__).resolve().parent.parent / "gateway"
THREADS = 2


def presign(build, identity, count, content, out):
    """`content`: the bytes of a made-up Body, or "@FILE" with the Body's content."""
    subprocess.run([build / "tests" / "bench" / "gateway" / "bench_presign", identity.key, identity.certificate, str(count),
                    str(content), out], check=True)
    return out


def load(url, path, messages, seconds, connections, again=False):
    environment = dict(os.environ, MESSAGES=str(messages), THREADS=str(THREADS), TARGET_PATH=path, AGAIN="1" if again else "0")
    out = subprocess.run(["wrk", "-t", str(THREADS), "-c", str(connections), "-d", f"{seconds}s", "--timeout", "10s", "-s",
                          str(GATEWAY / "load.lua"), url], env=environment, capture_output=True, text=True, timeout=seconds + 60)
    for line in out.stdout.splitlines():
        if line.startswith("RESULT "):
            result = json.loads(line[7:])
            result["rps"] = result["requests"] / result["seconds"]
            return result
    sys.exit(f"wrk said nothing useful: {out.stdout} {out.stderr}")


def refuse_failures(label, result):
    if result["status_errors"] or result["socket_errors"]:
        sys.exit(f"{label}: {result['status_errors']} calls were refused, {result['socket_errors']} broke off")

#!/usr/bin/env python3
"""Dependencies point down only, and third-party headers stay behind their door."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]

# Each room and the rooms it may include, itself aside.
MAY_USE = {
    "base": set(),
    "wsdl": {"base"},
    "stubs": {"base", "wsdl"},
    "security": {"base"},
    "registry": {"base", "wsdl", "stubs", "security"},
    "gateway": {"base", "wsdl", "stubs", "security", "registry"},
}

# What an include begins with, and the folders that may have it.
DOORS = [
    (r"(stdsoap2\.h|soapH\.h|soapStub\.h|wsseapi\.h|.*\.nsmap)", ["stubs"]),
    (r"libpq-fe\.h", ["base/pg"]),
    (r"boost/beast", ["gateway/http"]),
    (r"boost/asio/ssl", ["base/asio.cpp", "gateway/http"]),
    (r"xmlsec/", ["security/xmldsig"]),
    (r"p11-kit/|pkcs11\.h", ["security/keys/pkcs11/cryptoki.hpp"]),
    (r"curl/", ["gateway/mail"]),
    (r"(libxml|libxslt)/", ["base/xml", "security/xmldsig"]),
]

# Beast and TLS are costly templates: at most this many files instantiate them.
MOST_BEAST_FILES = 6

INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.MULTILINE)


def sources():
    for room in MAY_USE:
        for path in sorted((ROOT / room).rglob("*")):
            if path.suffix in (".cpp", ".hpp"):
                yield room, path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


def violations():
    beast_files = set()
    for room, name, text in sources():
        for include in INCLUDE.findall(text):
            top = include.split("/")[0]
            if top in MAY_USE and top != room and top not in MAY_USE[room]:
                yield f"{name}: includes {include}; {room} may use only {sorted(MAY_USE[room]) or 'nothing'}"
            for pattern, doors in DOORS:
                if re.match(pattern, include) and not any(name.startswith(door) for door in doors):
                    yield f"{name}: includes {include}, which belongs behind {' and '.join(doors)}"
            if name.endswith(".cpp") and re.match(r"boost/(beast|asio/ssl)", include):
                beast_files.add(name)
    if len(beast_files) > MOST_BEAST_FILES:
        yield f"Beast or TLS is instantiated in {len(beast_files)} files, {MOST_BEAST_FILES} are allowed: {sorted(beast_files)}"


def main():
    found = list(violations())
    for line in found:
        print(line)
    count = sum(1 for _ in sources())
    print(f"{count} files looked at, {len(found)} violations")
    print(f"ran {count} of {count} cases, {len(found)} failed")
    return 1 if found or count == 0 else 0


if __name__ == "__main__":
    sys.exit(main())

"""Reads length-prefixed texts from stdin and parses each with expat, namespaces included: none may be malformed."""

import struct
import sys
from xml.parsers import expat

count = 0
while head := sys.stdin.buffer.read(8):
    (length,) = struct.unpack("<Q", head)
    text = sys.stdin.buffer.read(length)
    try:
        expat.ParserCreate(namespace_separator=" ").Parse(text, True)
    except expat.ExpatError as problem:
        sys.exit(f"text {count + 1} is not well-formed: {problem}\n{text.decode(errors='replace')[:8000]}")
    count += 1
print(f"{count} texts are well-formed")

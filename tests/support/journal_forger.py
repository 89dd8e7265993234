"""Rewrites a node's journal from one record on as its owner could: every checksum, chain value, root, seal and local head
is made anew, so that it fits in itself. What has left the node no forger reaches."""
import base64
import json
import re
import struct
import zlib

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from evidence_verifier import CHAIN, HEADER, sha256

START, RECORD, SEAL = 1, 2, 3


def root(digests):
    if len(digests) == 1:
        return sha256(b"\0" + digests[0])
    split = 1
    while split * 2 < len(digests):
        split *= 2
    return sha256(b"\1" + root(digests[:split]) + root(digests[split:]))


def frames(data):
    at = 0
    while at < len(data):
        size = HEADER + struct.unpack_from("<I", data, at + 8)[0] + CHAIN
        yield bytearray(data[at:at + size])
        at += size


def forge(home, old, new):
    """Replaces the first occurrence of `old` by `new`, of the same length, in a record. Returns its sequence number."""
    assert len(old) == len(new)
    key = serialization.load_pem_private_key((home / "keys" / "sign-p256.key").read_bytes(), None)
    chain, forged = bytes(32), None
    for path in sorted((home / "journal").glob("*.seg")):
        salt, digests, out, states = 0, [], b"", {}
        for frame in frames(path.read_bytes()):
            kind = frame[4]
            body = HEADER
            if kind == START:
                frame[body + 30:body + 62] = chain
            elif kind == RECORD and forged is None and old in frame:
                at = frame.index(old)
                frame[at:at + len(old)] = new
                forged = struct.unpack_from("<Q", frame, 16)[0]
            elif kind == SEAL:
                frame[body + 25:body + 57] = chain
                frame[body + 57:body + 89] = root(digests)
            crc = zlib.crc32(bytes(frame[:12]), 0 if kind == START else salt)
            struct.pack_into("<I", frame, 12, zlib.crc32(bytes(frame[16:-CHAIN]), crc))
            if kind == START:
                salt = struct.unpack_from("<I", frame, body + 26)[0]
            digest = sha256(bytes(frame[:-CHAIN]))
            chain = sha256(chain + digest)
            frame[-CHAIN:] = chain
            digests.append(digest)
            states[len(digests)] = (chain, root(digests))
            out += bytes(frame)
        path.write_bytes(out)
        path.with_suffix(".tsr").unlink(missing_ok=True)
        resign(path.with_suffix(".head"), key, states)
    return forged


def resign(path, key, states):
    if not path.exists():
        return
    line = json.loads(path.read_text())
    chain, tree = states[int(re.search(r"\nframes (\d+)\n", line["head"]).group(1))]
    text = re.sub(r"\nchain [0-9a-f]+\nroot [0-9a-f]+\n", f"\nchain {chain.hex()}\nroot {tree.hex()}\n", line["head"])
    line["head"] = text
    line["signature"] = base64.b64encode(key.sign(text.encode(), ec.ECDSA(hashes.SHA256()))).decode()
    path.write_text(json.dumps(line))

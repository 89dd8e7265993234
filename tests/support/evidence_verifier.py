"""Checks an exported call by docs/evidence.md alone: hashlib, python3-cryptography, lxml and the openssl command.

Shares no code with the gateway. `verify(zip, root_pem)` returns what was found to hold, or raises Broken."""
import base64
import datetime
import hashlib
import json
import pathlib
import struct
import subprocess
import tempfile
import zipfile

import lxml.etree
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, utils

DS = "{http://www.w3.org/2000/09/xmldsig#}"
WSU_ID = "{http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd}Id"
WSSE = "{http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd}"
TEXTS = ("exchange", "consumer", "service", "operation", "signer", "message_id", "replay_key", "outcome", "reason",
         "remote", "content")
HEADER, CHAIN = 32, 32


class Broken(Exception):
    pass


def need(condition, what):
    if not condition:
        raise Broken(what)


def sha256(data):
    return hashlib.sha256(data).digest()


class Fields:
    """Little-endian numbers and length-prefixed texts, one after another."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def raw(self, size):
        self.at += size
        return self.data[self.at - size:self.at]

    def number(self, form):
        return struct.unpack("<" + form, self.raw(struct.calcsize(form)))[0]

    def text(self):
        return self.raw(self.number("I"))


def frame_digest(frame):
    need(frame[:4] == b"HTJ1" and len(frame) == HEADER + struct.unpack_from("<I", frame, 8)[0] + CHAIN, "not a frame")
    return sha256(frame[:-CHAIN])


def record_of(frame):
    fields = Fields(frame[HEADER:-CHAIN])
    record = {"sequence": struct.unpack_from("<Q", frame, 16)[0], "version": fields.number("B"),
              "kind": fields.number("B"), "time": fields.number("Q"), "bytes": fields.number("Q"), "digest": fields.raw(32)}
    return record | {name: fields.text() for name in TEXTS}


def seal_of(frame):
    fields = Fields(frame[HEADER:-CHAIN])
    return {"version": fields.number("B"), "segment": fields.number("Q"), "records": fields.number("Q"),
            "created": fields.number("Q"), "head": fields.raw(32), "root": fields.raw(32), "node": fields.text()}


def root_of(digest, index, size, path):
    """RFC 9162 section 2.1.3.2."""
    value, node, last = sha256(b"\0" + digest), index, size - 1
    for sibling in path:
        need(last > 0, "a path that is too long")
        if node & 1 or node == last:
            value = sha256(b"\1" + sibling + value)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            value = sha256(b"\1" + value + sibling)
        node, last = node >> 1, last >> 1
    need(last == 0, "a path that is too short")
    return value


def check_signature(certificate, signature, data, raw=False):
    key = certificate.public_key()
    if isinstance(key, ec.EllipticCurvePublicKey):
        if raw:
            half = len(signature) // 2
            signature = utils.encode_dss_signature(*(int.from_bytes(part, "big") for part in
                                                     (signature[:half], signature[half:])))
        key.verify(signature, data, ec.ECDSA(hashes.SHA256()))
    else:
        key.verify(signature, data, padding.PKCS1v15(), hashes.SHA256())


class Verifier:
    def __init__(self, archive, root_file):
        with zipfile.ZipFile(archive) as opened:
            self.files = {name: opened.read(name) for name in opened.namelist()}
        self.root_file = str(root_file)
        self.root = x509.load_pem_x509_certificate(pathlib.Path(root_file).read_bytes())
        self.held = []

    def run(self):
        self.manifest()
        self.certificates = {name: x509.load_pem_x509_certificate(data) for name, data in self.files.items()
                             if name.startswith("certificates/")}
        self.proofs()
        self.heads()
        records = sorted((record_of(data) for name, data in self.files.items() if name.startswith("records/")),
                         key=lambda record: record["sequence"])
        self.messages(records)
        self.trust(records)
        return self.held

    def manifest(self):
        named = json.loads(self.files["manifest.json"])["files"]
        need(set(named) | {"manifest.json"} == set(self.files), "other files than the manifest names")
        for name, digest in named.items():
            need(sha256(self.files[name]).hex() == digest, name + ": not what the manifest says")
        self.held.append("manifest")

    def proofs(self):
        for proof in json.loads(self.files["proofs.json"]):
            name = f"{proof['segment']:08d}"
            value = root_of(frame_digest(self.files[proof["frame"]]), proof["index"], proof["size"],
                            [bytes.fromhex(one) for one in proof["path"]])
            if proof["root"] == "seal":
                need(value == self.seal(name)["root"], proof["frame"] + ": not under the seal")
            else:
                need(proof["root"] == "head", "nothing proves " + proof["frame"])
                need(b"\nroot " + value.hex().encode() + b"\n" in self.files[f"heads/{name}.head"],
                     proof["frame"] + ": not under the head")
        self.held.append("proofs")

    def seal(self, name):
        frame = self.files[f"segments/{name}.seal"]
        seal = seal_of(frame)
        need(sha256(seal["head"] + frame_digest(frame)) == frame[-CHAIN:], name + ": the seal's chain value")
        if f"timestamp {name}" not in self.held and f"segments/{name}.tsr" in self.files:
            self.timestamp(name)
        return seal

    def timestamp(self, name):
        with tempfile.TemporaryDirectory() as folder:
            for ending in ("seal", "tsr"):
                pathlib.Path(folder, ending).write_bytes(self.files[f"segments/{name}.{ending}"])
            done = subprocess.run(["openssl", "ts", "-verify", "-data", "seal", "-in", "tsr", "-CAfile", self.root_file],
                                  cwd=folder, capture_output=True, text=True)
        need(done.returncode == 0 and "Verification: OK" in done.stdout, done.stdout + done.stderr)
        self.held.append(f"timestamp {name}")

    def heads(self):
        for name, text in self.files.items():
            if not name.endswith(".head"):
                continue
            signer = None
            for certificate in self.certificates.values():
                try:
                    check_signature(certificate, self.files[name[:-5] + ".sig"], text)
                    signer = certificate
                except (InvalidSignature, ValueError):
                    pass
            need(signer is not None, name + ": nobody here signed it")
            self.chain(signer)
            self.held.append("head")

    def chain(self, certificate):
        """Up to the root, by signatures."""
        for _ in range(5):
            issuer = next((one for one in [self.root, *self.certificates.values()]
                           if one.subject == certificate.issuer and one != certificate), None)
            need(issuer is not None, "no issuer of " + certificate.subject.rfc4514_string())
            check_signature(issuer, certificate.signature, certificate.tbs_certificate_bytes)
            if issuer == self.root:
                return
            certificate = issuer
        raise Broken("no way to the root")

    def messages(self, records):
        pieces = {}
        for record in records:
            kind = {1: b"request", 2: b"response", 3: b"refusal", 4: b"content"}.get(record["kind"])
            if kind == b"content":
                pieces[record["outcome"]] = pieces.get(record["outcome"], b"") + record["content"]
            elif kind is not None:
                content = pieces.pop(kind, b"") + record["content"]
                if len(content) == record["bytes"] and sha256(content) == record["digest"]:
                    need(self.files[f"messages/{record['sequence']}-{kind.decode()}"] == content, "a copy of a message")
                    self.held.append(kind.decode())
                    if record["signer"] or kind == b"response":
                        self.soap(content, record)

    def soap(self, content, record):
        """Exclusive canonicalisation, the references' digests, the signature, the signer's certificate then."""
        root = lxml.etree.fromstring(content)
        token = root.find(f".//{WSSE}BinarySecurityToken")
        certificate = x509.load_der_x509_certificate(base64.b64decode(token.text))
        if record["kind"] == 1:
            need(sha256(certificate.public_bytes(serialization.Encoding.DER)).hex().encode() == record["signer"], "the signer")
        signed_info = root.find(f".//{DS}SignedInfo")
        canonical = lambda element: lxml.etree.tostring(element, method="c14n", exclusive=True, with_comments=False,
                                                        with_tail=False)
        value = base64.b64decode(root.find(f".//{DS}SignatureValue").text)
        check_signature(certificate, value, canonical(signed_info), raw=True)
        names = set()
        for reference in signed_info.iterfind(f"{DS}Reference"):
            part, = [one for one in root.iter() if one.get(WSU_ID) == reference.get("URI")[1:]]
            need(base64.b64encode(sha256(canonical(part))).decode() == reference.find(f"{DS}DigestValue").text, "a reference")
            names.add(lxml.etree.QName(part).localname)
        need("Body" in names, "the Body is not signed")
        self.chain(certificate)
        self.revocation(certificate, datetime.datetime.utcfromtimestamp(record["time"] / 1e9))
        self.held.append("signature")

    def revocation(self, certificate, then):
        for name, data in self.files.items():
            if not name.startswith("crls/"):
                continue
            crl = x509.load_der_x509_crl(data)
            issuer, = [one for one in self.certificates.values() if one.subject == crl.issuer]
            need(crl.is_signature_valid(issuer.public_key()), name)
            if crl.issuer != certificate.issuer:
                continue
            need(crl.last_update <= then <= crl.next_update, name + " was not in force")
            need(crl.get_revoked_certificate_by_serial_number(certificate.serial_number) is None, "revoked")
            self.held.append("revocation")

    def trust(self, records):
        for record in records:
            if record["outcome"] == b"trust":
                believed = json.loads(record["content"])
                need({f"crls/{one}.crl" for one in believed["crls"]} ==
                     {name for name in self.files if name.startswith("crls/")}, "other CRLs than were believed then")
                self.held.append("trust")


def verify(archive, root_file):
    return Verifier(archive, root_file).run()

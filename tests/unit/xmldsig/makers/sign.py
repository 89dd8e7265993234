"""Signs NAME.text with the key NAME.pem by the method NAME.method, for every NAME of a folder, into NAME.MAKER.

usage: sign.py cryptography|openssl FOLDER: with python cryptography, or with the openssl command line. As
"cryptography" it also makes, for the PSS methods, NAME.salt0, NAME.salt20 and NAME.mgf1sha1: RSA-PSS that is not what
the method says; and as "check" it verifies NAME.ours.
"""
import pathlib
import subprocess
import sys

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

HASHES = {"256": hashes.SHA256, "384": hashes.SHA384, "512": hashes.SHA512}


def digest_of(method):
    return next(HASHES[bits] for bits in HASHES if f"sha{bits}" in method)()


def pss(digest, salt=None, mgf=None):
    return padding.PSS(padding.MGF1(mgf or digest), digest.digest_size if salt is None else salt)


def halves(key):
    return (key.key_size + 7) // 8


def raw(key, der):
    return b"".join(number.to_bytes(halves(key), "big") for number in decode_dss_signature(der))


class Case:
    def __init__(self, method_file):
        self.file = method_file
        self.method = method_file.read_text()
        self.text = method_file.with_suffix(".text").read_bytes()
        self.pem = method_file.with_suffix(".pem")
        self.key = serialization.load_pem_private_key(self.pem.read_bytes(), None)

    def write(self, ending, value):
        self.file.with_suffix(ending).write_bytes(value)

    def cryptography(self):
        if isinstance(self.key, ed25519.Ed25519PrivateKey):
            self.write(".cryptography", self.key.sign(self.text))
            return
        digest = digest_of(self.method)
        if isinstance(self.key, ec.EllipticCurvePrivateKey):
            self.write(".cryptography", raw(self.key, self.key.sign(self.text, ec.ECDSA(digest))))
        elif self.method.endswith("MGF1"):
            self.write(".cryptography", self.key.sign(self.text, pss(digest), digest))
            self.write(".salt0", self.key.sign(self.text, pss(digest, salt=0), digest))
            self.write(".salt20", self.key.sign(self.text, pss(digest, salt=20), digest))
            self.write(".mgf1sha1", self.key.sign(self.text, pss(digest, mgf=hashes.SHA1()), digest))
        else:
            self.write(".cryptography", self.key.sign(self.text, padding.PKCS1v15(), digest))

    def openssl(self):
        text = str(self.file.with_suffix(".text"))
        if isinstance(self.key, ed25519.Ed25519PrivateKey):
            self.write(".openssl", run("pkeyutl", "-sign", "-rawin", "-inkey", self.pem, "-in", text))
            return
        options = ["dgst", f"-{digest_of(self.method).name}", "-sign", self.pem]
        if self.method.endswith("MGF1"):
            options += ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:digest"]
        value = run(*options, text)
        self.write(".openssl", raw(self.key, value) if isinstance(self.key, ec.EllipticCurvePrivateKey) else value)

    def check(self):
        public, value = self.key.public_key(), self.file.with_suffix(".ours").read_bytes()
        if isinstance(public, ed25519.Ed25519PublicKey):
            public.verify(value, self.text)
            return
        digest = digest_of(self.method)
        if isinstance(public, ec.EllipticCurvePublicKey):
            assert len(value) == 2 * halves(public), len(value)
            r, s = value[:halves(public)], value[halves(public):]
            der = encode_dss_signature(int.from_bytes(r, "big"), int.from_bytes(s, "big"))
            public.verify(der, self.text, ec.ECDSA(digest))
        else:
            public.verify(value, self.text, pss(digest) if self.method.endswith("MGF1") else padding.PKCS1v15(), digest)


def run(*arguments):
    return subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True).stdout


cases = [Case(method_file) for method_file in sorted(pathlib.Path(sys.argv[2]).glob("*.method"))]
for case in cases:
    getattr(case, sys.argv[1])()
print(len(cases))

"""Signs a ds:Signature template without xmlsec1, by the methods it lacks: lxml canonicalises, hashlib digests, python
cryptography signs, and for SM2 the openssl command."""
import base64
import hashlib
import pathlib
import subprocess
import tempfile

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, utils
from lxml import etree

DS = "{http://www.w3.org/2000/09/xmldsig#}"
EXC_C14N = "http://www.w3.org/2001/10/xml-exc-c14n#"
SM3 = "urn:oid:1.2.156.10197.1.401"
DIGESTS = {"http://www.w3.org/2001/04/xmlenc#sha256": hashlib.sha256,
           "http://www.w3.org/2001/04/xmldsig-more#sha384": hashlib.sha384,
           "http://www.w3.org/2001/04/xmlenc#sha512": hashlib.sha512}
SM2_ID = "1234567812345678"
PSS = {f"http://www.w3.org/2007/05/xmldsig-more#sha{bits}-rsa-MGF1": digest
       for bits, digest in (("256", hashes.SHA256), ("384", hashes.SHA384), ("512", hashes.SHA512))}
ED25519 = "http://www.w3.org/2021/04/xmldsig-more#eddsa-ed25519"


def method_of(signature):
    return signature.find(f"{DS}SignedInfo/{DS}SignatureMethod").get("Algorithm")


def signs(method):
    return method in PSS or method == ED25519 or is_sm2(method)


def is_sm2(method):
    return method == "urn:oid:1.2.156.10197.1.501" or "sm2" in method.lower()


def digest_of(method, data):
    if method == SM3 or "sm3" in method.lower():
        return hashlib.new("sm3", data).digest()
    return DIGESTS[method](data).digest()


def sm2_value(pem, text, sm2_id, form):
    """The signature of the openssl command, as it makes it (der) or as two numbers (raw)."""
    with tempfile.TemporaryDirectory() as folder:
        key, data = pathlib.Path(folder, "key.pem"), pathlib.Path(folder, "data")
        key.write_bytes(pem)
        data.write_bytes(text)
        der = subprocess.run(["openssl", "pkeyutl", "-sign", "-rawin", "-digest", "sm3", "-inkey", key, "-in", data,
                              "-pkeyopt", f"distid:{sm2_id}"], check=True, capture_output=True).stdout
    if form == "der":
        return der
    return b"".join(number.to_bytes(32, "big") for number in utils.decode_dss_signature(der))


def canonical(element):
    return etree.tostring(element, method="c14n", exclusive=True, with_comments=False, with_tail=False)


def only_exclusive(algorithms):
    for algorithm in algorithms:
        if algorithm.get("Algorithm") != EXC_C14N or len(algorithm):
            raise ValueError("this signer knows plain exclusive canonicalisation only")


def sign(root, signature, pem, sm2_id=SM2_ID, form="raw"):
    signed_info = signature.find(f"{DS}SignedInfo")
    only_exclusive(signed_info.iterfind(f"{DS}CanonicalizationMethod"))
    for reference in signed_info.iterfind(f"{DS}Reference"):
        only_exclusive(reference.iterfind(f"{DS}Transforms/{DS}Transform"))
        target, = root.xpath("//*[@*[local-name() = 'Id'] = $id]", id=reference.get("URI")[1:])
        digest = digest_of(reference.find(f"{DS}DigestMethod").get("Algorithm"), canonical(target))
        reference.find(f"{DS}DigestValue").text = base64.b64encode(digest).decode()
    method, text = method_of(signature), canonical(signed_info)
    if is_sm2(method):
        value = sm2_value(pem, text, sm2_id, form)
    elif method == ED25519:
        value = serialization.load_pem_private_key(pem, None).sign(text)
    else:
        digest = PSS[method]()
        value = serialization.load_pem_private_key(pem, None).sign(text, padding.PSS(padding.MGF1(digest), digest.digest_size), digest)
    signature.find(f"{DS}SignatureValue").text = base64.b64encode(value).decode()

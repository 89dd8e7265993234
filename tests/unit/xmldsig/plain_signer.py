"""Signs a ds:Signature template without xmlsec1, by the methods it lacks: lxml canonicalises, hashlib digests, python
cryptography signs."""
import base64
import hashlib

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from lxml import etree

DS = "{http://www.w3.org/2000/09/xmldsig#}"
EXC_C14N = "http://www.w3.org/2001/10/xml-exc-c14n#"
DIGESTS = {"http://www.w3.org/2001/04/xmlenc#sha256": hashlib.sha256,
           "http://www.w3.org/2001/04/xmldsig-more#sha384": hashlib.sha384,
           "http://www.w3.org/2001/04/xmlenc#sha512": hashlib.sha512}
PSS = {f"http://www.w3.org/2007/05/xmldsig-more#sha{bits}-rsa-MGF1": digest
       for bits, digest in (("256", hashes.SHA256), ("384", hashes.SHA384), ("512", hashes.SHA512))}
ED25519 = "http://www.w3.org/2021/04/xmldsig-more#eddsa-ed25519"


def method_of(signature):
    return signature.find(f"{DS}SignedInfo/{DS}SignatureMethod").get("Algorithm")


def signs(method):
    return method in PSS or method == ED25519


def canonical(element):
    return etree.tostring(element, method="c14n", exclusive=True, with_comments=False, with_tail=False)


def only_exclusive(algorithms):
    for algorithm in algorithms:
        if algorithm.get("Algorithm") != EXC_C14N or len(algorithm):
            raise ValueError("this signer knows plain exclusive canonicalisation only")


def sign(root, signature, pem):
    signed_info = signature.find(f"{DS}SignedInfo")
    only_exclusive(signed_info.iterfind(f"{DS}CanonicalizationMethod"))
    for reference in signed_info.iterfind(f"{DS}Reference"):
        only_exclusive(reference.iterfind(f"{DS}Transforms/{DS}Transform"))
        target, = root.xpath("//*[@*[local-name() = 'Id'] = $id]", id=reference.get("URI")[1:])
        digest = DIGESTS[reference.find(f"{DS}DigestMethod").get("Algorithm")]
        reference.find(f"{DS}DigestValue").text = base64.b64encode(digest(canonical(target)).digest()).decode()
    key = serialization.load_pem_private_key(pem, None)
    method, text = method_of(signature), canonical(signed_info)
    if method == ED25519:
        value = key.sign(text)
    else:
        digest = PSS[method]()
        value = key.sign(text, padding.PSS(padding.MGF1(digest), digest.digest_size), digest)
    signature.find(f"{DS}SignatureValue").text = base64.b64encode(value).decode()

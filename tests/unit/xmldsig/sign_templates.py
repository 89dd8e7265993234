"""Signs every NAME.template of a folder with NAME.pem (or NAME.secret, for HMAC) into NAME.xml, and verifies the
result with the same key, all with python3-xmlsec and lxml. Further signatures of the header take NAME.1.pem and so on;
a SAML assertion in it is signed first, with NAME.issuer. By the methods that xmlsec1 lacks plain_signer signs, where
the header has one signature."""

import base64
import hashlib
import pathlib
import sys

import plain_signer
import xmlsec
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
from lxml import etree

SAML = "{urn:oasis:names:tc:SAML:2.0:assertion}"
DS = "{http://www.w3.org/2000/09/xmldsig#}"
WSSE = "{http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd}"


def keys_of(template):
    """The key of each signature in turn: NAME.pem, NAME.1.pem …"""
    secret = template.with_suffix(".secret")
    if secret.exists():
        yield xmlsec.Key.from_binary_data(xmlsec.constants.KeyDataHmac, secret.read_bytes())
    names = [template.with_suffix(".pem")] + [template.with_suffix(f".{n}.pem") for n in range(1, 5)]
    for name in names:
        if name.exists():
            yield xmlsec.Key.from_memory(name.read_bytes(), xmlsec.constants.KeyDataFormatPem)


def sign_assertion(root, issuer):
    """The enveloped signature of the assertion in the header, by its issuer."""
    xmlsec.tree.add_ids(root, ["ID"])
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_memory(issuer.read_bytes(), xmlsec.constants.KeyDataFormatPem)
    context.sign(root.find(f".//{SAML}Assertion/{DS}Signature"))


def token_digest(root, reference):
    """What the STR-Transform digests: xmlsec1 has no such transform, so lxml canonicalises the assertion."""
    token = root.find(f".//{SAML}Assertion")
    text = etree.tostring(token, method="c14n", exclusive=True, with_comments=False)
    # Section 8.3 of WS-Security: the apex shows the default namespace.
    end = min(text.index(b" "), text.index(b">"))
    return base64.b64encode(hashlib.sha256(text[:end] + b' xmlns=""' + text[end:]).digest()).decode()


def sign_by_hand(root, signature, pem):
    """For a signature with the STR-Transform: digests and value made by lxml and cryptography."""
    info = signature.find(f"{DS}SignedInfo")
    for reference in info.findall(f"{DS}Reference"):
        transform = reference.find(f"{DS}Transforms/{DS}Transform").get("Algorithm")
        if transform.endswith("#STR-Transform"):
            value = token_digest(root, reference)
        else:
            part = root.xpath("//*[@*[local-name()='Id']=$id]", id=reference.get("URI")[1:])[0]
            value = base64.b64encode(hashlib.sha256(
                etree.tostring(part, method="c14n", exclusive=True, with_comments=False)).digest()).decode()
        reference.find(f"{DS}DigestValue").text = value
    key = serialization.load_pem_private_key(pem, None)
    der = key.sign(etree.tostring(info, method="c14n", exclusive=True), ec.ECDSA(hashes.SHA256()))
    r, s = utils.decode_dss_signature(der)
    signature.find(f"{DS}SignatureValue").text = base64.b64encode(
        r.to_bytes(32, "big") + s.to_bytes(32, "big")).decode()


def sign(template):
    root = etree.fromstring(template.read_bytes())
    issuer = template.with_suffix(".issuer")
    if issuer.exists():
        sign_assertion(root, issuer)
    signatures = root.findall(f".//{WSSE}Security/{DS}Signature")
    if plain_signer.signs(plain_signer.method_of(signatures[0])):
        # NAME.sm2: the id, and raw or der, where they are not the usual ones.
        sm2 = template.with_suffix(".sm2")
        form = sm2.read_text().split() if sm2.exists() else []
        plain_signer.sign(root, signatures[0], template.with_suffix(".pem").read_bytes(), *form)
        template.with_suffix(".xml").write_bytes(etree.tostring(root, encoding="utf-8", xml_declaration=False))
        return
    keys = list(keys_of(template))
    by_hand = b"#STR-Transform" in template.read_bytes() and issuer.exists()
    xmlsec.tree.add_ids(root, ["Id"])
    for signature, key in zip(signatures, keys):
        if by_hand:
            sign_by_hand(root, signature, template.with_suffix(".pem").read_bytes())
            continue
        context = xmlsec.SignatureContext()
        context.key = key
        context.sign(signature)
    text = etree.tostring(root, encoding="utf-8", xml_declaration=False)
    if not by_hand:
        verify(text, keys)
    template.with_suffix(".xml").write_bytes(text)


def verify(text, keys):
    root = etree.fromstring(text)
    xmlsec.tree.add_ids(root, ["Id", "ID"])
    for signature, key in zip(root.findall(f".//{WSSE}Security/{DS}Signature"), keys):
        context = xmlsec.SignatureContext()
        context.key = key
        context.verify(signature)


for path in sorted(pathlib.Path(sys.argv[1]).glob("*.template")):
    try:
        sign(path)
    except Exception as problem:  # whatever it is, the test wants to know which message it was
        sys.exit(f"{path.stem}: {problem!r}")

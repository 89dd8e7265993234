"""Signs SOAP envelopes as a client would, with python3-xmlsec and lxml; shares no code with the gateway."""
import base64
import datetime
import hashlib
import pathlib

import lxml.etree
import xmlsec
import zeep.wsse.utils
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, utils

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
WSU = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
BASE64 = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary"
X509V3 = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509v3"
DS = "http://www.w3.org/2000/09/xmldsig#"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
WSA = "http://www.w3.org/2005/08/addressing"


def signed(envelope, key_file, certificate_file, lifetime=300, age=0, parts=("Body", "Timestamp"), as_tree=False):
    """The envelope with a Timestamp made `age` seconds ago, signed over the `parts`, of which
    those beside Body and Timestamp are local names of wsa headers. PEM files; the first certificate signs.
    `as_tree`: canonicalised in a way that the gateway cannot read in one pass, C14N 1.1 below an xml:base."""
    root = lxml.etree.fromstring(envelope)
    if as_tree:
        root.set("{http://www.w3.org/XML/1998/namespace}base", "http://client.example/")
    created = datetime.datetime.utcnow() - datetime.timedelta(seconds=age)
    certificate = x509.load_pem_x509_certificate(pathlib.Path(certificate_file).read_bytes())
    security = zeep.wsse.utils.get_security_header(root)
    token = lxml.etree.SubElement(security, f"{{{WSSE}}}BinarySecurityToken", EncodingType=BASE64, ValueType=X509V3)
    token.set(f"{{{WSU}}}Id", "token")
    token.text = base64.b64encode(certificate.public_bytes(serialization.Encoding.DER)).decode()
    timestamp = lxml.etree.SubElement(security, f"{{{WSU}}}Timestamp")
    for name, at in (("Created", created), ("Expires", created + datetime.timedelta(seconds=lifetime))):
        lxml.etree.SubElement(timestamp, f"{{{WSU}}}{name}").text = at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    elliptic = isinstance(certificate.public_key(), ec.EllipticCurvePublicKey)
    method = xmlsec.Transform.ECDSA_SHA256 if elliptic else xmlsec.Transform.RSA_SHA256
    signature = xmlsec.template.create(root, xmlsec.Transform.EXCL_C14N, method, ns="ds")
    security.append(signature)
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_file(str(key_file), xmlsec.KeyFormat.PEM)
    used = set()
    for part in (root.find(f"{{{SOAP}}}Body"), timestamp, *root.iterfind(f"{{{SOAP}}}Header/{{{WSA}}}*")):
        name = lxml.etree.QName(part).localname
        if name in parts:
            identity = name if name not in used else f"{name}-{len(used)}"
            used.add(identity)
            part.set(f"{{{WSU}}}Id", identity)
            context.register_id(part, "Id", WSU)
            reference = xmlsec.template.add_reference(signature, xmlsec.Transform.SHA256, uri="#" + identity)
            xmlsec.template.add_transform(reference, xmlsec.Transform.C14N11 if as_tree else xmlsec.Transform.EXCL_C14N)
    info = xmlsec.template.ensure_key_info(signature)
    holder = lxml.etree.SubElement(info, f"{{{WSSE}}}SecurityTokenReference")
    lxml.etree.SubElement(holder, f"{{{WSSE}}}Reference", URI="#token", ValueType=X509V3)
    context.sign(signature)
    return lxml.etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def streamed(envelope, marker, octets, inclusion, key_file, certificate_file, lifetime=300):
    """Signs an envelope whose Body is too long for a tree: where it says `marker` (a text), the signed Body has the
    canonical `octets` (an iterable of bytes). Returns the message around that place as two byte strings, with `inclusion`
    (bytes) between them when it is not None, else as (before, after)."""
    root = lxml.etree.fromstring(envelope)
    created = datetime.datetime.utcnow()
    certificate = x509.load_pem_x509_certificate(pathlib.Path(certificate_file).read_bytes())
    key = serialization.load_pem_private_key(pathlib.Path(key_file).read_bytes(), None)
    security = zeep.wsse.utils.get_security_header(root)
    token = lxml.etree.SubElement(security, f"{{{WSSE}}}BinarySecurityToken", EncodingType=BASE64, ValueType=X509V3)
    token.set(f"{{{WSU}}}Id", "token")
    token.text = base64.b64encode(certificate.public_bytes(serialization.Encoding.DER)).decode()
    timestamp = lxml.etree.SubElement(security, f"{{{WSU}}}Timestamp")
    timestamp.set(f"{{{WSU}}}Id", "Timestamp")
    for name, at in (("Created", created), ("Expires", created + datetime.timedelta(seconds=lifetime))):
        lxml.etree.SubElement(timestamp, f"{{{WSU}}}{name}").text = at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    body = root.find(f"{{{SOAP}}}Body")
    body.set(f"{{{WSU}}}Id", "Body")

    before, after = canonical(body).split(marker)
    body_digest = hashlib.sha256(before)
    for chunk in octets:
        body_digest.update(chunk)
    body_digest.update(after)
    digests = (("Body", body_digest.digest()), ("Timestamp", hashlib.sha256(canonical(timestamp)).digest()))

    elliptic = isinstance(certificate.public_key(), ec.EllipticCurvePublicKey)
    method = "ecdsa-sha256" if elliptic else "rsa-sha256"
    references = "".join(
        f'<ds:Reference URI="#{name}"><ds:Transforms><ds:Transform Algorithm="{EXCLUSIVE}"/></ds:Transforms><ds:DigestMethod '
        f'Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue>{base64.b64encode(digest).decode()}'
        "</ds:DigestValue></ds:Reference>" for name, digest in digests)
    signature = lxml.etree.fromstring(
        f'<ds:Signature xmlns:ds="{DS}"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="{EXCLUSIVE}"/><ds:SignatureMethod '
        f'Algorithm="http://www.w3.org/2001/04/xmldsig-more#{method}"/>{references}</ds:SignedInfo><ds:SignatureValue/><ds:KeyInfo>'
        f'<wsse:SecurityTokenReference xmlns:wsse="{WSSE}"><wsse:Reference URI="#token" ValueType="{X509V3}"/>'
        "</wsse:SecurityTokenReference></ds:KeyInfo></ds:Signature>")
    security.append(signature)
    signed_info = canonical(signature[0])
    if elliptic:
        r, s = utils.decode_dss_signature(key.sign(signed_info, ec.ECDSA(hashes.SHA256())))
        value = r.to_bytes(32, "big") + s.to_bytes(32, "big")
    else:
        value = key.sign(signed_info, padding.PKCS1v15(), hashes.SHA256())
    signature[1].text = base64.b64encode(value).decode()
    head, tail = lxml.etree.tostring(root).split(marker)
    return head + inclusion + tail if inclusion is not None else (head, tail)


def canonical(element):
    return lxml.etree.tostring(element, method="c14n", exclusive=True, with_comments=False, with_tail=False)

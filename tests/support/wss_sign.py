"""Signs SOAP envelopes as a client would, with python3-xmlsec and lxml; shares no code with the gateway."""
import base64
import datetime
import pathlib

import lxml.etree
import xmlsec
import zeep.wsse.utils
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
WSU = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
BASE64 = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary"
X509V3 = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509v3"
DS = "http://www.w3.org/2000/09/xmldsig#"
WSA = "http://www.w3.org/2005/08/addressing"


def signed(envelope, key_file, certificate_file, lifetime=300, age=0, parts=("Body", "Timestamp")):
    """The envelope with a Timestamp made `age` seconds ago, signed over the `parts`, of which
    those beside Body and Timestamp are local names of wsa headers. PEM files; the first certificate signs."""
    root = lxml.etree.fromstring(envelope)
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
            xmlsec.template.add_transform(reference, xmlsec.Transform.EXCL_C14N)
    info = xmlsec.template.ensure_key_info(signature)
    holder = lxml.etree.SubElement(info, f"{{{WSSE}}}SecurityTokenReference")
    lxml.etree.SubElement(holder, f"{{{WSSE}}}Reference", URI="#token", ValueType=X509V3)
    context.sign(signature)
    return lxml.etree.tostring(root, xml_declaration=True, encoding="UTF-8")

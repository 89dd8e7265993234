#!/usr/bin/python3
"""A zeep client whose requests are signed, and whose answers are verified, by python3-xmlsec.

The glue zeep needs: a Timestamp in what it signs, and verification with the certificate that the answer carries (zeep
itself would use the client's own), once that certificate chains to the platform's CA and Body and Timestamp are signed.
Prints one JSON object: {"outcome": "answered" | "refused" | "distrusted", ...}.
"""
import argparse
import base64
import datetime
import json

import requests
import xmlsec
import zeep
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding
from lxml import etree
from zeep import ns
from zeep.exceptions import Fault, SignatureVerificationFailed
from zeep.helpers import serialize_object
from zeep.utils import detect_soap_env
from zeep.wsse.signature import BinarySignature, _verify_envelope_with_key
from zeep.wsse.utils import WSU, get_security_header

ALGORITHMS = {one.href: one for one in (xmlsec.Transform.RSA_SHA256, xmlsec.Transform.ECDSA_SHA256,
                                        xmlsec.Transform.ECDSA_SHA384, xmlsec.Transform.ECDSA_SHA512)}
PREFIXES = {"wsse": ns.WSSE, "wsu": ns.WSU, "ds": ns.DS}


def certificates(pem):
    marker = b"-----END CERTIFICATE-----"
    return [x509.load_pem_x509_certificate(block + marker) for block in pem.split(marker)[:-1]]


def issued_by(certificate, ca):
    if certificate.issuer != ca.subject:
        return False
    key, signed = ca.public_key(), certificate.tbs_certificate_bytes
    try:
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(certificate.signature, signed, ec.ECDSA(certificate.signature_hash_algorithm))
        else:
            key.verify(certificate.signature, signed, padding.PKCS1v15(), certificate.signature_hash_algorithm)
    except InvalidSignature:
        return False
    return True


def chains_to(certificate, cas):
    """Whether `certificate` leads, through `cas`, to one of them that signed itself."""
    now = datetime.datetime.utcnow()
    for _ in range(len(cas) + 1):
        if not certificate.not_valid_before <= now <= certificate.not_valid_after:
            return False
        issuer = next((ca for ca in cas if issued_by(certificate, ca)), None)
        if issuer is None or issuer == certificate:
            return issuer is not None
        certificate = issuer
    return False


class PlatformSignature(BinarySignature):
    def __init__(self, key_file, cert_file, method, cas):
        super().__init__(key_file, cert_file, signature_method=ALGORITHMS[method],
                         digest_method=xmlsec.Transform.SHA256)
        self.cas = cas
        self.verified = None

    def apply(self, envelope, headers):
        now = datetime.datetime.utcnow().replace(microsecond=0)
        get_security_header(envelope).append(
            WSU.Timestamp(WSU.Created(now.isoformat() + "Z"),
                          WSU.Expires((now + datetime.timedelta(minutes=5)).isoformat() + "Z")))
        return super().apply(envelope, headers)

    def verify(self, envelope):
        self.verified = None
        security = envelope.find(f"{{{detect_soap_env(envelope)}}}Header/wsse:Security", PREFIXES)
        if security is None:
            raise SignatureVerificationFailed("the answer is not signed")
        token = security.findtext("wsse:BinarySecurityToken", namespaces=PREFIXES)
        certificate = x509.load_der_x509_certificate(base64.b64decode(token))
        if not chains_to(certificate, self.cas):
            raise SignatureVerificationFailed("the answer's certificate is not the platform's")
        required = {envelope.find(f"{{{detect_soap_env(envelope)}}}Body"),
                    security.find("wsu:Timestamp", PREFIXES)}
        signed = {reference.get("URI") for reference in
                  security.iterfind("ds:Signature/ds:SignedInfo/ds:Reference", PREFIXES)}
        if not {"#" + part.get(etree.QName(ns.WSU, "Id"), "") for part in required} <= signed:
            raise SignatureVerificationFailed("Body and Timestamp of the answer are not both signed")
        _verify_envelope_with_key(envelope, xmlsec.Key.from_memory(base64.b64decode(token),
                                                                   xmlsec.KeyFormat.CERT_DER))
        method = security.find("ds:Signature/ds:SignedInfo/ds:SignatureMethod", PREFIXES)
        self.verified = method.get("Algorithm")
        return envelope


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wsdl", required=True)
    parser.add_argument("--address", help="call this URL instead of the one in the WSDL")
    parser.add_argument("--port-name", help="of the WSDL, where there are several")
    parser.add_argument("--ca", required=True)
    parser.add_argument("--key", required=True)
    parser.add_argument("--cert", required=True)
    parser.add_argument("--method", default=xmlsec.Transform.RSA_SHA256.href, choices=sorted(ALGORITHMS))
    parser.add_argument("--operation", required=True)
    parser.add_argument("--argument", action="append", default=[], metavar="NAME=VALUE")
    return parser.parse_args()


def main():
    options = arguments()
    with open(options.ca, "rb") as file:
        signature = PlatformSignature(options.key, options.cert, options.method, certificates(file.read()))
    session = requests.Session()
    session.verify = options.ca
    session.trust_env = False
    client = zeep.Client(options.wsdl, wsse=signature, port_name=options.port_name,
                         transport=zeep.Transport(session=session))
    service = client.service
    if options.address:
        service = client.create_service(client.service._binding.name, options.address)
    parameters = dict(argument.split("=", 1) for argument in options.argument)
    try:
        answer = serialize_object(service[options.operation](**parameters), dict)
        result = {"outcome": "answered", "answer": json.dumps(answer, ensure_ascii=False, default=str)}
    except SignatureVerificationFailed as refusal:
        result = {"outcome": "distrusted", "reason": str(refusal)}
    except Fault as fault:
        code = fault.subcodes[0].localname if fault.subcodes else fault.code.rpartition(":")[2]
        detail = "" if fault.detail is None else etree.tostring(fault.detail, encoding="unicode")
        result = {"outcome": "refused", "code": code, "reason": fault.message, "detail": detail}
    print(json.dumps(result | {"verified": signature.verified}, ensure_ascii=False))


if __name__ == "__main__":
    main()

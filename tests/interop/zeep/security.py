#!/usr/bin/python3
"""A zeep client of the security service: has a document signed, verifies it, seals it and opens it again.

Prints one JSON object: {"signature": base64, "integrity": …, "signer": …, "opened": …, "fault": …}.
"""
import argparse
import base64
import json

import requests
import zeep
from client import PlatformSignature, certificates
from zeep.exceptions import Fault


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("--wsdl", "--ca", "--key", "--cert", "--method", "--seal", "--box", "--document"):
        parser.add_argument(name, required=True)
    options = parser.parse_args()
    with open(options.ca, "rb") as file:
        signature = PlatformSignature(options.key, options.cert, options.method, certificates(file.read()))
    session = requests.Session()
    session.verify = options.ca
    session.trust_env = False
    client = zeep.Client(options.wsdl, wsse=signature, port_name="SecurityPort", transport=zeep.Transport(session=session))
    service = client.service
    with open(options.document, "rb") as file:
        document = file.read()

    signed = service.Sign(keyName=options.seal, form="cms", content=document)
    found, = service.Verify(form="cms", signature=signed.signature, content=document)
    envelope = service.Encrypt(content=document, recipient=[{"keyName": options.box}])
    opened = service.Decrypt(keyName=options.box, envelope=envelope)
    try:
        service.Sign(keyName="nobody-s", form="raw", content=document)
        code = None
    except Fault as fault:
        code = fault.detail.findtext(".//{urn:hutong:security:1}code")
    print(json.dumps({"signature": base64.b64encode(signed.signature).decode(), "integrity": found.integrity,
                      "signer": found.signer.securityKey, "status": found.signer.status, "opened": opened == document,
                      "fault": code, "verified": signature.verified}, ensure_ascii=False))


if __name__ == "__main__":
    main()

"""Signs every NAME.template of a folder with NAME.pem (or NAME.secret, for HMAC) into NAME.xml, and verifies the
result with the same key, all with python3-xmlsec and lxml; plain_signer signs by the methods xmlsec1 lacks."""

import pathlib
import sys

import plain_signer
import xmlsec
from lxml import etree

DS = "{http://www.w3.org/2000/09/xmldsig#}"
WSSE = "{http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd}"


def key_of(template):
    secret = template.with_suffix(".secret")
    if secret.exists():
        return xmlsec.Key.from_binary_data(xmlsec.constants.KeyDataHmac, secret.read_bytes())
    return xmlsec.Key.from_memory(template.with_suffix(".pem").read_bytes(), xmlsec.constants.KeyDataFormatPem)


def sign(template):
    root = etree.fromstring(template.read_bytes())
    signature = root.find(f".//{WSSE}Security/{DS}Signature")
    if plain_signer.signs(plain_signer.method_of(signature)):
        plain_signer.sign(root, signature, template.with_suffix(".pem").read_bytes())
        template.with_suffix(".xml").write_bytes(etree.tostring(root, encoding="utf-8", xml_declaration=False))
        return
    xmlsec.tree.add_ids(root, ["Id"])
    context = xmlsec.SignatureContext()
    context.key = key_of(template)
    context.sign(signature)
    text = etree.tostring(root, encoding="utf-8", xml_declaration=False)
    again = etree.fromstring(text)
    xmlsec.tree.add_ids(again, ["Id"])
    context = xmlsec.SignatureContext()
    context.key = key_of(template)
    context.verify(again.find(f".//{WSSE}Security/{DS}Signature"))
    template.with_suffix(".xml").write_bytes(text)


for path in sorted(pathlib.Path(sys.argv[1]).glob("*.template")):
    try:
        sign(path)
    except Exception as problem:  # whatever it is, the test wants to know which message it was
        sys.exit(f"{path.stem}: {problem!r}")

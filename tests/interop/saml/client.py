#!/usr/bin/python3
"""A zeep client that is known by a SAML 2.0 holder-of-key assertion: python3-xmlsec signs the message with the holder's
key and names it by the assertion (SAML Token Profile 1.1.1). Answers are verified as the plain zeep client does.
"""
import pathlib
import sys

import xmlsec
from lxml import etree
from zeep import ns
from zeep.utils import detect_soap_env
from zeep.wsse.utils import WSU, ensure_id, get_security_header

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "zeep"))
import client  # noqa: E402  the zeep client next door

WSSE11 = "http://docs.oasis-open.org/wss/oasis-wss-wssecurity-secext-1.1.xsd"
PROFILE = "http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1"


class HolderOfKey(client.PlatformSignature):
    assertion_file = None

    def apply(self, envelope, headers):
        security = get_security_header(envelope)
        assertion = etree.fromstring(pathlib.Path(self.assertion_file).read_bytes())
        security.append(assertion)
        now = client.datetime.datetime.utcnow().replace(microsecond=0)
        timestamp = WSU.Timestamp(WSU.Created(now.isoformat() + "Z"),
                                  WSU.Expires((now + client.datetime.timedelta(minutes=5)).isoformat() + "Z"))
        security.append(timestamp)
        signature = xmlsec.template.create(envelope, xmlsec.Transform.EXCL_C14N, self.signature_method, ns="ds")
        security.append(signature)
        context = xmlsec.SignatureContext()
        context.key = xmlsec.Key.from_memory(self.key_data, xmlsec.KeyFormat.PEM)
        for part in (envelope.find(f"{{{detect_soap_env(envelope)}}}Body"), timestamp):
            name = ensure_id(part)
            context.register_id(part, "Id", ns.WSU)
            reference = xmlsec.template.add_reference(signature, xmlsec.Transform.SHA256, uri="#" + name)
            xmlsec.template.add_transform(reference, xmlsec.Transform.EXCL_C14N)
        holder = etree.SubElement(xmlsec.template.ensure_key_info(signature),
                                  f"{{{ns.WSSE}}}SecurityTokenReference", nsmap={"wsse11": WSSE11})
        holder.set(f"{{{WSSE11}}}TokenType", PROFILE + "#SAMLV2.0")
        etree.SubElement(holder, f"{{{ns.WSSE}}}KeyIdentifier", ValueType=PROFILE + "#SAMLID").text = \
            assertion.get("ID")
        context.sign(signature)
        return envelope, headers


if __name__ == "__main__":
    at = sys.argv.index("--assertion")
    HolderOfKey.assertion_file = sys.argv[at + 1]
    del sys.argv[at:at + 2]
    client.PlatformSignature = HolderOfKey
    client.main()

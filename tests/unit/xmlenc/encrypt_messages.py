"""Encrypts a SOAP message as a job says, with python cryptography and lxml, by SM2 and SM4 with the openssl command; run with a folder: every NAME.plain of it
as NAME.json says into NAME.xml.

Shares nothing with what is under test: OAEP and AES are those of python cryptography, the XML is built here from the
text of XML Encryption 1.1 and WS-Security 1.1.1."""

import base64
import hashlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from lxml import etree

DS = "http://www.w3.org/2000/09/xmldsig#"
XENC = "http://www.w3.org/2001/04/xmlenc#"
XENC11 = "http://www.w3.org/2009/xmlenc11#"
WSS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-"
WSSE = WSS + "wssecurity-secext-1.0.xsd"
WSU = WSS + "wssecurity-utility-1.0.xsd"
WSSE11 = "http://docs.oasis-open.org/wss/oasis-wss-wssecurity-secext-1.1.xsd"
X509_PROFILE = WSS + "x509-token-profile-1.0#"
HASHES = {DS + "sha1": hashes.SHA1(), XENC + "sha256": hashes.SHA256(), XENC + "sha512": hashes.SHA512(),
          XENC11 + "mgf1sha1": hashes.SHA1(), XENC11 + "mgf1sha256": hashes.SHA256(),
          XENC11 + "mgf1sha512": hashes.SHA512()}


SM2 = "urn:oid:1.2.156.10197.1.301.3"
SM4_CBC = "urn:oid:1.2.156.10197.1.104.2"


def b64(octets):
    return base64.b64encode(octets).decode()


def openssl(*arguments, octets):
    return subprocess.run(["openssl", *arguments], input=octets, check=True, capture_output=True).stdout


def wrapped(certificate, content_key, job):
    if job["transport"] == SM2:
        with tempfile.NamedTemporaryFile() as file:
            file.write(certificate.public_bytes(serialization.Encoding.PEM))
            file.flush()
            return openssl("pkeyutl", "-encrypt", "-certin", "-inkey", file.name, octets=content_key)
    if job["transport"].endswith("rsa-1_5"):
        return certificate.public_key().encrypt(content_key, padding.PKCS1v15())
    oaep = padding.OAEP(padding.MGF1(HASHES[job.get("mgf") or XENC11 + "mgf1sha1"]),
                        HASHES[job.get("digest") or DS + "sha1"], None)
    return certificate.public_key().encrypt(content_key, oaep)


def sealed(content_key, octets, algorithm):
    if algorithm.endswith("gcm"):
        nonce = os.urandom(12)
        return nonce + AESGCM(content_key).encrypt(nonce, octets, None)
    count = 16 - len(octets) % 16
    octets += os.urandom(count - 1) + bytes([count])
    iv = os.urandom(16)
    if algorithm == SM4_CBC:
        return iv + openssl("enc", "-sm4-cbc", "-nopad", "-K", content_key.hex(), "-iv", iv.hex(), octets=octets)
    encryptor = Cipher(algorithms.AES(content_key), modes.CBC(iv)).encryptor()
    return iv + encryptor.update(octets) + encryptor.finalize()


def key_info(certificate, how):
    def token(content):
        return f'<wsse:SecurityTokenReference xmlns:wsse="{WSSE}">{content}</wsse:SecurityTokenReference>'

    def identifier(kind, value):
        return token(f'<wsse:KeyIdentifier ValueType="{kind}" EncodingType="{WSS}soap-message-security-1.0'
                     f'#Base64Binary">{b64(value)}</wsse:KeyIdentifier>')

    der = certificate.public_bytes(serialization.Encoding.DER)
    data = f'<ds:X509Data xmlns:ds="{DS}">%s</ds:X509Data>'
    if how == "ski":
        ski = certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
        return identifier(X509_PROFILE + "X509SubjectKeyIdentifier", ski)
    if how == "thumbprint":
        return identifier("http://docs.oasis-open.org/wss/oasis-wss-soap-message-security-1.1#ThumbprintSHA1",
                          hashlib.sha1(der).digest())
    if how == "issuer":
        return token(data % (f"<ds:X509IssuerSerial><ds:X509IssuerName>{certificate.issuer.rfc4514_string()}"
                             f"</ds:X509IssuerName><ds:X509SerialNumber>{certificate.serial_number}"
                             "</ds:X509SerialNumber></ds:X509IssuerSerial>"))
    if how == "token":
        return token('<wsse:Reference URI="#Recipient"/>')
    if how == "certificate":
        return data % f"<ds:X509Certificate>{b64(der)}</ds:X509Certificate>"
    if how == "name":
        return f'<ds:KeyName xmlns:ds="{DS}">gateway</ds:KeyName>'
    raise ValueError(how)


def inner_octets(element):
    """What stands between the tags of an element, in UTF-8."""
    text = (element.text or "").replace("&", "&amp;").replace("<", "&lt;").encode()
    return text + b"".join(etree.tostring(child, encoding="utf-8") for child in element)


def encrypted(message, job):
    certificate = x509.load_pem_x509_certificate(job["certificate"].encode())
    root = etree.fromstring(message)
    soap = root.tag[1:].split("}")[0]
    header, body = root.find(f"{{{soap}}}Header"), root.find(f"{{{soap}}}Body")
    security = header.find(f"{{{WSSE}}}Security")
    size = 32 if "256" in job["cipher"] else 16
    content_key = os.urandom(job.get("key_bytes", size))
    references = []

    def data(octets, kind):
        name = f"ED-{len(references) + 1}"
        references.append(name)
        refer = (f'<ds:KeyInfo xmlns:ds="{DS}"><wsse:SecurityTokenReference xmlns:wsse="{WSSE}"><wsse:Reference '
                 f'URI="#EK-1"/></wsse:SecurityTokenReference></ds:KeyInfo>')
        value = b64(sealed(content_key, octets, job["cipher"])) if len(content_key) == size else b64(os.urandom(64))
        return etree.fromstring(
            f'<xenc:EncryptedData xmlns:xenc="{XENC}" Id="{name}" Type="{XENC}{kind}"><xenc:EncryptionMethod '
            f'Algorithm="{job["cipher"]}"/>{refer}<xenc:CipherData><xenc:CipherValue>{value}</xenc:CipherValue>'
            f"</xenc:CipherData></xenc:EncryptedData>")

    def replace_content(element, octets):
        for child in list(element):
            element.remove(child)
        element.text = None
        element.append(data(octets, "Content"))

    for part in job["parts"]:
        at, _, name = part.partition(":")
        octets = job.get("plaintext", {}).get(part)
        if octets is not None:
            octets = bytes.fromhex(octets[4:]) if octets.startswith("hex:") else octets.encode()
        if at == "body":
            replace_content(body, octets if octets is not None else inner_octets(body))
            continue
        element = next(e for e in (security if at == "security" else header) if etree.QName(e).localname == name)
        if at == "content":
            replace_content(element, octets if octets is not None else inner_octets(element))
            continue
        tail, element.tail = element.tail, None
        fresh = data(octets if octets is not None else etree.tostring(element, encoding="utf-8"), "Element")
        if at == "header":
            whole = etree.Element(f"{{{WSSE11}}}EncryptedHeader", nsmap={"wsse11": WSSE11})
            for attribute in ("actor", "role", "mustUnderstand"):
                value = element.get(f"{{{soap}}}{attribute}")
                if value is not None:
                    whole.set(f"{{{soap}}}{attribute}", value)
            whole.append(fresh)
            fresh = whole
        fresh.tail = tail
        element.getparent().replace(element, fresh)

    listed = f'<xenc:ReferenceList xmlns:xenc="{XENC}">' + "".join(
        f'<xenc:DataReference URI="#{name}"/>' for name in references) + "</xenc:ReferenceList>"
    method = (f'<ds:DigestMethod xmlns:ds="{DS}" Algorithm="{job["digest"]}"/>' if job.get("digest") else "")
    method += f'<xenc11:MGF xmlns:xenc11="{XENC11}" Algorithm="{job["mgf"]}"/>' if job.get("mgf") else ""
    beside = job.get("list") == "beside"
    key = etree.fromstring(
        f'<xenc:EncryptedKey xmlns:xenc="{XENC}" Id="EK-1"><xenc:EncryptionMethod Algorithm="{job["transport"]}">'
        f'{method}</xenc:EncryptionMethod><ds:KeyInfo xmlns:ds="{DS}">{key_info(certificate, job["key_info"])}'
        f'</ds:KeyInfo><xenc:CipherData><xenc:CipherValue>{b64(wrapped(certificate, content_key, job))}'
        f'</xenc:CipherValue></xenc:CipherData>{"" if beside else listed}</xenc:EncryptedKey>')
    fresh = [key, etree.fromstring(listed)] if beside else [key]
    if job["key_info"] == "token":
        fresh.insert(0, etree.fromstring(
            f'<wsse:BinarySecurityToken xmlns:wsse="{WSSE}" xmlns:wsu="{WSU}" wsu:Id="Recipient" ValueType='
            f'"{X509_PROFILE}X509v3">{b64(certificate.public_bytes(serialization.Encoding.DER))}'
            "</wsse:BinarySecurityToken>"))
    place = len(security) if job.get("order") == "append" else 0
    for element in reversed(fresh):
        security.insert(place, element)
    return etree.tostring(root, encoding="utf-8")


if __name__ == "__main__":
    for path in sorted(pathlib.Path(sys.argv[1]).glob("*.plain")):
        path.with_suffix(".xml").write_bytes(
            encrypted(path.read_bytes(), json.loads(path.with_suffix(".json").read_text())))

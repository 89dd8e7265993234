"""Opens an encrypted SOAP message with python cryptography; run with MESSAGE KEY OUT: writes the Body's plaintext."""

import base64
import pathlib
import sys

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from lxml import etree

XENC = "{http://www.w3.org/2001/04/xmlenc#}"
XENC11 = "{http://www.w3.org/2009/xmlenc11#}"
DS = "{http://www.w3.org/2000/09/xmldsig#}"


def value(element):
    return base64.b64decode(element.findtext(f"{XENC}CipherData/{XENC}CipherValue"))


def plaintexts(root, key_pem):
    """(EncryptedData, its plaintext) of each in the message, which must be encrypted as the gateway does by default."""
    private_key = serialization.load_pem_private_key(key_pem, None)
    key = root.find(f".//{XENC}EncryptedKey")
    method = key.find(f"{XENC}EncryptionMethod")
    assert method.get("Algorithm") == XENC11[1:-1] + "rsa-oaep", method.get("Algorithm")
    assert method.find(f"{DS}DigestMethod").get("Algorithm") == XENC[1:-1] + "sha256"
    assert method.find(f"{XENC11}MGF").get("Algorithm") == XENC11[1:-1] + "mgf1sha256"
    oaep = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
    content_key = private_key.decrypt(value(key), oaep)
    found = []
    for data in root.iter(f"{XENC}EncryptedData"):
        assert data.find(f"{XENC}EncryptionMethod").get("Algorithm") == XENC11[1:-1] + "aes256-gcm"
        sealed = value(data)
        found.append((data, AESGCM(content_key).decrypt(sealed[:12], sealed[12:], None)))
    assert {"#" + data.get("Id") for data, _ in found} == {
        reference.get("URI") for reference in key.iter(f"{XENC}DataReference")}
    return found


def opened(message, key_pem):
    """The message with its plaintext in place of the ciphertext."""
    root = etree.fromstring(message)
    for data, plaintext in plaintexts(root, key_pem):
        parent = data.getparent()
        in_scope = "".join(f" xmlns{':' + prefix if prefix else ''}='{uri}'" for prefix, uri in parent.nsmap.items())
        holder = etree.fromstring(f"<holder{in_scope}>".encode() + plaintext + b"</holder>")
        for child in holder:
            data.addprevious(child)
        parent.remove(data)
    return etree.tostring(root, encoding="utf-8")


if __name__ == "__main__":
    tree = etree.fromstring(pathlib.Path(sys.argv[1]).read_bytes())
    for element, text in plaintexts(tree, pathlib.Path(sys.argv[2]).read_bytes()):
        if element.getparent() is tree[-1]:
            assert element.get("Type") == XENC[1:-1] + "Content"
            pathlib.Path(sys.argv[3]).write_bytes(text)

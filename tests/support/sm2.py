"""SM2 CAs, certificates and signed messages made by the openssl command and lxml, and answers verified by them; shares no
code with the gateway."""
import base64
import datetime
import hashlib
import pathlib
import subprocess
import sys

import lxml.etree
from cryptography.hazmat.primitives.asymmetric import utils

import suite
from wss_sign import BASE64, DS, EXCLUSIVE, SOAP, WSSE, WSU, X509V3, canonical

sys.path.insert(0, str(suite.ROOT / "tests" / "unit" / "xmldsig"))
import plain_signer     # noqa: E402

ID = "1234567812345678"
SM2_SM3 = "urn:oid:1.2.156.10197.1.501"
SM3 = "urn:oid:1.2.156.10197.1.401"
ENCRYPTION = "critical,keyEncipherment,dataEncipherment,keyAgreement"


def openssl(*arguments, data=None):
    return subprocess.run(["openssl", *map(str, arguments)], input=data, check=True, capture_output=True).stdout


class Holder:
    """A key and its certificate, PEM files."""

    def __init__(self, folder, name):
        self.key, self.certificate = folder / f"{name}.key", folder / f"{name}.pem"
        openssl("genpkey", "-algorithm", "SM2", "-out", self.key)

    def der(self):
        return openssl("x509", "-in", self.certificate, "-outform", "DER")


class Authority(Holder):
    """An SM2 CA of one certificate, which signs by `sm2_id`."""

    def __init__(self, folder, name, sm2_id=ID):
        super().__init__(folder, name)
        self.folder, self.name, self.sm2_id = folder, name, sm2_id
        openssl("req", "-x509", "-new", "-key", self.key, "-sm3", "-sigopt", f"distid:{sm2_id}", "-subj", f"/CN={name}",
                "-days", "30", "-addext", "keyUsage=critical,keyCertSign,cRLSign", "-out", self.certificate)

    def issue(self, name, usage="critical,digitalSignature,nonRepudiation"):
        holder = Holder(self.folder, name)
        request, extensions = self.folder / f"{name}.csr", self.folder / f"{name}.cnf"
        openssl("req", "-new", "-key", holder.key, "-sm3", "-sigopt", f"distid:{ID}", "-subj", f"/CN={name}", "-out", request)
        extensions.write_text(f"basicConstraints=critical,CA:FALSE\nkeyUsage={usage}\nsubjectKeyIdentifier=hash\n")
        openssl("x509", "-req", "-in", request, "-vfyopt", f"distid:{ID}", "-CA", self.certificate, "-CAkey", self.key,
                "-sm3", "-sigopt", f"distid:{self.sm2_id}", "-days", "10", "-extfile", extensions, "-out",
                holder.certificate)
        return holder


def signed(envelope, holder, *, method=SM2_SM3, digest=SM3, sm2_id=ID, form="raw"):
    """The envelope (bytes or text) with a Timestamp, signed over Body and Timestamp; to be posted."""
    root = lxml.etree.fromstring(envelope)
    now = datetime.datetime.utcnow()
    times = "".join(f"<wsu:{name}>{at.strftime('%Y-%m-%dT%H:%M:%S.%fZ')}</wsu:{name}>" for name, at in
                    (("Created", now), ("Expires", now + datetime.timedelta(seconds=300))))
    references = "".join(
        f'<ds:Reference URI="#{name}"><ds:Transforms><ds:Transform Algorithm="{EXCLUSIVE}"/></ds:Transforms>'
        f'<ds:DigestMethod Algorithm="{digest}"/><ds:DigestValue/></ds:Reference>' for name in ("TS", "Body"))
    security = lxml.etree.fromstring(
        f'<wsse:Security xmlns:wsse="{WSSE}" xmlns:wsu="{WSU}" xmlns:ds="{DS}">'
        f'<wsse:BinarySecurityToken wsu:Id="token" EncodingType="{BASE64}" ValueType="{X509V3}">'
        f'{base64.b64encode(holder.der()).decode()}</wsse:BinarySecurityToken>'
        f'<wsu:Timestamp wsu:Id="TS">{times}</wsu:Timestamp><ds:Signature><ds:SignedInfo>'
        f'<ds:CanonicalizationMethod Algorithm="{EXCLUSIVE}"/><ds:SignatureMethod Algorithm="{method}"/>{references}'
        '</ds:SignedInfo><ds:SignatureValue/><ds:KeyInfo><wsse:SecurityTokenReference><wsse:Reference URI="#token" '
        f'ValueType="{X509V3}"/></wsse:SecurityTokenReference></ds:KeyInfo></ds:Signature></wsse:Security>')
    header = root.find(f"{{{SOAP}}}Header")
    if header is None:
        header = lxml.etree.Element(f"{{{SOAP}}}Header")
        root.insert(0, header)
    header.append(security)
    root.find(f"{{{SOAP}}}Body").set(f"{{{WSU}}}Id", "Body")
    plain_signer.sign(root, security.find(f"{{{DS}}}Signature"), holder.key.read_bytes(), sm2_id, form)
    return lxml.etree.tostring(root, encoding="utf-8")


def certificate_of(root, folder):
    """The certificate in the answer's own token, as a PEM file."""
    file = pathlib.Path(folder, "answer.pem")
    token = root.findtext(f".//{{{WSSE}}}Security/{{{WSSE}}}BinarySecurityToken")
    file.write_bytes(openssl("x509", "-inform", "DER", data=base64.b64decode(token)))
    return file


def openssl_verifies(answer, folder, method=SM2_SM3, digest=SM3, form="raw", sm2_id=ID, also=()):
    """What the openssl command says of the answer's SM2 signature, once every digest fits: True or False."""
    folder = pathlib.Path(folder)
    root = lxml.etree.fromstring(answer)
    signature = root.find(f".//{{{WSSE}}}Security/{{{DS}}}Signature")
    info = signature.find(f"{{{DS}}}SignedInfo")
    assert info.find(f"{{{DS}}}SignatureMethod").get("Algorithm") == method
    covered = set()
    for reference in info.iterfind(f"{{{DS}}}Reference"):
        assert reference.find(f"{{{DS}}}DigestMethod").get("Algorithm") == digest
        target, = root.xpath("//*[@*[local-name() = 'Id'] = $id]", id=reference.get("URI")[1:])
        covered.add(lxml.etree.QName(target).localname)
        value = hashlib.new("sm3", canonical(target)).digest()
        if base64.b64decode(reference.findtext(f"{{{DS}}}DigestValue")) != value:
            return False
    assert {"Body", "Timestamp", *also} <= covered, covered
    value = base64.b64decode(signature.findtext(f"{{{DS}}}SignatureValue"))
    if form == "raw":
        assert len(value) == 64, len(value)
        value = utils.encode_dss_signature(int.from_bytes(value[:32], "big"), int.from_bytes(value[32:], "big"))
    (folder / "info").write_bytes(canonical(info))
    (folder / "value").write_bytes(value)
    certificate = certificate_of(root, folder)
    (folder / "key.pub").write_bytes(openssl("x509", "-in", certificate, "-noout", "-pubkey"))
    return subprocess.run(["openssl", "pkeyutl", "-verify", "-rawin", "-digest", "sm3", "-pubin", "-inkey",
                           folder / "key.pub", "-sigfile", folder / "value", "-in", folder / "info", "-pkeyopt",
                           f"distid:{sm2_id}"], capture_output=True).returncode == 0

#!/usr/bin/env python3
"""Writes the seeds of the parsers' fuzz targets: one for each form that a parser has a branch for.

    make_seeds.py            into seeds/ beside this file

Those of the target verify are signed, and its program writes them: HUTONG_WRITE_SEEDS=tests/fuzz/seeds/verify
verify_fuzz. Certificates are made anew each time; all else is the same in each run.
"""
import base64
import datetime
import ipaddress
import pathlib
import subprocess

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

SEEDS = pathlib.Path(__file__).parent / "seeds"
WSS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-"
WSSE, WSU = WSS + "wssecurity-secext-1.0.xsd", WSS + "wssecurity-utility-1.0.xsd"
USER = WSS + "username-token-profile-1.0#"
SOAP = {"11": "http://schemas.xmlsoap.org/soap/envelope/", "12": "http://www.w3.org/2003/05/soap-envelope"}
XENC, XENC11, DS = ("http://www.w3.org/2001/04/xmlenc#", "http://www.w3.org/2009/xmlenc11#",
                    "http://www.w3.org/2000/09/xmldsig#")
SAML = "urn:oasis:names:tc:SAML:2.0:assertion"


def write(target, name, content):
    folder = SEEDS / target
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())


def envelope(version, header, body="<o:a xmlns:o='urn:o'>1</o:a>"):
    return (f'<s:Envelope xmlns:s="{SOAP[version]}" xmlns:wsse="{WSSE}" xmlns:wsu="{WSU}" xmlns:ds="{DS}" '
            f'xmlns:xenc="{XENC}"><s:Header>{header}</s:Header><s:Body wsu:Id="B">{body}</s:Body></s:Envelope>')


def security(content, attributes=""):
    return f"<wsse:Security {attributes}>{content}</wsse:Security>"


def signature(key_info):
    return (f'<ds:Signature><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/'
            f'xml-exc-c14n#"/><ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"/>'
            f'<ds:Reference URI="#B"><ds:DigestMethod Algorithm="{XENC}sha256"/><ds:DigestValue>{"A" * 43}='
            f'</ds:DigestValue></ds:Reference></ds:SignedInfo><ds:SignatureValue>AAAA</ds:SignatureValue>'
            f'<ds:KeyInfo>{key_info}</ds:KeyInfo></ds:Signature>')


def encrypted_key(transport, content, data="#E"):
    return (f'<xenc:EncryptedKey Id="K"><xenc:EncryptionMethod Algorithm="{transport}">{content}'
            f'</xenc:EncryptionMethod><ds:KeyInfo><wsse:SecurityTokenReference><wsse:KeyIdentifier ValueType="'
            f'http://docs.oasis-open.org/wss/oasis-wss-soap-message-security-1.1#ThumbprintSHA1">{"A" * 27}='
            f'</wsse:KeyIdentifier></wsse:SecurityTokenReference></ds:KeyInfo><xenc:CipherData><xenc:CipherValue>'
            f'{"A" * 342}==</xenc:CipherValue></xenc:CipherData><xenc:ReferenceList><xenc:DataReference URI="{data}"/>'
            f'</xenc:ReferenceList></xenc:EncryptedKey>')


def encrypted_data(kind, cipher, octets=44):
    return (f'<xenc:EncryptedData Id="E" Type="{XENC}{kind}"><xenc:EncryptionMethod Algorithm="{cipher}"/>'
            f'<xenc:CipherData><xenc:CipherValue>{"A" * octets}</xenc:CipherValue></xenc:CipherData></xenc:EncryptedData>')


def soap_seeds():
    key_infos = {
        "thumbprint": '<wsse:SecurityTokenReference><wsse:KeyIdentifier ValueType="http://docs.oasis-open.org/wss/'
                      'oasis-wss-soap-message-security-1.1#ThumbprintSHA1">AAAA</wsse:KeyIdentifier>'
                      '</wsse:SecurityTokenReference>',
        "issuer_serial": "<ds:X509Data><ds:X509IssuerSerial><ds:X509IssuerName>CN=a</ds:X509IssuerName>"
                         "<ds:X509SerialNumber>1</ds:X509SerialNumber></ds:X509IssuerSerial></ds:X509Data>",
        "key_value": "<ds:KeyValue><ds:RSAKeyValue/></ds:KeyValue>",
        "retrieval": '<ds:RetrievalMethod URI="#B"/>',
    }
    for name, info in key_infos.items():
        write("soap", "key_" + name, envelope("11", security(signature(info))))
    for version in SOAP:
        write("soap", "plain_" + version, envelope(version, ""))
        write("soap", "no_header_" + version, envelope(version, "").replace("<s:Header></s:Header>", ""))
        write("soap", "empty_body_" + version, envelope(version, security(""), ""))
        role = "s:role" if version == "12" else "s:actor"
        write("soap", "roles_" + version, envelope(
            version, security("", f"{role}='urn:other' s:mustUnderstand='1'") + security("") + "<h:h xmlns:h='u:h'/>"))
        write("soap", "fault_" + version, envelope(version, "", "<s:Fault><faultcode>s:Client</faultcode></s:Fault>"))
    ciphers = {"gcm128": XENC11 + "aes128-gcm", "gcm256": XENC11 + "aes256-gcm", "cbc": XENC + "aes128-cbc",
               "sm4": "urn:oid:1.2.156.10197.1.104.2"}
    oaep = f'<ds:DigestMethod Algorithm="{XENC}sha256"/>'
    mgf = f'<xenc11:MGF xmlns:xenc11="{XENC11}" Algorithm="{XENC11}mgf1sha256"/>'
    for name, cipher in ciphers.items():
        write("soap", "body_" + name, envelope("11", security(encrypted_key(XENC11 + "rsa-oaep", oaep + mgf)),
                                               encrypted_data("Content", cipher)))
    write("soap", "oaep_sha1", envelope("12", security(encrypted_key(XENC + "rsa-oaep-mgf1p", "")),
                                        encrypted_data("Content", ciphers["gcm128"])))
    write("soap", "rsa_1_5", envelope("11", security(encrypted_key(XENC + "rsa-1_5", "")),
                                      encrypted_data("Content", ciphers["gcm128"])))
    write("soap", "encrypted_header", envelope(
        "11", security(encrypted_key(XENC11 + "rsa-oaep", oaep + mgf)) +
        '<e:EncryptedHeader xmlns:e="http://docs.oasis-open.org/wss/oasis-wss-wssecurity-secext-1.1.xsd">' +
        encrypted_data("Element", ciphers["gcm256"]) + "</e:EncryptedHeader>"))
    write("soap", "sign_then_encrypt", envelope(
        "11", security(encrypted_key(XENC11 + "rsa-oaep", oaep + mgf) + signature(key_infos["thumbprint"])),
        encrypted_data("Content", ciphers["gcm256"])))
    write("soap", "encrypt_then_sign", envelope(
        "11", security(signature(key_infos["thumbprint"]) + encrypted_key(XENC11 + "rsa-oaep", oaep + mgf)),
        encrypted_data("Content", ciphers["gcm256"])))
    write("soap", "assertion", envelope("11", security(
        f'<saml:Assertion xmlns:saml="{SAML}" ID="A" Version="2.0"/>' + signature(key_infos["thumbprint"]))))
    write("soap", "user", envelope("12", security(user_token())))
    text = envelope("11", "")
    write("soap", "dtd", "<!DOCTYPE s [<!ENTITY e 'x'>]>" + text)
    write("soap", "instruction", text.replace("<s:Body", "<?p i?><s:Body"))
    write("soap", "comments_and_cdata", envelope("12", "<!-- a -->", "<a><!-- b --><![CDATA[\r\n<&]]>&#13;</a>"))
    write("soap", "byte_order_mark", b"\xef\xbb\xbf" + text.encode())
    write("soap", "latin1", ('<?xml version="1.0" encoding="ISO-8859-1"?>' + text.replace(">1<", ">\xe4<")).encode("latin-1"))
    write("soap", "utf16be", ("\ufeff" + text).encode("utf-16-be"))
    write("soap", "xml_1_1", '<?xml version="1.1"?>' + text)


def user_token(password=None, nonce="AAAAAAAAAAAAAAAA", created="2026-11-23T07:59:59Z", more="", user="agency"):
    password = password or f'<u:Password Type="{USER}PasswordDigest">jqIbjBSFPRFeoVGMZpZZEzSnDIc=</u:Password>'
    return (f'<u:UsernameToken xmlns:u="{WSSE}" xmlns:w="{WSU}" w:Id="U"><u:Username>{user}</u:Username>{password}'
            f'<u:Nonce EncodingType="{WSS}soap-message-security-1.0#Base64Binary">{nonce}</u:Nonce>'
            f'<w:Created>{created}</w:Created>{more}</u:UsernameToken>')


def token_seeds():
    users = {"digest": user_token(), "text": user_token(f'<u:Password Type="{USER}PasswordText">x</u:Password>'),
             "no_type": user_token("<u:Password>x</u:Password>"), "other_type": user_token('<u:Password Type="u">x</u:Password>'),
             "short_nonce": user_token(nonce="AAAA"), "odd_nonce": user_token(nonce="A!"),
             "stale": user_token(created="2026-11-20T07:59:59Z"), "future": user_token(created="2026-11-24T00:00:00.5+08:00"),
             "derived": user_token(more="<u:Salt/><u:Iteration>1000</u:Iteration>"), "comment": user_token(user="a<!-- -->b"),
             "unknown": user_token(user="nobody")}
    for name, token in users.items():
        write("token", "user_" + name, b"\x01" + token.encode())
    subject = '<a:Subject><a:NameID NameQualifier="i">x</a:NameID><a:SubjectConfirmation Method="urn:oasis:names:tc:' \
              'SAML:2.0:cm:%s">%s</a:SubjectConfirmation></a:Subject>'
    for name, method, data in [
            ("holder", "holder-of-key", f'<a:SubjectConfirmationData Recipient="g"><ds:KeyInfo xmlns:ds="{DS}"><ds:X509Data>'
             "<ds:X509Certificate>AAAA</ds:X509Certificate></ds:X509Data></ds:KeyInfo></a:SubjectConfirmationData>"),
            ("vouched", "sender-vouches", ""), ("bearer", "bearer", '<a:SubjectConfirmationData InResponseTo="x"/>')]:
        write("token", "assertion_" + name, b"\x02" + (
            f'<a:Assertion xmlns:a="{SAML}" ID="A" Version="2.0" IssueInstant="2026-11-23T07:59:59Z"><a:Issuer>i</a:Issuer>'
            + subject % (method, data) + '<a:Conditions NotBefore="2026-11-23T07:00:00Z" NotOnOrAfter="2026-11-23T09:00:00Z">'
            "<a:AudienceRestriction><a:Audience>g</a:Audience></a:AudienceRestriction><a:OneTimeUse/><a:ProxyRestriction/>"
            "</a:Conditions><a:AttributeStatement/></a:Assertion>").encode())
    for name, text in {"decimal": "4711", "negative": "-1", "quoted": 'CN="a, b",O=c', "escaped": "CN=a\\2cb\\ ,O=\\#c",
                       "multi": "CN=a+OU=b", "oid": "OID.2.5.4.3=a,1.2.840.113549.1.9.1=#1603612e62",
                       "semicolon": "E=a@b;S=c", "open": 'CN="a', "escape_at_end": "CN=a\\"}.items():
        write("token", "name_" + name, b"\x00" + text.encode())


def mime_seeds():
    def multipart(type_line, *parts, boundary="b", end="--\r\n", preamble=""):
        body = "".join(f"--{boundary}\r\n{head}\r\n{content}\r\n" for head, content in parts)
        return f"{type_line}\n{preamble}{body}--{boundary}{end}"

    root = ("Content-Type: text/xml; charset=utf-8\r\nContent-ID: <r>\r\n", "<a/>")
    related = 'multipart/related; boundary="b"; type="text/xml"'
    write("mime", "base64", multipart(related, root, ("Content-ID: <x>\r\nContent-Transfer-Encoding: base64\r\n", "AAEC\r\nAw==")))
    write("mime", "quoted_printable", multipart(related, root, (
        "Content-ID: <x>\r\nContent-Transfer-Encoding: quoted-printable\r\n", "a=3Db=\r\nc")))
    write("mime", "no_start", multipart(related, root, ("Content-ID: <x>\r\n", "")))
    write("mime", "start_elsewhere", multipart(related + '; start="<x>"', ("Content-ID: <y>\r\n", "1"), (
        "Content-Type: text/xml\r\nContent-ID: <x>\r\n", "<a/>")))
    write("mime", "same_ids", multipart(related, root, root))
    write("mime", "folded_header", multipart(related, ("Content-Type: text/xml;\r\n charset=utf-8\r\nContent-ID:\r\n\t<r>\r\n", "<a/>")))
    write("mime", "no_end", multipart(related, root, end="\r\n"))
    write("mime", "preamble_and_spaces", multipart(related, root, end="--  \r\nepilogue", preamble="x\r\n--c\r\n"))
    write("mime", "bare_line_feeds", multipart(related, root).replace("\r\n", "\n"))
    write("mime", "boundary_in_content", multipart(related, root, ("Content-ID: <x>\r\n", "--bc\r\n --b\r\n-b")))
    write("mime", "odd_boundary", multipart("multipart/related; boundary=\"=_a'()+,-./:=? b\"", root, boundary="=_a'()+,-./:=? b"))
    write("mime", "nested", multipart(related, root, ("Content-Type: multipart/mixed; boundary=c\r\n", "--c\r\n\r\n1\r\n--c--")))
    write("mime", "seventeen", multipart(related, root, *[(f"Content-ID: <{i}>\r\n", str(i)) for i in range(16)]))
    write("mime", "form_data", multipart("multipart/form-data; boundary=b", ('Content-Disposition: form-data; name="a"\r\n', "1")))
    write("mime", "comments_in_type", multipart('multipart/related (c); boundary=b ; TYPE="application/xop+xml"; a*=utf-8\'\'x', root))


def certificate_seeds():
    day = datetime.timedelta(days=1)
    now = datetime.datetime(2026, 11, 20)
    name = x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"), x509.NameAttribute(NameOID.COMMON_NAME, "发 CA")])
    keys = {"p256": ec.generate_private_key(ec.SECP256R1()), "p384": ec.generate_private_key(ec.SECP384R1()),
            "p521": ec.generate_private_key(ec.SECP521R1()), "k256": ec.generate_private_key(ec.SECP256K1()),
            "rsa": rsa.generate_private_key(65537, 2048), "rsa1024": rsa.generate_private_key(65537, 1024),
            "ed25519": ed25519.Ed25519PrivateKey.generate()}

    def certificate(key, extensions=()):
        made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        made = made.serial_number(1).not_valid_before(now).not_valid_after(now + 100 * day)
        for extension, critical in extensions:
            made = made.add_extension(extension, critical)
        digest = None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256()
        return made.sign(key, digest).public_bytes(serialization.Encoding.DER)

    for kind, key in keys.items():
        write("certificate", "key_" + kind, certificate(key))
    key = keys["p256"]
    usage = dict.fromkeys(["content_commitment", "data_encipherment", "key_agreement", "crl_sign", "encipher_only",
                           "decipher_only", "key_encipherment"], False)
    request = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "/dev/null", "-subj", "/CN=pss",
               "-sigopt", "rsa_padding_mode:pss", "-outform", "DER"]
    write("certificate", "pss", subprocess.run(request, check=True, capture_output=True).stdout)
    write("certificate", "extensions", certificate(key, [
        (x509.BasicConstraints(True, 1), True), (x509.KeyUsage(True, key_cert_sign=True, **usage), True),
        (x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False),
        (x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), False),
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), False),
        (x509.SubjectAlternativeName([x509.DNSName("a.example"), x509.IPAddress(ipaddress.ip_address("192.0.2.1")),
                                      x509.UniformResourceIdentifier("urn:a")]), False)]))
    write("certificate", "constraints", certificate(key, [
        (x509.NameConstraints([x509.DNSName("example")], [x509.DirectoryName(name)]), True),
        (x509.PolicyConstraints(0, 1), True),
        (x509.CRLDistributionPoints([x509.DistributionPoint([x509.UniformResourceIdentifier("http://a/")], None, None, None)]), False)]))
    crl = x509.CertificateRevocationListBuilder().issuer_name(name).last_update(now).next_update(now + day)
    revoked = x509.RevokedCertificateBuilder().serial_number(1).revocation_date(now)
    revoked = revoked.add_extension(x509.CRLReason(x509.ReasonFlags.key_compromise), False).build()
    crl = crl.add_revoked_certificate(revoked).add_extension(x509.CRLNumber(1), False).sign(key, hashes.SHA256())
    write("certificate", "crl_reasons", crl.public_bytes(serialization.Encoding.DER))
    one = certificate(key)
    both = one + certificate(keys["ed25519"])
    write("certificate", "path_of_two", b"\x30\x82" + len(both).to_bytes(2, "big") + both)
    write("certificate", "trailing", one + b"\x00")
    write("certificate", "pem", b"-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(one) + b"-----END CERTIFICATE-----\n")
    write("certificate", "indefinite", b"\x30\x80" + one + b"\x00\x00")


def wsdl_seeds():
    def contract(binding, body='<soap:body use="literal"/>', schema="", policy="", parts='element="t:i"', transport=None, address="http://a/"):
        transport = transport or "http://schemas.xmlsoap.org/soap/http"
        return (f'<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/{binding}/" '
                'xmlns:t="urn:t" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:wsp="http://www.w3.org/ns/ws-policy" '
                f'xmlns:wsu="{WSU}" targetNamespace="urn:t" name="n"><documentation>d</documentation>{policy}<types><xs:schema '
                f'targetNamespace="urn:t" elementFormDefault="qualified"><xs:element name="i" type="xs:string"/>{schema}</xs:schema>'
                f'</types><message name="I"><part name="p" {parts}/></message><message name="F"><part name="f" element="t:i"/></message>'
                '<portType name="P"><operation name="O"><input message="t:I"/><output message="t:I"/><fault name="f" message="t:F"/>'
                f'</operation></portType><binding name="B" type="t:P"><soap:binding transport="{transport}" style="document"/>'
                f'<operation name="O"><soap:operation soapAction="urn:o"/><input>{body}</input><output>{body}</output><fault name="f">'
                '<soap:fault name="f" use="literal"/></fault></operation></binding><service name="S"><port name="P" binding="t:B">'
                f'<soap:address location="{address}"/></port></service></definitions>')

    write("wsdl", "soap11", contract("soap"))
    write("wsdl", "soap12", contract("soap12"))
    write("wsdl", "rpc", contract("soap", '<soap:body use="literal" namespace="urn:t"/>', parts='type="xs:int"')
          .replace('style="document"', 'style="rpc"'))
    write("wsdl", "encoded", contract("soap", '<soap:body use="encoded" namespace="u" encodingStyle="e"/>'))
    write("wsdl", "headers", contract("soap", '<soap:header message="t:F" part="f" use="literal"/><soap:body use="literal" parts="p"/>'))
    write("wsdl", "mime", contract("soap", '<m:multipartRelated xmlns:m="http://schemas.xmlsoap.org/wsdl/mime/"><m:part><soap:body '
                                   'use="literal"/></m:part><m:part><m:content part="p" type="image/png"/></m:part></m:multipartRelated>'))
    write("wsdl", "other_transport", contract("soap", transport="urn:jms", address="jms:a"))
    policy = ('<wsp:Policy wsu:Id="W"><wsp:ExactlyOne><wsp:All><sp:AsymmetricBinding xmlns:sp="http://docs.oasis-open.org/ws-sx/'
              'ws-securitypolicy/200702"><wsp:Policy><sp:InitiatorToken><wsp:Policy><sp:X509Token/></wsp:Policy></sp:InitiatorToken>'
              '<sp:AlgorithmSuite><wsp:Policy><sp:Basic256Sha256/></wsp:Policy></sp:AlgorithmSuite></wsp:Policy></sp:AsymmetricBinding>'
              '<sp:SignedParts xmlns:sp="http://docs.oasis-open.org/ws-sx/ws-securitypolicy/200702"><sp:Body/></sp:SignedParts>'
              '<a:Addressing xmlns:a="http://www.w3.org/2007/05/addressing/metadata"/></wsp:All></wsp:ExactlyOne></wsp:Policy>')
    write("wsdl", "policy", contract("soap", policy=policy).replace('<binding name="B" type="t:P">',
                                                                    '<binding name="B" type="t:P"><wsp:PolicyReference URI="#W"/>'))
    for name, schema in {
            "complex": '<xs:complexType name="c"><xs:sequence><xs:element name="a" minOccurs="0" maxOccurs="unbounded" type="xs:date"/>'
                       '<xs:any processContents="lax"/></xs:sequence><xs:attribute name="b" use="required"/></xs:complexType>',
            "derived": '<xs:complexType name="d"><xs:simpleContent><xs:extension base="xs:decimal"><xs:anyAttribute/></xs:extension>'
                       '</xs:simpleContent></xs:complexType><xs:element name="h" substitutionGroup="t:i" type="xs:string"/>',
            "simple": '<xs:simpleType name="u"><xs:union memberTypes="xs:int t:e"/></xs:simpleType><xs:simpleType name="e"><xs:restriction '
                      'base="xs:QName"><xs:enumeration value="t:a"/></xs:restriction></xs:simpleType><xs:simpleType name="l"><xs:list '
                      'itemType="t:e"/></xs:simpleType>',
            "loop": '<xs:complexType name="c"><xs:sequence><xs:element ref="t:r"/></xs:sequence></xs:complexType><xs:element name="r" type="t:c"/>',
            "pattern": '<xs:simpleType name="p"><xs:restriction base="xs:string"><xs:pattern value="(a|b)*[\\p{L}-[x]]{1,3}"/></xs:restriction></xs:simpleType>',
            "keys": '<xs:element name="k"><xs:complexType><xs:choice><xs:element name="x" type="xs:ID"/></xs:choice></xs:complexType>'
                    '<xs:key name="kk"><xs:selector xpath="t:x"/><xs:field xpath="."/></xs:key></xs:element>'}.items():
        write("wsdl", "schema_" + name, contract("soap", schema=schema))
    write("wsdl", "import_loop", contract("soap").replace("<types>", '<import namespace="urn:t" location="a.wsdl"/><types>') + "\0" +
          '<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" targetNamespace="urn:t"><import namespace="urn:t" location="main.wsdl"/></definitions>')
    write("wsdl", "wsdl20", '<description xmlns="http://www.w3.org/ns/wsdl" targetNamespace="urn:t"/>')


if __name__ == "__main__":
    soap_seeds()
    token_seeds()
    mime_seeds()
    certificate_seeds()
    wsdl_seeds()

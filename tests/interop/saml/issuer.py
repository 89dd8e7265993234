"""An identity provider: SAML 2.0 assertions made and signed with pysaml2 (which signs with the xmlsec1 program)."""
import base64
import datetime
import pathlib
import uuid

import saml2
import throwaway
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from saml2 import class_name, saml, xmldsig
from saml2.sigver import CryptoBackendXmlSec1, pre_signature_part

ENTITY = "https://idp.example/metadata"


class Issuer:
    """One key; its certificate goes into the gateway's configuration, its assertions into callers' messages."""

    def __init__(self, folder, name="idp", entity=ENTITY):
        self.entity = entity
        self.key_file = pathlib.Path(folder) / f"{name}.key"
        self.certificate_file = pathlib.Path(folder) / f"{name}.pem"
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        now = datetime.datetime.utcnow()
        certificate = (x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
                       .serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=1))
                       .not_valid_after(now + datetime.timedelta(days=30)).sign(key, hashes.SHA256()))
        self.key_file.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                                    serialization.NoEncryption()))
        self.certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        self.signer = CryptoBackendXmlSec1(throwaway.program("xmlsec1"))

    def assertion(self, name, audience, holder_certificate, *, method=saml.SCM_HOLDER_OF_KEY, age=0):
        """Text of an assertion that the holder of this certificate's key (a PEM file) is `name`."""
        now = datetime.datetime.utcnow().replace(microsecond=0) - datetime.timedelta(seconds=age)
        until = now + datetime.timedelta(minutes=5)
        der = x509.load_pem_x509_certificate(pathlib.Path(holder_certificate).read_bytes()).public_bytes(
            serialization.Encoding.DER)
        key_info = xmldsig.KeyInfo(x509_data=[xmldsig.X509Data(
            x509_certificate=xmldsig.X509Certificate(text=base64.b64encode(der).decode()))])
        made = saml.Assertion(
            id="id-" + uuid.uuid4().hex, version="2.0", issue_instant=now.isoformat() + "Z",
            issuer=saml.Issuer(text=self.entity),
            subject=saml.Subject(
                name_id=saml.NameID(text=name, format=saml.NAMEID_FORMAT_PERSISTENT),
                subject_confirmation=[saml.SubjectConfirmation(
                    method=method,
                    subject_confirmation_data=saml.SubjectConfirmationData(
                        extension_elements=[saml2.element_to_extension_element(key_info)]))]),
            conditions=saml.Conditions(
                not_before=now.isoformat() + "Z", not_on_or_after=until.isoformat() + "Z",
                audience_restriction=[saml.AudienceRestriction(audience=[saml.Audience(text=audience)])]),
            authn_statement=[saml.AuthnStatement(
                authn_instant=now.isoformat() + "Z",
                authn_context=saml.AuthnContext(authn_context_class_ref=saml.AuthnContextClassRef(
                    text="urn:oasis:names:tc:SAML:2.0:ac:classes:X509")))])
        made.signature = pre_signature_part(made.id, digest_alg=xmldsig.DIGEST_SHA256, sign_alg=xmldsig.SIG_RSA_SHA256)
        made.signature.key_info = xmldsig.KeyInfo(key_name=[xmldsig.KeyName(text="idp")])
        return self.signer.sign_statement(str(made), class_name(made), str(self.key_file), made.id)

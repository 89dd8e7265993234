"""The other side for the C++ consumer: a SOAP server whose WS-Security is zeep's and xmlsec1's.

What arrives is verified and kept in `received`; what is answered, and how it is signed, the test chooses.
"""
import datetime
import http.server
import ipaddress
import ssl
import threading

import lxml.etree
import zeep.wsse.signature
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

import wss_sign
from wss_sign import DS, WSU

class Identity:
    """A key and its certificate, in files."""

    def __init__(self, folder, name, issuer=None, elliptic=False):
        self.private = ec.generate_private_key(ec.SECP256R1()) if elliptic else rsa.generate_private_key(65537, 2048)
        now = datetime.datetime.utcnow()
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        builder = (x509.CertificateBuilder().subject_name(subject).public_key(self.private.public_key())
                   .issuer_name(issuer.certificate.subject if issuer else subject)
                   .serial_number(x509.random_serial_number())
                   .not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=1))
                   .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
                   .add_extension(x509.SubjectAlternativeName([
                       x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False))
        self.certificate = builder.sign((issuer or self).private, hashes.SHA256())
        self.key = folder / f"{name}.key"
        self.cert = folder / f"{name}.pem"
        self.key.write_bytes(self.private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                                        serialization.NoEncryption()))
        self.cert.write_bytes(self.certificate.public_bytes(serialization.Encoding.PEM))


def signed(envelope, identity, **options):
    """The envelope signed by `identity`; the options are those of wss_sign.signed."""
    return wss_sign.signed(envelope, identity.key, identity.cert, **options)


class Peer:
    """Serves on a free loopback port from `with` to its end, over TLS when given an identity for it.

    `answer` is a (status, bytes).
    """

    def __init__(self, client, tls=None):
        self.answer = (500, b"")
        self.received = None    # the envelope of the last request
        self.refusal = None     # why its signature did not verify; None when it did
        peer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                peer.received = lxml.etree.fromstring(self.rfile.read(int(self.headers["Content-Length"])))
                try:
                    zeep.wsse.signature.verify_envelope(peer.received, str(client.cert))
                    peer.refusal = None
                except Exception as error:      # zeep's own, xmlsec's, lxml's: each is a refusal
                    peer.refusal = repr(error)
                status, body = peer.answer
                self.send_response(status)
                self.send_header("Content-Type", "text/xml; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(tls.cert, tls.key)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.url = f"http{'s' if tls else ''}://127.0.0.1:{self.server.server_port}/gs/company"

    def __enter__(self):
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def signed_parts(self):
        """The names of the elements the last request's signature refers to, and its algorithm."""
        names = set()
        for reference in self.received.iterfind(f".//{{{DS}}}Reference"):
            found = self.received.xpath("//*[@wsu:Id=$id]", namespaces={"wsu": WSU}, id=reference.get("URI")[1:])
            names.update(lxml.etree.QName(one).localname for one in found)
        return names, self.received.find(f".//{{{DS}}}SignatureMethod").get("Algorithm")

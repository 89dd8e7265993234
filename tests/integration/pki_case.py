"""Two nodes with the echo service, keys and requests made by openssl, and openssl as the second opinion on what they say."""
import base64
import re
import ssl
import subprocess
import urllib.parse

import node_case
import registry_case
import throwaway
from echo_backend import EchoBackend, envelope
from echo_platform import post
from hutong_daemon import KEY_RECIPES, Daemon
from test_cli import get
from wss_sign import signed


def openssl(*arguments, check=True, text=None):
    """What openssl printed on both its channels."""
    done = subprocess.run([throwaway.program("openssl"), *map(str, arguments)], input=text or "", capture_output=True,
                          text=True, timeout=60)
    if check and done.returncode != 0:
        raise AssertionError(f"openssl {' '.join(map(str, arguments))}: {done.stdout}{done.stderr}")
    return done.stdout + done.stderr


class PkiCase(node_case.NodeCase):
    def setUp(self):
        super().setUp()
        self.backend = EchoBackend()
        self.addCleanup(self.backend.stop)
        registry_case.publish_echo(self.first, endpoint=self.backend.url)

    def second_node(self):
        done = self.join(self.folder / "second", self.first.cli("node", "invite")["token"])
        self.assertEqual(done.returncode, 0, done.stderr)
        second = Daemon(self.folder, home_name="second")
        second.__enter__()
        self.addCleanup(second.__exit__, None, None, None)
        return second

    def file(self, name, content=None):
        path = self.folder / name
        if content is not None:
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def key_and_request(self, name, kind="p256"):
        key, request = self.file(f"{name}.key"), self.file(f"{name}.csr")
        openssl("genpkey", "-algorithm", *KEY_RECIPES[kind], "-out", key)
        openssl("req", "-new", "-key", key, "-subj", f"/CN={name}", "-out", request)
        return key, request

    def call(self, node, key, certificate, text="x"):
        """The status and body of a signed call."""
        status, _, body = post(node.http, signed(envelope(text), key, certificate))
        return status, body

    def ca_files(self, node):
        """The platform's own CA certificates as files: root first, then the issuing ones by name."""
        pem = get(node.http + "/pki/ca.pem")[2].decode()
        found = {}
        for one in re.findall(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n", pem, re.S):
            subject = openssl("x509", "-noout", "-subject", "-nameopt", "RFC2253", text=one)
            name = re.search(r"CN=([^,\n]*)", subject)[1].removeprefix("Hutong ")
            found[name] = self.file(name.replace(" ", "-") + ".pem", one)
        return found

    def crl(self, node, name="issuing-1"):
        status, kind, der = get(f"{node.http}/pki/crl/{name}.crl")
        self.assertEqual((status, kind), (200, "application/pkix-crl"))
        der_file, pem_file = self.file(f"{name}.crl", der), self.file(f"{name}.crl.pem")
        openssl("crl", "-inform", "DER", "-in", der_file, "-out", pem_file)
        return pem_file

    def ocsp(self, node, root, issuer, certificate, *options):
        """What openssl says of the certificate's state after it verified the answer."""
        said = openssl("ocsp", "-url", node.http + "/pki/ocsp", "-issuer", issuer, "-CAfile", root, *options, "-cert",
                       certificate)
        self.assertIn("Response verify OK", said)
        return re.search(rf"^{re.escape(str(certificate))}: (\w+)", said, re.M)[1]

    def ocsp_by_get(self, node, root, issuer, certificate):
        request = self.file("ocsp.req")
        openssl("ocsp", "-issuer", issuer, "-cert", certificate, "-no_nonce", "-reqout", request)
        # By RFC 6960 appendix A.1 the slash is escaped too; many do not.
        for safe in ("/", ""):
            question = urllib.parse.quote(base64.b64encode(request.read_bytes()), safe=safe)
            status, kind, answer = get(node.http + "/pki/ocsp/" + question)
            self.assertEqual((status, kind), (200, "application/ocsp-response"))
        said = openssl("ocsp", "-respin", self.file("ocsp.resp", answer), "-issuer", issuer, "-CAfile", root, "-cert",
                       certificate)
        self.assertIn("Response verify OK", said)
        return re.search(rf"^{re.escape(str(certificate))}: (\w+)", said, re.M)[1]

    def stapled(self, node, root):
        """What openssl says of the OCSP answer in the node's handshake."""
        address = urllib.parse.urlsplit(node.https).netloc
        return openssl("s_client", "-connect", address, "-status", "-CAfile", root, "-verify_return_error", check=False)

    def check_staple(self, node, root):
        """curl verifies the OCSP answer in the node's handshake, its signature, signer and time; or this fails."""
        address = urllib.parse.urlsplit(node.https)
        pem = ssl.get_server_certificate((address.hostname, address.port))
        name = re.search(r"commonName += (\S+)", openssl("x509", "-noout", "-subject", "-nameopt", "multiline", text=pem))[1]
        done = subprocess.run([throwaway.program("curl"), "--silent", "--show-error", "--noproxy", "*", "--cert-status", "--cacert", root,
                               "--connect-to", f"::{address.hostname}:{address.port}", f"https://{name}:{address.port}/"],
                              capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)

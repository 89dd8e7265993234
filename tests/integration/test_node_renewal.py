"""Nodes renew their own certificates while they run: a joined one through the node that has the CA, and that one too."""
import datetime
import re
import ssl
import subprocess
import sys
import urllib.parse

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

import suite
import throwaway
from echo_backend import envelope
from echo_platform import post
from pki_case import PkiCase, openssl
from test_cli import get
from test_hsm import certificate_of, signer_of
from wss_sign import signed

sys.path.insert(0, str(suite.ROOT / "tests" / "unit" / "xmlenc"))
import encrypt_messages     # noqa: E402

XENC, XENC11 = "http://www.w3.org/2001/04/xmlenc#", "http://www.w3.org/2009/xmlenc11#"
KEYS = ("tls", "sign-rsa", "sign-p256", "encrypt-rsa", "tsa")
ISSUING_CA = """basicConstraints=critical,CA:TRUE,pathlen:0
keyUsage=critical,keyCertSign,cRLSign
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid:always
"""


def ended(chain, ca_key):
    """That certificate as it would be had it ended two days ago, by the same CA (PEM)."""
    old, issuer = map(x509.load_pem_x509_certificate, re.findall(b"-----BEGIN.*?END CERTIFICATE-----\n", chain, re.S))
    now = datetime.datetime.now(datetime.timezone.utc)
    made = x509.CertificateBuilder(issuer.subject, old.subject, old.public_key(), old.serial_number, now - datetime.timedelta(3),
                                   now - datetime.timedelta(2))
    for one in old.extensions:
        made = made.add_extension(one.value, one.critical)
    signed_by_it = made.sign(serialization.load_pem_private_key(ca_key, None), hashes.SHA256())
    return b"".join(each.public_bytes(serialization.Encoding.PEM) for each in (signed_by_it, issuer))


class NodeRenewal(PkiCase):
    def issuing_ca(self, name, days):
        """An issuing CA that lives so long: certificates do not outlive it."""
        pki, away = self.first.home / "pki", self.folder / "root.key"
        request, certificate = self.file(f"{name}.csr"), self.file(f"{name}.pem")
        (pki / "root.key").rename(away)
        self.first.cli("ca", "add", name, "--out", request)
        openssl("x509", "-req", "-in", request, "-CA", pki / "root.pem", "-CAkey", away, "-days", days, "-extfile",
                self.file("ca.ext", ISSUING_CA), "-out", certificate)
        self.first.cli("ca", "add", name, "--certificate", certificate)
        away.rename(pki / "root.key")

    def registered(self):
        return {one["serial"]: one for one in self.first.cli("cert", "list")}

    def serial(self, node, key):
        der = certificate_of(node, key)
        said = openssl("x509", "-noout", "-serial", text=ssl.DER_cert_to_PEM_cert(der))
        return re.search("serial=(.*)", said)[1].lower()

    def audit(self, **arguments):
        words = [word for name, value in arguments.items() for word in (f"--{name}", value)]
        return self.first.cli("audit", "list", "--limit", "10000", *words)

    def encrypted(self, certificate, identity):
        job = {"certificate": certificate, "transport": XENC11 + "rsa-oaep", "digest": XENC + "sha256",
               "mgf": XENC11 + "mgf1sha256", "cipher": XENC11 + "aes256-gcm", "parts": ["body"], "key_info": "issuer"}
        return encrypt_messages.encrypted(signed(envelope("机密"), identity.key, identity.certificate), job)

    def tls_certificate(self, node):
        address = urllib.parse.urlsplit(node.https)
        return ssl.PEM_cert_to_DER_cert(ssl.get_server_certificate((address.hostname, address.port)))

    def believed(self, pem, node):
        ca = self.ca_files(node)
        root = ca.pop("Root CA")
        untrusted = self.file("untrusted.pem", b"".join(file.read_bytes() for file in ca.values()))
        return "OK" in openssl("verify", "-CAfile", root, "-untrusted", untrusted, pem, check=False)

    def test_a_joined_node_renews_by_itself(self):
        caller = self.first.issue("tax", "rsa")
        self.issuing_ca("brief", 20)
        self.first.cli("ca", "retire", "issuing-1")
        second = self.second_node()
        self.assertEqual(list((second.home / "pki").iterdir()), [])     # it has no CA, and gets none

        def call(message=None):
            return post(second.http, message or signed(envelope("x"), caller.key, caller.certificate))

        self.wait_for(lambda: call()[0] == 200, "the second node does not know the caller")
        old = {key: certificate_of(second, key) for key in KEYS}
        old_serials = {key: self.serial(second, key) for key in KEYS}
        old_files = {key: self.file(f"old-{key}.pem", ssl.DER_cert_to_PEM_cert(old[key])) for key in KEYS}
        held = get(second.http + "/pki/encryption.pem")[2].decode()
        self.assertEqual(signer_of(call()[2]), old["sign-rsa"])

        # It ends with its CA, and asks. As long as there is no other CA it would gain nothing: it is told, and waits.
        self.wait_for(lambda: second.log.read_text().count("HT4024") >= len(KEYS), "the second node says nothing")
        self.assertIn("add another CA", second.log.read_text())
        self.assertIn("HT4027", self.first.log.read_text())
        self.assertEqual(self.serial(second, "tls"), old_serials["tls"])
        self.assertEqual(len([one for one in self.registered().values() if "gateway" in one["profile"]]), 6)
        held_back = [one for one in self.audit(command="node.certificate") if one["outcome"] == "unavailable"]
        self.assertEqual({one["arguments"]["key"] for one in held_back}, set(KEYS))

        # While the founding node is away nothing happens to the one that waits.
        self.first.stop()
        self.assertEqual(call()[0], 200)
        self.first.start()
        self.first.cli("ca", "add", "issuing-3")
        self.first.cli("ca", "retire", "brief")
        self.wait_for(lambda: all(certificate_of(second, key) != old[key] for key in KEYS), "nothing is renewed")
        self.wait_for(lambda: signer_of(call()[2]) == certificate_of(second, "sign-rsa"), "the new key is not used")
        self.wait_for(lambda: self.tls_certificate(second) == certificate_of(second, "tls"), "nor the one of TLS")
        self.assertNotEqual(signer_of(call()[2]), old["sign-rsa"])
        self.assertIn("HT4026", second.log.read_text())
        self.assertTrue(second.cli("status")["ready"])

        # Both are good: the old ones to their own end. Who holds the old certificate for encryption is understood.
        listed = self.registered()
        for key in KEYS:
            new = listed[self.serial(second, key)]
            self.assertEqual((new["status"], new["renews"], listed[old_serials[key]]["status"]),
                             ("valid", old_serials[key], "valid"), key)
            self.assertGreater(new["not_after"], listed[old_serials[key]]["not_after"])
            self.assertTrue(self.believed(old_files[key], second), key)
            pem = self.file(f"new-{key}.pem", ssl.DER_cert_to_PEM_cert(certificate_of(second, key)))
            self.assertTrue(self.believed(pem, second), key)
        fetched = get(second.http + "/pki/encryption.pem")[2].decode()
        self.assertNotEqual(fetched, held)
        for certificate in (held, fetched):
            status, _, body = call(self.encrypted(certificate, caller))
            self.assertEqual(status, 200, body)

        # Each is on record, in the platform's name; so is what took whose place.
        made = {one["arguments"]["serial"]: one for one in self.audit(command="node.certificate")
                if one["outcome"] == "ok" and "renews" in one["arguments"]}
        self.assertEqual({made[self.serial(second, key)]["arguments"]["renews"] for key in KEYS},
                         set(old_serials.values()))
        for one in made.values():
            self.assertTrue(one["platform"])
            self.assertEqual(one["arguments"]["node"], second.cli("status")["node"])
        self.assertEqual([one["action"] for one in self.first.cli("cert", "history", old_serials["tls"])],
                         ["renewed", "issued"])

        # The journal, whose heads two certificates have signed by now, holds together; and it lasts.
        second.wait_for_heads()
        self.assertTrue(second.cli("journal", "verify")["intact"])
        serials = {key: self.serial(second, key) for key in KEYS}
        second.restart()
        self.assertEqual({key: self.serial(second, key) for key in KEYS}, serials)
        self.assertEqual(call(self.encrypted(held, caller))[0], 200)

    def test_a_node_whose_certificate_was_revoked_gets_no_other(self):
        self.issuing_ca("brief", 20)
        self.first.cli("ca", "retire", "issuing-1")
        second = self.second_node()
        self.wait_for(lambda: "HT4024" in second.log.read_text(), "the second node says nothing")
        before = {key: self.serial(second, key) for key in KEYS}
        self.first.cli("cert", "revoke", before["sign-p256"], "--reason", "keyCompromise")
        self.first.cli("ca", "add", "issuing-3")
        self.first.cli("ca", "retire", "brief")
        self.wait_for(lambda: "the founding node refused" in second.log.read_text(), "it is not refused")
        self.assertIn("revoked: join the node anew", second.log.read_text())
        self.assertEqual({key: self.serial(second, key) for key in KEYS}, before)
        refused = [one for one in self.audit(command="node.certificate") if one["outcome"] == "refused"]
        self.assertEqual({one["arguments"]["node"] for one in refused}, {second.cli("status")["node"]})
        for one in refused:
            self.assertTrue(one["platform"])

    def test_a_revoked_certificate_is_renewed_by_nothing(self):
        self.issuing_ca("brief", 20)
        self.first.cli("ca", "retire", "issuing-1")
        second = self.second_node()
        self.wait_for(lambda: "HT4024" in second.log.read_text(), "the second node says nothing")
        before = {key: self.serial(second, key) for key in KEYS}
        self.first.cli("cert", "revoke", before["tls"], "--reason", "keyCompromise")
        self.first.cli("ca", "add", "issuing-3")
        self.first.cli("ca", "retire", "brief")
        self.wait_for(lambda: "which it renews, is revoked" in second.log.read_text(), "it is not refused")
        self.wait_for(lambda: self.serial(second, "sign-p256") != before["sign-p256"], "the others are not renewed")
        self.assertEqual(self.serial(second, "tls"), before["tls"])

    def sql(self, text):
        done = subprocess.run([throwaway.program("psql", "/usr/lib/postgresql/*/bin/psql"), self.url, "-v", "ON_ERROR_STOP=1", "-qAtc",
                               text], check=True, capture_output=True, text=True, timeout=60)
        return done.stdout.strip()

    def granted_by(self, authority, request):
        """As who can write to the database makes one: by a CA of his own, named as the platform's."""
        certificate = self.file("granted.pem")
        openssl("x509", "-req", "-in", request, "-CA", authority[1], "-CAkey", authority[0], "-days", "900", "-subj", "/CN=x", "-out",
                certificate)
        return certificate.read_text() + authority[1].read_text()

    def test_what_somebody_puts_into_the_database_is_not_put_in_use(self):
        self.issuing_ca("brief", 20)
        self.first.cli("ca", "retire", "issuing-1")
        second = self.second_node()
        self.wait_for(lambda: second.log.read_text().count("HT4024") >= len(KEYS), "the second node says nothing")
        before = {key: self.serial(second, key) for key in KEYS}
        evil = self.file("evil.key"), self.file("evil.pem")
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", evil[0], "-subj", "/O=Hutong/CN=Hutong Issuing CA 3", "-days",
                "900", "-out", evil[1])
        der = ssl.PEM_cert_to_DER_cert(evil[1].read_text()).hex()
        self.sql("insert into trusted_cas (thumbprint, name, own, der) select encode(sha256(d), 'hex'), 'Hutong Root CA', true, d from "
                 f"(values ('\\x{der}'::bytea)) v (d)")
        request = self.file("tls.csr", self.sql("select csr from node_renewals where key = 'tls'") + "\n")
        chain = self.granted_by(evil, request)
        self.sql(f"update node_renewals set state = 'granted', chain = '{chain}', reason = '', answered = now() where key = 'tls'")
        self.wait_for(lambda: "is not what was asked for" in second.log.read_text(), "it is not refused")
        self.assertIn("none of the platform", second.log.read_text())
        self.assertEqual({key: self.serial(second, key) for key in KEYS}, before)
        self.assertEqual(self.tls_certificate(second), certificate_of(second, "tls"))

    def test_a_changed_url_is_certified_for_nobody(self):
        self.issuing_ca("brief", 20)
        self.first.cli("ca", "retire", "issuing-1")
        second = self.second_node()
        self.wait_for(lambda: second.log.read_text().count("HT4024") >= len(KEYS), "the second node says nothing")
        before = self.serial(second, "tls")
        self.sql("update join_requests set url = 'https://evil.example'")
        self.wait_for(lambda: "is for another host" in second.log.read_text(), "it is not refused")
        self.assertEqual(self.serial(second, "tls"), before)
        self.assertFalse([one for one in self.registered().values() if "evil" in one["subject"]])

    def test_the_founding_node_renews_what_a_revoked_ca_certified(self):
        """Without a restart, and on record."""
        old = {key: self.serial(self.first, key) for key in KEYS}
        self.first.cli("ca", "add", "issuing-2")
        self.first.cli("ca", "revoke", "issuing-1", "--reason", "keyCompromise")
        self.wait_for(lambda: all(self.serial(self.first, key) != old[key] for key in KEYS), "nothing is renewed")
        self.wait_for(lambda: self.tls_certificate(self.first) == certificate_of(self.first, "tls"), "TLS has the old one")
        node = self.first.cli("status")["node"]
        made = {one["arguments"]["serial"]: one for one in self.audit(command="node.certificate")}
        for key in KEYS:
            one = made[self.serial(self.first, key)]
            self.assertEqual((one["platform"], one["outcome"], one["arguments"]["node"], one["arguments"]["renews"]),
                             (True, "ok", node, old[key]))

    def test_a_restart_of_the_founding_node_records_what_it_renews(self):
        self.first.stop()
        for file in ("tsa.key", "tsa.pem"):
            (self.first.home / "keys" / file).unlink()
        self.first.start()
        made = [one["arguments"]["serial"] for one in self.audit(command="node.certificate")]
        self.assertEqual(made, [self.serial(self.first, "tsa")])

    def test_a_certificate_that_has_ended_is_told_and_makes_the_node_not_ready(self):
        second = self.second_node()
        second.stop()
        # As a node that was away for years finds it: its certificate is over.
        chain = second.home / "keys" / "tls.pem"
        chain.write_bytes(ended(chain.read_bytes(), (self.first.home / "pki" / "issuing.key").read_bytes()))
        self.first.stop()
        try:
            second.start(ready=False)
            self.wait_for(lambda: get(second.http + "/readyz")[0] == 503, "it says that it is ready")
            self.wait_for(lambda: b"tls ended at" in get(second.http + "/readyz")[2], "it does not say why it is not")
            self.assertIn("HT4025", second.log.read_text())
        finally:
            self.first.start()
        # It asks by its other key, and is well again.
        self.wait_for(lambda: get(second.http + "/readyz")[0] == 200, "it does not get another one")
        self.assertEqual(self.tls_certificate(second), certificate_of(second, "tls"))


if __name__ == "__main__":
    suite.main()

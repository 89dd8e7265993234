"""Publishing by mutual TLS in place of a token (UDDI 3.0.2 section 5.3 leaves the scheme to the node): who the certificate names
publishes; one that is nobody's, revoked, out of date or another's by now is refused with E_authTokenRequired, and nothing is saved."""
import datetime
import time
import unittest

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

import suite
import uddi_client as u
from hutong_daemon import Daemon

REQUIRED = 10120     # E_authTokenRequired


class ClientCertificates(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon()
        cls.daemon.__enter__()
        cls.addClassCleanup(cls.daemon.__exit__, None, None, None)
        cls.daemon.org("gs", "工商")
        cls.daemon.consumer("tax", "gs")

    def own(self, name, seconds=86400):
        """Certificate and key (PEM files) of no CA, good for so many seconds from now on."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        now = datetime.datetime.now(datetime.timezone.utc)
        made = (x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
                .serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(minutes=1))
                .not_valid_after(now + datetime.timedelta(seconds=seconds)).sign(key, hashes.SHA256()))
        certificate, secret = (self.daemon.folder / f"{name}.{ending}" for ending in ("pem", "key"))
        certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
        secret.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
        return certificate, secret

    def issued(self, name, *options):
        """The same of the platform's own CA, and its serial."""
        made = self.daemon.issue("tax", "p256", name)
        if options:
            said = self.daemon.cli("cert", "issue", "--csr", made.key.with_suffix(".csr"), "--consumer", "tax", "--out",
                                   made.certificate, *options)
            return (made.certificate, made.key), said["serial"]
        return (made.certificate, made.key), made.serial

    def bind(self, publisher, files, new=True):
        if new:
            self.daemon.cli("publisher", "add", publisher, "--org", "gs")
        self.daemon.cli("publisher", "certificate", publisher, "--cert", files[0])

    def client(self, files=None):
        return u.Uddi(self.daemon.https, certificate=files)

    def found(self, name):
        return u.Uddi(self.daemon.http).inquire("find_tModel", u.name(name)).findall(f".//{u.tag('tModelInfo')}")

    def publishes(self, client, name):
        key = client.publish("save_tModel", u.tmodel(None, name)).find(f".//{u.tag('tModel')}").get("tModelKey")
        self.assertEqual(len(self.found(name)), 1)
        return key

    def is_refused(self, client, name):
        with self.assertRaises(u.UddiFault) as caught:
            client.publish("save_tModel", u.tmodel(None, name))
        self.assertEqual((caught.exception.number, caught.exception.code), (REQUIRED, "E_authTokenRequired"), caught.exception.text)
        self.assertEqual(self.found(name), [])
        return caught.exception.text

    def is_refused_everywhere(self, files, known, name):
        """Over a connection that it has opened already, and over a new one; with every API that asks who it is."""
        for client in (known, self.client(files)):
            self.is_refused(client, name)
            for api, request in (("custody", f'<get_transferToken xmlns="urn:uddi-org:custody_v3"><keyBag><key>uddi:x</key></keyBag>'
                                             '</get_transferToken>'),
                                 ("subscription", '<get_subscriptions xmlns="urn:uddi-org:sub_v3"/>'),
                                 ("publish", u.element("get_registeredInfo", ns=True, infoSelection="all"))):
                with self.assertRaises(u.UddiFault) as caught:
                    client.call(api, request)
                self.assertEqual(caught.exception.number, REQUIRED, request)

    def test_a_bound_one_publishes_for_its_organisation(self):
        files = self.own("wu")
        self.bind("wu", files)
        client = self.client(files)
        key = self.publishes(client, "by certificate")
        info = client.inquire("get_operationalInfo", u.element("entityKey", key))
        self.assertEqual(info.find(f".//{u.tag('authorizedName')}").text, "gs")
        registered = client.publish("get_registeredInfo", infoSelection="all")
        self.assertIn(key, [one.get("tModelKey") for one in registered.iter(u.tag("tModelInfo"))])
        # It is that publisher, whose edit another one is told of.
        said = self.daemon.cli("publisher", "add", "li", "--org", "gs")
        other = u.Uddi(self.daemon.http)
        other.sign_in("li", said["password"])
        _, headers, _ = other.post("publish", other.envelope(u.element(
            "save_tModel", u.element("authInfo", other.token) + u.tmodel(key, "by token"), ns=True)))
        self.assertIn(f'"{key}";by="wu";', headers["Hutong-Replaced"])

    def test_one_that_the_platform_issued_publishes(self):
        files, _ = self.issued("issued")
        self.bind("issued", files)
        self.publishes(self.client(files), "by an issued one")

    def test_one_that_is_nobody_s_is_refused(self):
        files = self.own("stranger")
        self.assertIn("not a publisher's", self.is_refused(self.client(files), "by a stranger"))
        self.assertIn("authInfo is missing", self.is_refused(self.client(), "by nobody"))
        # Nor does one that the platform issued name a publisher by itself.
        issued, _ = self.issued("unbound")
        self.is_refused_everywhere(issued, self.client(issued), "by a consumer")

    def test_over_plain_http_there_is_none(self):
        self.is_refused(u.Uddi(self.daemon.http, certificate=self.own("plain")), "over plain HTTP")

    def test_a_revoked_one_is_refused(self):
        files, serial = self.issued("revoked")
        self.bind("revoked", files)
        client = self.client(files)
        self.publishes(client, "before it was revoked")
        self.daemon.cli("cert", "revoke", serial, "--reason", "keyCompromise")
        self.is_refused_everywhere(files, client, "after it was revoked")

    def test_one_of_a_revoked_ca_is_refused(self):
        self.daemon.cli("ca", "add", "issuing-2")
        files, _ = self.issued("orphan", "--ca", "issuing-2")
        self.bind("orphan", files)
        client = self.client(files)
        self.publishes(client, "before its CA was revoked")
        self.daemon.cli("ca", "revoke", "issuing-2", "--reason", "keyCompromise")
        self.is_refused_everywhere(files, client, "after its CA was revoked")

    def test_an_expired_one_is_refused(self):
        files = self.own("expired", seconds=8)
        ends = time.time() + 8
        self.bind("expired", files)
        client = self.client(files)
        self.publishes(client, "before it expired")
        time.sleep(max(0.0, ends + 1 - time.time()))
        self.is_refused_everywhere(files, client, "after it expired")

    def test_one_that_is_bound_no_more_is_refused(self):
        files, next_ = self.own("first"), self.own("next")
        self.bind("moved", files)
        client = self.client(files)
        self.publishes(client, "by the first one")
        self.bind("moved", next_, new=False)
        self.is_refused_everywhere(files, client, "by the first one, replaced")
        successor = self.client(next_)
        self.publishes(successor, "by the next one")
        self.daemon.cli("publisher", "remove", "moved")
        self.is_refused_everywhere(next_, successor, "by one whose publisher is gone")

    def test_a_token_goes_first(self):
        files = self.own("both")
        self.bind("both", files)
        client = self.client(files)
        client.token = "authToken:" + "0" * 64
        self.is_refused(client, "by a wrong token beside a good certificate")
        client.token = None
        self.publishes(client, "by the certificate alone")


if __name__ == "__main__":
    suite.main()

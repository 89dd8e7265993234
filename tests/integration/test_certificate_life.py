"""The life of a certificate on two nodes, and what the openssl command line says of it at each station."""
import base64
import subprocess

import officers
import suite
import throwaway
from echo_platform import post
from hutong_daemon import CommandFailed
from pki_case import PkiCase, openssl
from test_cli import get


class CertificateLife(PkiCase):
    def refused(self, *words, part, by=None):
        with self.assertRaises(CommandFailed) as caught:
            (by or self.first).cli(*words)
        self.assertEqual(len(caught.exception.message.splitlines()), 1, caught.exception.message)
        self.assertIn(part, caught.exception.message)

    def approve(self, request, file):
        """By two security officers: the first one's word alone issues nothing."""
        li, sun = self.officers
        proposal = li.cli("cert", "approve", request, "--out", file)["proposal"]
        self.assertFalse(file.exists())
        self.assertEqual({one["id"]: one["state"] for one in li.cli("cert", "requests")}[request], "pending")
        self.refused("proposals", "approve", proposal, "--out", file, part="own proposal", by=li)
        issued = sun.cli("proposals", "approve", proposal, "--out", file)["result"]
        fetched = file.with_suffix(".again")
        li.cli("cert", "show", issued["serial"], "--out", fetched)
        self.assertEqual(fetched.read_bytes(), file.read_bytes())
        self.assertIn(issued["serial"], li.cli("proposals", "show", proposal)["outcome"])
        return issued

    def test_from_the_request_to_the_revocation(self):
        second = self.second_node()
        nodes = (self.first, second)
        key, request = self.key_and_request("one")
        sun = officers.add(self.first, "sun", "security")
        people = officers.separate(self.first)
        li = people["security"]
        self.officers = li, sun
        li.ask("two-persons.on", {"command": "cert.approve"})

        # A request that its key did not sign.
        body = base64.b64decode("".join(request.read_text().splitlines()[1:-1]))
        altered = base64.encodebytes(body[:-1] + bytes([body[-1] ^ 1])).decode()
        bad = self.file("bad.csr", f"-----BEGIN CERTIFICATE REQUEST-----\n{altered}-----END CERTIFICATE REQUEST-----\n")
        self.refused("cert", "request", "--csr", bad, "--consumer", "tax", part="not signed by its own key", by=li)
        self.assertEqual(li.cli("cert", "requests"), [])

        # Taken in, refused once, taken in again, approved by two.
        asked = people["system"].cli("cert", "request", "--csr", request, "--consumer", "tax")
        self.assertEqual((asked["state"], asked["key_text"]), ("pending", "p256"))
        self.refused("cert", "request", "--csr", request, "--consumer", "tax", part="waits already", by=li)
        li.cli("cert", "refuse", asked["id"], "--reason", "call back first")
        asked = li.cli("cert", "request", "--csr", request, "--consumer", "tax")
        certificate = self.file("one.pem")
        old = self.approve(asked["id"], certificate)
        late = li.cli("cert", "approve", asked["id"], "--out", certificate)["proposal"]
        self.refused("proposals", "approve", late, part="decided already", by=sun)
        self.assertEqual([one["state"] for one in li.cli("cert", "requests")], ["issued", "refused"])

        for node in nodes:
            self.wait_for(lambda: self.call(node, key, certificate)[0] == 200, "the certificate is not known")

        # Renewed: both hold.
        new_key, new_request = self.key_and_request("two", "rsa")
        asked = li.cli("cert", "request", "--csr", new_request, "--renews", old["serial"], "--overlap", "30")
        self.assertEqual((asked["renews"], asked["overlap_days"]), (old["serial"], 30))
        new_certificate = self.file("two.pem")
        self.approve(asked["id"], new_certificate)
        for node in nodes:
            self.wait_for(lambda: self.call(node, new_key, new_certificate)[0] == 200, "the new one is not known")
            self.assertEqual(self.call(node, key, certificate)[0], 200)

        ca = self.ca_files(self.first)
        root, issuer = ca["Root CA"], ca["Issuing CA 1"]
        for node in nodes:
            self.wait_for(lambda: "Cert Status: good" in self.stapled(node, root), "no answer goes along in TLS")
            said = self.stapled(node, root)
            self.assertIn("OCSP Response Status: successful", said)
            self.assertIn("Verify return code: 0 (ok)", said)
            self.check_staple(node, root)
        for node in nodes:
            self.assertEqual(self.ocsp(node, root, issuer, certificate, "-no_nonce"), "good")

        # Revoked: refused on the node that was asked at once, on the other one within a second; and everyone hears.
        li.cli("cert", "revoke", old["serial"], "--reason", "keyCompromise")
        self.assertIn(b"revoked", self.call(self.first, key, certificate)[1])
        self.wait_for(lambda: b"revoked" in self.call(second, key, certificate)[1], "the second node believes it still")
        for node in nodes:
            self.assertEqual(self.call(node, new_key, new_certificate)[0], 200)
            crl = self.crl(node)
            openssl("crl", "-in", crl, "-noout", "-verify", "-CAfile", issuer)
            check = ("verify", "-crl_check", "-CRLfile", crl, "-CAfile", root, "-untrusted", issuer)
            self.assertIn("certificate revoked", openssl(*check, certificate, check=False))
            self.assertIn("OK", openssl(*check, new_certificate))
            for way in (("-no_nonce",), ("-no_nonce", "-sha256")):
                self.assertEqual(self.ocsp(node, root, issuer, certificate, *way), "revoked", way)
                self.assertEqual(self.ocsp(node, root, issuer, new_certificate, *way), "good", way)
            self.assertEqual(self.ocsp_by_get(node, root, issuer, certificate), "revoked")
        # With a nonce, from the node that has the CA: openssl compares it.
        self.assertEqual(self.ocsp(self.first, root, issuer, certificate), "revoked")
        said = openssl("ocsp", "-url", self.first.http + "/pki/ocsp", "-issuer", issuer, "-CAfile", root, "-serial",
                       "0x1234", "-no_nonce")
        self.assertIn("0x1234: unknown", said)

        history = li.cli("cert", "history", old["serial"])
        self.assertEqual([one["action"] for one in reversed(history)], ["issued", "renewed", "revoked"])
        self.assertTrue(all("officer li" in one["actor"] and "uid" in one["actor"] for one in history), history)
        self.assertEqual(["approved by sun" in one["actor"] for one in reversed(history)], [True, True, False])
        self.assertTrue(any(one["action"] == "refused" and one["detail"] == "call back first"
                            for one in li.cli("cert", "history")))

    def test_a_compromised_key_is_certified_no_more(self):
        """By no command, no profile and no CA; a request that waited since before is not approved either."""
        _, request = self.key_and_request("one")
        certificate, none = self.file("one.pem"), self.file("none.pem")
        old = self.first.cli("cert", "issue", "--csr", request, "--consumer", "tax", "--out", certificate)
        waiting = self.first.cli("cert", "request", "--csr", request, "--consumer", "tax")
        self.first.cli("ca", "add", "issuing-2")
        self.first.cli("cert", "revoke", old["serial"], "--reason", "keyCompromise")
        part = f"that of certificate {old['serial']}"
        self.refused("cert", "issue", "--csr", request, "--consumer", "tax", "--out", none, part=part)
        self.refused("cert", "issue", "--csr", request, "--consumer", "tax", "--ca", "issuing-2", "--out", none, part=part)
        self.refused("cert", "issue", "--csr", request, "--profile", "tls_server", "--name", "x", "--dns", "x.test", "--out", none,
                     part=part)
        self.refused("cert", "request", "--csr", request, "--consumer", "tax", part=part)
        self.refused("cert", "approve", waiting["id"], "--out", none, part=part)
        self.refused("ca", "sign", "--csr", request, "--out", none, part=part)
        _, fresh = self.key_and_request("two")
        other = self.first.cli("cert", "issue", "--csr", fresh, "--consumer", "tax", "--out", self.file("two.pem"))
        self.refused("cert", "renew", other["serial"], "--csr", request, "--out", none, part=part)
        self.assertFalse(none.exists())
        # What was replaced for another reason says nothing against the key.
        self.first.cli("cert", "revoke", other["serial"], "--reason", "superseded")
        self.first.cli("cert", "issue", "--csr", fresh, "--consumer", "tax", "--out", self.file("two.pem"))

    def test_an_overlap_ends(self):
        key, request = self.key_and_request("one")
        certificate, new_certificate = self.file("one.pem"), self.file("two.pem")
        old = self.first.cli("cert", "issue", "--csr", request, "--consumer", "tax", "--out", certificate)
        new_key, new_request = self.key_and_request("two")
        self.first.cli("cert", "renew", old["serial"], "--csr", new_request, "--overlap", "0", "--out", new_certificate)
        self.wait_for(lambda: b"revoked" in self.call(self.first, key, certificate)[1], "the overlap does not end")
        self.assertEqual(self.call(self.first, new_key, new_certificate)[0], 200)
        listed = {one["serial"]: one for one in self.first.cli("cert", "list")}
        self.assertEqual((listed[old["serial"]]["status"], listed[old["serial"]]["reason"]), ("revoked", "superseded"))

    def test_an_offline_root_and_several_issuing_cas(self):
        vault = self.folder / "vault"
        vault.mkdir()
        pki = self.first.home / "pki"
        (pki / "root.key").rename(vault / "root.key")
        (vault / "root.pem").write_bytes((pki / "root.pem").read_bytes())
        states = {one["name"]: one["state"] for one in self.first.cli("ca", "list")}
        self.assertEqual(states, {"root": "offline", "issuing-1": "active"})

        for name, kind in (("issuing-2", "rsa"), ("issuing-sm2", "sm2")):
            request, certificate = self.file(f"{name}.csr"), self.file(f"{name}.pem")
            self.first.cli("ca", "add", name, "--kind", kind, "--out", request)
            self.refused("ca", "add", name, part="already")
            self.first.cli("ca", "sign", "--csr", request, "--root-key", vault / "root.key", "--root",
                           vault / "root.pem", "--out", certificate)
            # Another CA's certificate is not for this key.
            self.refused("ca", "add", name, "--certificate", pki / "issuing.pem", part="not for the key")
            self.first.cli("ca", "add", name, "--certificate", certificate)
            openssl("verify", "-CAfile", vault / "root.pem", certificate)

        second = self.second_node()
        key, request = self.key_and_request("one")
        certificate = self.file("one.pem")
        issued = self.first.cli("cert", "issue", "--csr", request, "--consumer", "tax", "--ca", "issuing-2", "--out",
                                certificate)
        self.assertEqual(issued["ca"], "issuing-2")
        for node in (self.first, second):
            self.wait_for(lambda: self.call(node, key, certificate)[0] == 200, "the new CA is not believed")
        ca = self.ca_files(second)
        root, issuer = ca["Root CA"], ca["Issuing CA 2"]
        self.first.cli("cert", "revoke", issued["serial"], "--reason", "superseded")
        self.assertIn("Serial Number", openssl("crl", "-in", self.crl(self.first, "issuing-2"), "-noout", "-text"))
        self.assertIn("No Revoked", openssl("crl", "-in", self.crl(self.first, "issuing-1"), "-noout", "-text"))
        self.assertEqual(self.ocsp(second, root, issuer, certificate, "-no_nonce"), "revoked")

        self.first.cli("ca", "retire", "issuing-1")
        self.refused("ca", "retire", "issuing-1", part="retired already")
        key, request = self.key_and_request("two")
        self.assertEqual(self.first.cli("cert", "issue", "--csr", request, "--consumer", "tax", "--out",
                                        self.file("two.pem"))["ca"], "issuing-2")
        self.refused("cert", "issue", "--csr", request, "--consumer", "tax", "--ca", "issuing-1", "--out",
                     self.file("three.pem"), part="retired")
        # All of it is still there after a restart.
        self.first.restart()
        states = {one["name"]: one["state"] for one in self.first.cli("ca", "list")}
        self.assertEqual(states, {"root": "offline", "issuing-1": "retired", "issuing-2": "active",
                                  "issuing-sm2": "active"})

    def root_crl(self, node):
        """The root's CRL as openssl reads it, once it is signed by the root."""
        crl = self.crl(node, "root")
        said = openssl("crl", "-in", crl, "-noout", "-text", "-verify", "-CAfile", self.ca_files(node)["Root CA"])
        self.assertIn("verify OK", said)
        return crl, said

    def chain_is_good(self, node, root, issuer, certificate, name):
        """What openssl says of a whole chain, when it asks for the revocation of each certificate in it."""
        lists = self.file("lists.pem", self.root_crl(node)[0].read_bytes() + self.crl(node, name).read_bytes())
        said = openssl("verify", "-crl_check_all", "-CRLfile", lists, "-CAfile", root, "-untrusted", issuer, certificate,
                       check=False)
        self.assertEqual("OK" in said, "certificate revoked" not in said, said)
        return "OK" in said

    def certified_by(self, name, consumer):
        key, request = self.key_and_request(consumer)
        certificate = self.file(f"{consumer}.pem")
        self.first.consumer(consumer, "gs")
        self.first.grant(consumer, "gs/echo")
        self.first.cli("cert", "issue", "--csr", request, "--consumer", consumer, "--ca", name, "--out", certificate)
        return key, certificate

    def test_an_issuing_ca_is_revoked(self):
        second = self.second_node()
        nodes = (self.first, second)
        self.refused("ca", "revoke", "issuing-1", "--reason", "keyCompromise", part="only one that issues")
        self.first.cli("ca", "add", "issuing-2")
        caller, other = self.certified_by("issuing-2", "bad"), self.certified_by("issuing-1", "good")
        for node in nodes:
            for one in (caller, other):
                self.wait_for(lambda: self.call(node, *one)[0] == 200, "the certificate is not believed")
        self.wait_for(lambda: get(second.http + "/pki/crl/root.crl")[0] == 200, "the root's CRL is not there")
        self.assertIn("No Revoked Certificates", self.root_crl(second)[1])
        ca = self.ca_files(self.first)
        root, issuer, bystander = ca["Root CA"], ca["Issuing CA 2"], ca["Issuing CA 1"]
        self.assertTrue(self.chain_is_good(second, root, issuer, caller[1], "issuing-2"))

        self.refused("ca", "revoke", "issuing-2", "--reason", "mood", part="unknown revocation reason")
        self.refused("ca", "revoke", "nobody", "--reason", "keyCompromise", part="nobody")
        self.first.cli("ca", "revoke", "issuing-2", "--reason", "keyCompromise")
        self.assertIn(b"revoked", self.call(self.first, *caller)[1])
        self.wait_for(lambda: b"revoked" in self.call(second, *caller)[1], "the second node believes it still")
        for node in nodes:
            self.assertEqual(self.call(node, *other)[0], 200)
            self.wait_for(lambda: not self.chain_is_good(node, root, issuer, caller[1], "issuing-2"), "the CRL says nothing")
            self.assertTrue(self.chain_is_good(node, root, bystander, other[1], "issuing-1"))
            self.assertIn("Key Compromise", self.root_crl(node)[1])
            self.wait_for(lambda: "Issuing CA 2" not in self.ca_files(node), "it is still published")
        self.refused("ca", "revoke", "issuing-2", "--reason", "keyCompromise", part="already")
        self.refused("ca", "retire", "issuing-2", part="already")
        _, request = self.key_and_request("late")
        self.refused("cert", "issue", "--csr", request, "--consumer", "tax", "--ca", "issuing-2", "--out",
                     self.file("late.pem"), part="issues no more")
        self.assertEqual([one["action"] for one in self.first.cli("cert", "history", "issuing-2")], ["ca revoked", "ca added"])
        self.first.restart()
        states = {one["name"]: one["state"] for one in self.first.cli("ca", "list")}
        self.assertEqual(states, {"root": "online", "issuing-1": "active", "issuing-2": "revoked"})
        self.assertIn(b"revoked", self.call(self.first, *caller)[1])
        # The database lets nobody take it back.
        done = subprocess.run([throwaway.program("psql", "/usr/lib/postgresql/*/bin/psql"), self.url, "-c",
                               "delete from revoked_authorities"], capture_output=True, text=True, timeout=60)
        self.assertNotEqual(done.returncode, 0)

    def test_an_offline_root_lists_a_revoked_ca(self):
        self.first.cli("ca", "add", "issuing-2")
        caller = self.certified_by("issuing-2", "bad")
        self.wait_for(lambda: get(self.first.http + "/pki/crl/root.crl")[0] == 200, "the root's CRL is not there")
        vault, pki = self.folder / "vault", self.first.home / "pki"
        vault.mkdir()
        (pki / "root.key").rename(vault / "root.key")
        (vault / "root.pem").write_bytes((pki / "root.pem").read_bytes())
        ca = self.ca_files(self.first)
        previous = self.file("previous.crl", get(self.first.http + "/pki/crl/root.crl")[2])
        sign = ("ca", "sign-crl", "--root-key", vault / "root.key", "--root", vault / "root.pem", "--out")
        empty, listed = self.file("empty.crl"), self.file("listed.crl")
        self.first.cli(*sign, empty, "--previous", previous)
        self.first.cli(*sign, listed, "--previous", empty, "--revoke", ca["Issuing CA 2"], "--reason", "cACompromise",
                       "--days", "200")
        self.refused("ca", "crl", listed, part="in force here")
        said = self.first.cli("ca", "revoke", "issuing-2", "--reason", "cACompromise")
        self.assertFalse(said["listed"])
        # In force before the root has said anything.
        self.assertIn(b"revoked", self.call(self.first, *caller)[1])
        self.refused("ca", "crl", empty, part="does not list the CA issuing-2")
        bad = bytearray(listed.read_bytes())
        bad[-1] ^= 1
        self.refused("ca", "crl", self.file("bad.crl", bytes(bad)), part="not signed by the CA")
        self.refused("ca", "crl", self.file("other.crl", get(self.first.http + "/pki/crl/issuing-1.crl")[2]), part="another CA's")
        self.first.cli("ca", "crl", listed)
        self.refused("ca", "crl", listed, part="higher one")
        self.assertIn("CA Compromise", self.root_crl(self.first)[1])
        self.assertFalse(self.chain_is_good(self.first, ca["Root CA"], ca["Issuing CA 2"], caller[1], "issuing-2"))
        self.refused(*sign, self.file("again.crl"), "--previous", listed, "--revoke", ca["Issuing CA 2"], "--reason",
                     "superseded", part="already")
        self.refused(*sign, self.file("again.crl"), "--revoke", vault / "root.pem", part="go together")
        self.assertIn("root crl taken in", [one["action"] for one in self.first.cli("cert", "history")])

    def test_a_ca_whose_command_was_cut_off_is_published(self):
        key = (self.first.home / "pki" / "issuing.key").read_bytes()
        self.refused("ca", "add", "issuing", part="is there already")
        self.assertEqual((self.first.home / "pki" / "issuing.key").read_bytes(), key)
        self.first.cli("ca", "add", "issuing-2")
        self.first.stop()
        # As a crash leaves it: the files are there, and the register knows nothing.
        for table, column, name in (("trusted_cas", "name", "CN=Hutong Issuing CA 2,O=Hutong"), ("crls", "ca", "issuing-2")):
            done = subprocess.run([throwaway.program("psql", "/usr/lib/postgresql/*/bin/psql"), self.url, "-c",
                                   f"delete from {table} where {column} = '{name}'"], check=True, capture_output=True,
                                  text=True, timeout=60)
            self.assertIn("DELETE 1", done.stdout)
        self.first.start()
        self.wait_for(lambda: "Issuing CA 2" in self.ca_files(self.first), "the CA is not published")
        self.wait_for(lambda: get(self.first.http + "/pki/crl/issuing-2.crl")[0] == 200, "its CRL is not there")
        self.assertIn("HT4023", self.first.log.read_text())

    def test_profiles_of_machines(self):
        _, request = self.key_and_request("machine", "rsa")
        for profile, options, parts in (
                ("tls_server", ["--name", "tax.test", "--dns", "tax.test", "--dns", "127.0.0.1"],
                 ["TLS Web Server Authentication", "DNS:tax.test, IP Address:127.0.0.1", "OCSP - URI:"]),
                ("tsa", ["--name", "Time 1"], ["X509v3 Extended Key Usage: critical", "Time Stamping"]),
                ("ocsp_signing", ["--name", "OCSP"], ["OCSP Signing", "OCSP No Check"])):
            with self.subTest(profile):
                certificate = self.file("machine.pem")
                self.first.cli("cert", "issue", "--csr", request, "--profile", profile, *options, "--out", certificate)
                text = openssl("x509", "-in", certificate, "-noout", "-text")
                for part in parts:
                    self.assertIn(part, text)
        self.refused("cert", "issue", "--csr", request, "--profile", "tls_server", "--name", "a", "--out",
                     self.file("x.pem"), part="needs a DNS name")
        node = self.first.cli("status")["node"]
        self.refused("cert", "issue", "--csr", request, "--profile", "gateway_signing", "--name", f"gateway {node}",
                     "--out", self.file("x.pem"), part="made by nodes for themselves")
        self.refused("cert", "issue", "--csr", request, "--profile", "root", "--name", "a", "--out", self.file("x.pem"),
                     part="agency_signing")

    def test_bad_questions_get_small_answers(self):
        url = self.first.http + "/pki/ocsp"
        for question in (b"", b"\x30\x00", b"x" * 100_000, b"\x30\x84\xff\xff\xff\xff"):
            status, _, answer = post(self.first.http, question, "/pki/ocsp")
            self.assertEqual((status, answer), (200, bytes.fromhex("30030a0101")), question[:10])
        self.assertEqual(get(url)[2], bytes.fromhex("30030a0101"))
        # A certificate of somebody else's CA: nothing is said about it.
        other, other_key = self.file("other.pem"), self.file("other.key")
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", other_key,
                "-subj", "/CN=Other", "-out", other)
        said = openssl("ocsp", "-url", url, "-issuer", other, "-serial", "1", check=False)
        self.assertIn("unauthorized (6)", said)


if __name__ == "__main__":
    suite.main()

"""Attacks on the whole gateway: what a message is bound to besides its signature, and what must not wear it out."""
import base64
import gzip
import os
import pathlib
import re
import ssl
import stat
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "integration"))

import lxml.etree
import registry_case
import suite
import xmlsec
from echo_backend import envelope
from echo_platform import EchoPlatform
from wss_sign import DS, WSA, WSSE, WSU, signed

P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
WSSE11 = "http://docs.oasis-open.org/wss/oasis-wss-wssecurity-secext-1.1.xsd"
ACTION = "urn:test:echo/Echo"
MAX_ROOT_BYTES = 8 << 20      # the default
PARTS = {"Content-Type": 'multipart/related; boundary=b; type="text/xml"; start="<root>"'}


def addressing(**blocks):
    return "".join(f'<a:{name} xmlns:a="{WSA}">{text}</a:{name}>' for name, text in blocks.items())


def multipart(root, kind="text/xml; charset=utf-8", attachments=0):
    parts = [f"Content-Type: {kind}\r\nContent-ID: <root>\r\n\r\n".encode() + root]
    parts += [b"Content-Type: text/plain\r\nContent-ID: <p%d>\r\n\r\nx" % i for i in range(attachments)]
    return b"".join(b"--b\r\n" + part + b"\r\n" for part in parts) + b"--b--\r\n"


class Attacks:
    """A platform, and how a message is sent that it should take and one that it should not."""

    as_tree = False

    @classmethod
    def setUpClass(cls):
        cls.platform = EchoPlatform()

    @classmethod
    def tearDownClass(cls):
        cls.platform.stop()

    def setUp(self):
        self.platform.backend.received.clear()

    def message(self, header="", parts=("Body", "Timestamp", "Action", "To", "MessageID"), text="企业"):
        return self.signed(envelope(text, header), parts=parts)

    def signed(self, text, caller=None, **options):
        caller = caller or self.platform.caller
        return signed(text, caller.key, caller.certificate, as_tree=self.as_tree, **options)

    def accepted(self, body, **options):
        status, _, text = self.platform.post(body, **options)
        self.assertEqual(status, 200, text)
        self.platform.backend.received.clear()

    def refused(self, body, *words, **options):
        status, _, text = self.platform.post(body, **options)
        self.assertNotEqual(status, 200, "the attack was accepted")
        for word in words:
            self.assertIn(word.encode(), text)
        self.assertEqual(self.platform.backend.received, [])
        return text


class OnBothPaths(Attacks):
    """What is refused whichever reader the form of the message is for."""

    def test_which_reader_decides(self):
        """What is read as a tree may be no longer than xml.max_root_bytes; what is read in one pass may."""
        long = self.message(text="x" * MAX_ROOT_BYTES)
        if self.as_tree:
            self.refused(long, "not of a form that is read in one pass")
        else:
            self.accepted(long)
        self.accepted(self.message())

    # What the signature does not cover must agree with what it does.

    def test_soap_action_of_another_operation(self):
        self.accepted(self.message(), headers={"SOAPAction": '""'})
        self.refused(self.message(), "SOAPAction", headers={"SOAPAction": '"urn:test:echo/Delete"'})

    def test_wsa_action_of_another_operation(self):
        self.accepted(self.message(addressing(Action=ACTION)))
        self.refused(self.message(addressing(Action="urn:test:echo/Delete")), "wsa:Action")

    def test_two_wsa_actions(self):
        self.refused(self.message(addressing(Action="urn:a") + addressing(Action="urn:b")))

    def test_wsa_to_of_another_service(self):
        ours = self.platform.daemon.https + "/services/gs/echo"
        for to in (ours, "/services/gs/echo", WSA + "/anonymous"):
            self.accepted(self.message(addressing(To=to)))
        for to in (self.platform.daemon.https + "/services/gs/plain", "https://elsewhere.example/services/gs/echo",
                   ours + "/", ours + "?x", "urn:else", ""):
            self.refused(self.message(addressing(To=to)), "wsa:To")

    def test_two_wsa_to(self):
        ours = self.platform.daemon.https + "/services/gs/echo"
        self.refused(self.message(addressing(To=ours) + addressing(To=ours)))

    def test_unsigned_wsa_header(self):
        ours = self.platform.daemon.https + "/services/gs/echo"
        self.accepted(self.message(addressing(To=ours)))
        self.refused(self.message(addressing(To=ours), parts=("Body", "Timestamp")), "FailedCheck")

    def test_second_operation_in_the_body(self):
        two = envelope("x").replace(b"</e:Body>", b'<t:Delete xmlns:t="urn:test:echo"/></e:Body>')
        self.refused(self.signed(two), "exactly one element")

    def test_the_answer_confirms_the_request(self):
        """Else the signed answer to another call could be given to the caller (WSS 1.1 SignatureConfirmation)."""
        daemon = self.platform.daemon
        policy = daemon.folder / "confirmed.toml"
        policy.write_text("preset = 'sign'\nsignature_confirmation = true\n", encoding="utf-8")
        daemon.publish(registry_case.write_wsdl(daemon.folder), "gs", "confirmed", endpoint=self.platform.backend.url,
                       policy=str(policy))
        daemon.grant("tax", "gs/confirmed")
        self.assertNotIn(b"SignatureConfirmation", self.platform.post(self.message())[2])
        for message in (self.message(), self.message(text="another")):
            status, _, text = self.platform.post(message, path="/services/gs/confirmed")
            self.assertEqual(status, 200, text)
            root = lxml.etree.fromstring(text)
            security = root.find(f".//{{{WSSE}}}Security")
            value = re.search(rb"<ds:SignatureValue>([^<]*)<", message).group(1)
            confirmation, = security.findall(f"{{{WSSE11}}}SignatureConfirmation")
            self.assertEqual(confirmation.get("Value"), b"".join(value.split()).decode())
            signature = security.find(f"{{{DS}}}Signature")
            self.assertIn("#" + confirmation.get(f"{{{WSU}}}Id"),
                          [reference.get("URI") for reference in signature.iter(f"{{{DS}}}Reference")])
            xmlsec.tree.add_ids(root, ["Id"])
            context = xmlsec.SignatureContext()
            context.key = xmlsec.Key.from_memory(base64.b64decode(security.findtext(f"{{{WSSE}}}BinarySecurityToken")),
                                                 xmlsec.KeyFormat.CERT_DER)
            context.verify(signature)

    # Replay.

    def test_replay(self):
        message = self.message()
        self.accepted(message)
        self.refused(message, "received before")

    def test_replay_with_the_other_ecdsa_value(self):
        message = self.message()
        self.accepted(message)
        old = re.search(rb"<ds:SignatureValue>([^<]*)<", message).group(1)
        raw = base64.b64decode(old)
        other = raw[:32] + (P256_ORDER - int.from_bytes(raw[32:], "big")).to_bytes(32, "big")
        self.refused(message.replace(old, base64.b64encode(other)), "received before")

    def test_replay_in_other_bytes(self):
        message = self.message()
        self.accepted(message)
        old = re.search(rb"<ds:SignatureValue>([^<]*)<", message).group(1)
        self.refused(message.replace(old, b"\n" + old + b"\n"), "received before")
        self.refused(message.replace(b"</e:Header>", b"<n/></e:Header>"), "received before")
        self.refused(gzip.compress(message), "received before", headers={"Content-Encoding": "gzip"})
        self.refused(message.decode().replace("UTF-8", "UTF-16").encode("utf-16"), "received before",
                     headers={"Content-Type": "text/xml"})

    def test_replay_of_a_signed_message_id(self):
        first = self.message(addressing(MessageID="urn:uuid:1"))
        self.accepted(first)
        self.refused(self.message(addressing(MessageID="urn:uuid:1")), "received before")

    def test_replay_under_another_certificate_of_the_same_key(self):
        """The token is not signed, so the certificate can be exchanged for another of the same key."""
        daemon = self.platform.daemon
        first = daemon.issue("tax", name="renewed")
        renewed = daemon.folder / "renewed-again.pem"
        daemon.cli("cert", "issue", "--csr", daemon.folder / "renewed.csr", "--consumer", "tax", "--out", renewed)
        message = self.signed(envelope("x"), first)
        self.accepted(message)
        old, new = (ssl.PEM_cert_to_DER_cert(re.search("-----BEGIN.*?END CERTIFICATE-----", file.read_text(), re.S).group())
                    for file in (first.certificate, renewed))
        self.refused(message.replace(base64.b64encode(old), base64.b64encode(new)), "received before")

    def test_replay_after_a_restart(self):
        message = self.message()
        self.accepted(message)
        self.platform.daemon.restart()
        self.refused(message, "received before")

    # Wearing it out.

    def test_gzip_bomb(self):
        """The message goes the way of its form until its Body never ends."""
        message = self.message()
        bomb = message.replace(b"</e:Body>", b" " * (64 << 20) + b"</e:Body>")
        self.refused(gzip.compress(bomb), "inflates more than", headers={"Content-Encoding": "gzip"})
        self.refused(gzip.compress(b" " * (64 << 20)), headers={"Content-Encoding": "gzip"})
        self.accepted(gzip.compress(message), headers={"Content-Encoding": "gzip"})

    def test_too_many_mime_parts(self):
        self.platform.sign_attachments(False)
        self.addCleanup(self.platform.sign_attachments, True)
        self.accepted(multipart(self.message(), attachments=63), headers=PARTS)
        self.refused(multipart(self.message(), attachments=64), "parts", headers=PARTS)

    def test_unsigned_attachments(self):
        self.accepted(multipart(self.message()), headers=PARTS)
        self.refused(multipart(self.message(), attachments=1), "FailedCheck", headers=PARTS)
        self.platform.sign_attachments(False)
        self.addCleanup(self.platform.sign_attachments, True)
        self.accepted(multipart(self.message(), attachments=1), headers=PARTS)


class InOnePass(OnBothPaths, unittest.TestCase):
    pass


class AsTree(OnBothPaths, unittest.TestCase):
    as_tree = True


class Gateway(Attacks, unittest.TestCase):
    """What does not depend on the reader."""

    # The same bytes must mean the same to the next reader.

    def test_byte_order_mark_and_another_encoding(self):
        text = self.message(text="x").replace(b"<?xml version='1.0' encoding='UTF-8'?>", b"")
        lie = b"\xef\xbb\xbf<?xml version='1.0' encoding='ISO-8859-1'?>"
        self.refused(lie + text, "encoding")

    def test_header_shifts_what_is_cut_out(self):
        """In another encoding one byte of the message is two of the parser's: ranges would be cut beside their place."""
        text = self.message(text="x").replace(b"<?xml version='1.0' encoding='UTF-8'?>", b"")
        text = text.replace(b"<e:Header>", b"<e:Header><n>" + "é".encode("latin-1") * 5000 + b"</n>")
        padded = b"<?xml version='1.0'" + b" " * 600 + b"encoding='ISO-8859-1'?>"
        status, _, answer = self.platform.post(padded + text, headers={"Content-Type": "text/xml"})
        self.assertEqual(status, 200, answer)
        (_, body), = self.platform.backend.received
        self.assertIn("<n>".encode() + "é".encode() * 5000 + b"</n>", body)
        self.assertNotIn(b"Security", body)
        self.assertTrue(body.endswith(b">x</t:Echo></e:Body></e:Envelope>"))

    # Wearing it out.

    def test_entity_bomb(self):
        bomb = b"<!DOCTYPE l [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>]>"
        self.refused(bomb + envelope("&b;"), "DTD")

    def test_external_entity(self):
        self.refused(b"<!DOCTYPE l [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>" + envelope("&a;"), "DTD")

    # What a stranger learns.

    def test_one_text_for_every_reason(self):
        """Before the signature has verified nothing says how far a message came."""
        good = self.message(text="12345").decode()
        value = re.search("<ds:SignatureValue>([^<]*)<", good).group(1)
        digest = re.search("<ds:DigestValue>([^<]*)<", good).group(1)
        certificate = re.search("BinarySecurityToken[^>]*>([^<]*)<", good).group(1)
        attempts = [
            good.replace("12345", "12346"),
            good.replace(value, base64.b64encode(bytes(64)).decode()),
            good.replace(digest, base64.b64encode(bytes(32)).decode()),
            good.replace(certificate, "AAAA"),
            good.replace("ecdsa-sha256", "ecdsa-sha1"),
            good.replace('URI="#Body"', 'URI="#nobody"'),
            good.replace("</e:Header>", '<n Id="Body"/></e:Header>'),
            self.message(parts=("Body",)).decode(),
        ]
        texts = set()
        for attempt in attempts:
            self.assertNotEqual(attempt, good)
            text = self.refused(attempt.encode(), "FailedCheck").decode()
            text = re.sub("<(faultcode|faultstring)[^>]*>", r"<\1>", text)
            texts.add(re.sub(r"[0-9A-HJKMNP-TV-Z]{26}", "", re.search("<faultcode>.*</faultstring>", text).group()))
        self.assertEqual(len(texts), 1, texts)

    # The administrator's door.

    def test_admin_socket_and_keys_are_the_owners_alone(self):
        for path in (self.platform.daemon.home / "run" / "admin.sock", *self.platform.daemon.home.rglob("*.key"),
                     *self.platform.daemon.home.rglob("*.pem")):
            mode = stat.S_IMODE(os.stat(path).st_mode)
            if path.suffix == ".pem" and b"PRIVATE KEY" not in path.read_bytes():
                continue
            self.assertEqual(mode & 0o077, 0, path)


if __name__ == "__main__":
    suite.main()

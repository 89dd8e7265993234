"""Evidence: a call exported and checked where nothing of the gateway is, every altered byte named, a rewritten journal
caught by the heads kept elsewhere, timestamps by the platform and by an authority outside."""
import http.client
import http.server
import json
import os
import random
import re
import shutil
import subprocess
import threading
import time
import unittest
import urllib.error
import urllib.parse
import urllib.request
import zipfile

import evidence_verifier
import journal_forger
import registry_case
import suite
import throwaway
from echo_platform import EchoPlatform, set_values
from hutong_daemon import hutong_binary

def self_signed(pem_file, folder):
    """The root of a file with several certificates."""
    for number, pem in enumerate(re.findall(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n",
                                            pem_file.read_text(), re.S)):
        path = folder / f"ca-{number}.pem"
        path.write_text(pem)
        if subprocess.run(["openssl", "verify", "-CAfile", path, path], capture_output=True).returncode == 0:
            return path
    raise AssertionError("no root in " + str(pem_file))


def clean_machine(*arguments):
    """hutong without a home, an environment or a network, as on a machine that never saw the gateway."""
    folder = throwaway.folder("ht-clean-")
    try:
        return subprocess.run(["unshare", "--net", hutong_binary(), *map(str, arguments), "--json"], capture_output=True,
                              text=True, timeout=60, cwd=folder, env={"PATH": os.environ["PATH"], "HOME": str(folder)})
    finally:
        assert not list(folder.iterdir())
        shutil.rmtree(folder)


class EvidenceCase(unittest.TestCase):
    configuration = {}

    @classmethod
    def setUpClass(cls):
        cls.elsewhere = throwaway.folder("ht-else-")
        heads = {"interval": 1, "folder": str(cls.elsewhere)} | cls.configuration.get("journal.heads", {})
        cls.platform = EchoPlatform(configuration=cls.configuration | {"journal.heads": heads})
        cls.daemon = cls.platform.daemon
        try:
            wsdl = registry_case.write_wsdl(cls.daemon.folder)
            for level in ("full", "evidence", "metadata", "none"):
                cls.daemon.publish(wsdl, "gs", level, endpoint=cls.platform.backend.url, options=("--journal", level))
                cls.daemon.grant("tax", "gs/" + level)
            cls.root = self_signed(cls.daemon.ca_file(), cls.daemon.folder)
        except BaseException:
            cls.tearDownClass()
            raise

    @classmethod
    def tearDownClass(cls):
        cls.platform.stop()
        shutil.rmtree(cls.elsewhere, ignore_errors=True)

    def call(self, level="full", text="企业"):
        status, headers, body = self.platform.post(self.platform.message(text), f"/services/gs/{level}")
        self.assertEqual(status, 200, body)
        return headers["Hutong-Exchange"]

    def export(self, exchange, *options):
        archive = self.daemon.folder / f"{exchange}.zip"
        said = self.daemon.cli("journal", "export", exchange, "--out", archive, *options)
        return archive, said

    def checks(self, archive, *options):
        done = clean_machine("journal", "verify", archive, "--root", self.root, *options)
        said = json.loads(done.stdout)
        self.assertEqual(done.returncode == 0, said["intact"])
        return said

    def verdicts(self, said, what):
        return [check["verdict"] for check in said["checks"] if check["check"] == what]

    def wait_for(self, question, what, seconds=30):
        deadline = time.monotonic() + seconds
        while not question():
            self.assertLess(time.monotonic(), deadline, what)
            time.sleep(0.1)

    def place(self, name):
        place, = [one for one in self.daemon.cli("status")["journal"]["heads"] if name in one["place"]]
        return place


class Exports(EvidenceCase):
    def test_a_zip_is_verified_with_the_root_alone(self):
        archive, said = self.export(self.call())
        self.assertTrue(said["timestamped"])
        found = self.checks(archive)
        self.assertTrue(found["intact"], found)
        for check in found["checks"]:
            self.assertEqual(check["verdict"], "ok", check)
        for what, count in {"message": 2, "signature": 2, "certificate": 2, "revocation": 2}.items():
            self.assertEqual(self.verdicts(found, what), ["ok"] * count, what)
        self.assertIn("self-attested", str(found["checks"]))
        held = evidence_verifier.verify(archive, self.root)
        for what in ("manifest", "proofs", "request", "response", "trust", "head"):
            self.assertIn(what, held)
        self.assertEqual(held.count("signature"), 2)
        self.assertGreaterEqual(held.count("revocation"), 2)
        self.assertTrue([one for one in held if one.startswith("timestamp")])

    def test_it_shows_nothing_of_others(self):
        secret = "somebody-elses-secret"
        self.call(text=secret)
        archive, _ = self.export(self.call())
        with zipfile.ZipFile(archive) as opened:
            self.assertFalse([name for name in opened.namelist() if secret.encode() in opened.read(name)])

    def test_one_flipped_byte_anywhere_is_named(self):
        archive, _ = self.export(self.call())
        with zipfile.ZipFile(archive) as opened:
            files = {name: opened.read(name) for name in opened.namelist()}
        self.assertGreaterEqual(len(files), 15)
        altered, tried = self.daemon.folder / "altered.zip", 0
        for name, content in files.items():
            for offset in sorted({0, 5, 40, len(content) // 3, len(content) // 2, len(content) - 40, len(content) - 1}):
                if not 0 <= offset < len(content):
                    continue
                other = content[:offset] + bytes([content[offset] ^ 1]) + content[offset + 1:]
                with zipfile.ZipFile(altered, "w") as opened:
                    for each, text in (files | {name: other}).items():
                        opened.writestr(each, text)
                found = self.checks(altered)
                where = f"{name} byte {offset}: {found}"
                self.assertFalse(found["intact"], where)
                named = [check for check in found["checks"] if check["verdict"] == "FAILED" and check["file"] == name]
                self.assertTrue(named or name == "manifest.json" and "manifest.json" in str(found["checks"]), where)
                tried += 1
        print(f"... {tried} flipped bytes in {len(files)} files, each named", flush=True)

    def test_a_flipped_byte_of_the_zip_itself_is_named(self):
        archive, _ = self.export(self.call())
        whole, altered = archive.read_bytes(), self.daemon.folder / "altered.zip"
        self.assertNotIn("container", self.checks(archive))
        with zipfile.ZipFile(archive) as opened:
            entries = opened.infolist()
        chance = random.Random(20261124)
        # Any bytes; of a header all; and the end of the directory, which a reader of zips believes first.
        tried = chance.sample(range(len(whole)), 60) + list(range(entries[1].header_offset, entries[1].header_offset + 30)) \
            + list(range(len(whole) - 22, len(whole)))
        for offset in tried:
            altered.write_bytes(whole[:offset] + bytes([whole[offset] ^ (1 << chance.randrange(8))]) + whole[offset + 1:])
            found = self.checks(altered)
            self.assertFalse(found["intact"], offset)
            self.assertRegex(found["container"], r"offset \d+", offset)

    def test_a_zip_packed_anew_is_proven_and_told_from_the_export(self):
        archive, _ = self.export(self.call())
        packed = self.daemon.folder / "packed.zip"
        with zipfile.ZipFile(archive) as opened, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as other:
            for name in opened.namelist():
                other.writestr(name, opened.read(name))
        found = self.checks(packed)
        self.assertEqual((found["verdict"], found["intact"]), ("REPACKED", False))
        self.assertEqual([check for check in found["checks"] if check["verdict"] == "FAILED"], [])
        self.assertIn("head", evidence_verifier.verify(packed, self.root))

    def test_another_platforms_root_vouches_for_nothing(self):
        archive, _ = self.export(self.call())
        other = self.daemon.folder / "other"
        subprocess.run(["openssl", "req", "-x509", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-subj",
                        "/CN=Hutong Root CA", "-keyout", f"{other}.key", "-out", f"{other}.pem"], check=True, capture_output=True)
        done = clean_machine("journal", "verify", archive, "--root", f"{other}.pem")
        self.assertEqual(done.returncode, 1)
        said = json.loads(done.stdout)
        for what in ("certificate", "timestamp", "head"):
            self.assertNotIn("ok", self.verdicts(said, what))

    def test_what_each_level_proves(self):
        said = {}
        for level in ("full", "evidence", "metadata"):
            archive, _ = self.export(self.call(level))
            said[level] = self.checks(archive)
            self.assertTrue(said[level]["intact"], said[level])
            self.assertNotIn("not checked", self.verdicts(said[level], "proof"))
            evidence_verifier.verify(archive, self.root)
        self.assertEqual(self.verdicts(said["full"], "message"), ["ok", "ok"])
        for level, words in (("evidence", "Security header only"), ("metadata", "digest only")):
            self.assertEqual(self.verdicts(said[level], "message"), ["not checked"] * 2)
            self.assertIn(words, str(said[level]["checks"]))
        archive, _ = self.export(self.call("none"))     # that it was taken, for the replay window, and no more
        with zipfile.ZipFile(archive) as opened:
            record, = [one for one in json.loads(opened.read("records.json")) if one["kind"] == "request"]
        self.assertEqual((record["consumer"], record["service"], record["message_bytes"]), ("", "", 0))
        self.assertTrue(self.checks(archive)["intact"])

    def test_what_is_not_sealed_is_under_the_signed_head(self):
        exchange = self.call()
        self.daemon.wait_for_heads()
        archive, said = self.export(exchange, "--no-seal")
        self.assertFalse(said["timestamped"])
        found = self.checks(archive)
        self.assertTrue(found["intact"], found)
        self.assertIn("not checked", self.verdicts(found, "timestamp"))
        self.assertIn("under the root of the head", str(found["checks"]))
        self.assertIn("head", evidence_verifier.verify(archive, self.root))
        with zipfile.ZipFile(archive) as opened:
            self.assertIn("not sealed yet", opened.read("README.txt").decode())

    def test_a_later_revocation_does_not_spoil_what_was_good(self):
        caller = self.platform.caller
        self.platform.caller = self.daemon.issue("tax", "p256", "tax-later")
        try:
            exchange = self.call()
            self.daemon.cli("cert", "revoke", self.platform.caller.serial, "--reason", "keyCompromise")
        finally:
            self.platform.caller = caller
        archive, _ = self.export(exchange)
        found = self.checks(archive)
        self.assertTrue(found["intact"], found)
        self.assertEqual(self.verdicts(found, "revocation"), ["ok", "ok"])

    def test_the_built_in_authority_answers_openssl(self):
        folder = self.daemon.folder
        (folder / "data").write_text("anything")
        subprocess.run(["openssl", "ts", "-query", "-data", "data", "-sha256", "-cert", "-out", "query"], cwd=folder, check=True,
                       capture_output=True)
        request = urllib.request.Request(self.daemon.http + "/pki/tsa", (folder / "query").read_bytes(),
                                         {"Content-Type": "application/timestamp-query"})
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with direct.open(request, timeout=30) as answer:
            self.assertEqual(answer.headers["Content-Type"], "application/timestamp-reply")
            (folder / "reply").write_bytes(answer.read())
        done = subprocess.run(["openssl", "ts", "-verify", "-queryfile", "query", "-in", "reply", "-CAfile", self.root],
                              cwd=folder, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        for data, kind, status in ((b"x", "text/plain", 415), (b"x" * 70_000, "application/timestamp-query", 413)):
            with self.assertRaises(urllib.error.HTTPError) as caught:
                direct.open(urllib.request.Request(self.daemon.http + "/pki/tsa", data, {"Content-Type": kind}), timeout=30)
            self.assertEqual(caught.exception.code, status)
        # Each stamp is a signature, and anyone may ask: one address gets so many in a minute.
        connection = http.client.HTTPConnection(urllib.parse.urlsplit(self.daemon.http).netloc, timeout=30)
        statuses = []
        while 429 not in statuses:
            self.assertLess(len(statuses), 400)
            connection.request("POST", "/pki/tsa", b"x", {"Content-Type": "application/timestamp-query"})
            answer = connection.getresponse()
            answer.read()
            statuses.append(answer.status)
        connection.close()
        self.assertEqual(set(statuses), {200, 429})


class Heads(EvidenceCase):
    """In the order of their names: the last one forges the journal."""

    def verify(self, *options):
        return subprocess.run([hutong_binary(), "journal", "verify", "--home", self.daemon.home, "--json", *map(str, options)],
                              capture_output=True, text=True, timeout=120)

    def test_1_an_honest_journal_agrees_with_all_places(self):
        for _ in range(3):
            self.call()
            time.sleep(1.1)
        self.daemon.cli("journal", "export", self.call(), "--out", self.daemon.folder / "one.zip")
        self.daemon.wait_for_heads()
        said = json.loads(self.verify().stdout)
        self.assertTrue(said["intact"])
        self.assertEqual(said["not_compared"], [])
        self.assertGreater(said["heads"], 4)
        self.assertGreater(said["timestamped"], 0)
        self.assertEqual(said["distrusted"], 0)

    def test_2_a_place_that_is_away_is_said_once_and_harms_nobody(self):
        aside = self.elsewhere.with_name(self.elsewhere.name + "-aside")
        self.elsewhere.rename(aside)
        self.elsewhere.write_text("no folder")
        try:
            for _ in range(3):
                self.call()
                time.sleep(1.1)
            self.wait_for(lambda: not self.place("folder")["up"], "the place is not said to be away")
            self.assertTrue(self.place("database")["up"])
            self.assertIn("folder", str(self.place("folder")["error"]) + self.place("folder")["place"])
            doctor = subprocess.run([hutong_binary(), "doctor", "--home", self.daemon.home], capture_output=True, text=True)
            self.assertIn("journal heads", doctor.stdout)
        finally:
            self.elsewhere.unlink()
            aside.rename(self.elsewhere)
        self.wait_for(lambda: self.place("folder")["up"], "the place did not come back")
        log = self.daemon.log.read_text()
        self.assertEqual(log.count("HT6020"), 1, log)
        self.daemon.wait_for_heads()

    def test_3_rows_in_the_database_stay(self):
        # The forger's way into the database is closed by its triggers; psql as its owner tries.
        socket = self.daemon.home / "pg" / "run"
        psql = throwaway.program("psql", "/usr/lib/postgresql/*/bin/psql")
        names = [one.name for one in socket.iterdir() if one.name.startswith(".s.PGSQL.") and "lock" not in one.name]
        port = names[0].rsplit(".", 1)[1]
        for statement in ("delete from journal_heads", "update journal_heads set head = ''", "truncate journal_heads"):
            done = subprocess.run([psql, "-h", socket, "-p", port, "-U", "hutong", "-d", "hutong", "-c", statement],
                                  capture_output=True, text=True, timeout=30)
            self.assertNotEqual(done.returncode, 0)
            self.assertIn("journal heads are kept as they are", done.stderr)

    def test_4_a_journal_rewritten_from_the_middle_is_caught(self):
        self.daemon.stop()
        forged = journal_forger.forge(self.daemon.home, b"gs/full", b"gs/null")
        self.assertIsNotNone(forged)
        # By itself, with its own heads, it fits.
        aside = self.elsewhere.with_name(self.elsewhere.name + "-aside")
        self.elsewhere.rename(aside)
        alone = self.verify()
        self.assertEqual(alone.returncode, 0, alone.stderr)
        self.assertEqual(len(json.loads(alone.stdout)["not_compared"]), 2)
        # The second place knows better, and so does the database.
        aside.rename(self.elsewhere)
        caught = self.verify()
        self.assertEqual(caught.returncode, 1)
        self.assertIn("the journal was altered", caught.stderr)
        self.assertIn(str(self.elsewhere), caught.stderr)
        place = re.search(r"record (\d+) at offset \d+: .*after record (\d+)|record (\d+) at offset", caught.stderr)
        self.assertTrue(place, caught.stderr)
        if place.group(1):
            self.assertLess(int(place.group(2)), forged)
            self.assertGreaterEqual(int(place.group(1)), forged)
        self.elsewhere.rename(aside)
        self.daemon.start()
        try:
            by_database = self.verify()
            self.assertEqual(by_database.returncode, 1)
            self.assertIn("kept in the database", by_database.stderr)
        finally:
            aside.rename(self.elsewhere)


class OutsideAuthority:
    """RFC 3161 over HTTP by `openssl ts -reply`, with a root of its own."""

    def __init__(self):
        self.folder = throwaway.folder("ht-tsa-")
        self.away, self.tampering = False, False
        (self.folder / "conf").write_text(
            "[tsa]\nserial = serial\ncrypto_device = builtin\nsigner_digest = sha256\ndefault_policy = 1.2.3.4.1\n"
            "digests = sha256\naccuracy = secs:1\n[ext]\nbasicConstraints = critical,CA:FALSE\nkeyUsage = critical,"
            "digitalSignature\nextendedKeyUsage = critical,timeStamping\n")
        for command in (
                "req -x509 -nodes -newkey rsa:2048 -subj /CN=TSA-Root -keyout root.key -out root.pem -days 30",
                "req -nodes -newkey rsa:2048 -subj /CN=Outside-TSA -keyout tsa.key -out tsa.csr",
                "x509 -req -in tsa.csr -CA root.pem -CAkey root.key -CAcreateserial -days 20 -extfile conf -extensions ext "
                "-out tsa.pem"):
            subprocess.run(["openssl", *command.split()], cwd=self.folder, check=True, capture_output=True)
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                query = self.rfile.read(int(self.headers["Content-Length"]))
                answer = b"" if outer.away else outer.reply(query)
                self.send_response(503 if outer.away else 200)
                self.send_header("Content-Type", "application/timestamp-reply")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/tsa"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def reply(self, query):
        if self.tampering:      # an old answer, to another query
            (self.folder / "old").write_text("something else")
            subprocess.run(["openssl", "ts", "-query", "-data", "old", "-sha256", "-cert", "-out", "query"], cwd=self.folder,
                           check=True, capture_output=True)
        else:
            (self.folder / "query").write_bytes(query)
        subprocess.run(["openssl", "ts", "-reply", "-config", "conf", "-section", "tsa", "-queryfile", "query", "-signer", "tsa.pem",
                        "-inkey", "tsa.key", "-chain", "root.pem", "-out", "reply"], cwd=self.folder, check=True,
                       capture_output=True)
        return (self.folder / "reply").read_bytes()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
        shutil.rmtree(self.folder, ignore_errors=True)


class Outside(EvidenceCase):
    @classmethod
    def setUpClass(cls):
        cls.authority = OutsideAuthority()
        cls.received = []

        class Keeper(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                cls.received.append(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_):
                pass

        cls.keeper = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Keeper)
        threading.Thread(target=cls.keeper.serve_forever, daemon=True).start()
        # A path that is absolute stays what it is below the home.
        cls.configuration = {
            "journal.timestamp": {"url": cls.authority.url, "roots": [str(cls.authority.folder / "root.pem")]},
            "journal.heads": {"url": f"http://127.0.0.1:{cls.keeper.server_port}/heads"},
            "journal": {"keep": "2s", "archive": "archive"}}
        super().setUpClass()

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        cls.authority.stop()
        cls.keeper.shutdown()
        cls.keeper.server_close()

    def test_an_authority_outside_is_believed_by_its_own_root(self):
        archive, said = self.export(self.call())
        self.assertTrue(said["timestamped"])
        self.assertIn("not checked", self.verdicts(self.checks(archive), "timestamp"))
        found = self.checks(archive, "--tsa-root", self.authority.folder / "root.pem")
        self.assertEqual(set(self.verdicts(found, "timestamp")), {"ok"})
        self.assertNotIn("self-attested", str(found["checks"]))
        self.assertIn("Outside-TSA", str(found["checks"]))

    def test_an_authority_that_is_away_or_lies_stops_no_call(self):
        for wrong in ("away", "tampering"):
            setattr(self.authority, wrong, True)
            try:
                archive, said = self.export(self.call())
                self.assertFalse(said["timestamped"])
                sealed = self.daemon.cli("status")["journal"]["sealed"]["timestamps"]
                self.assertFalse(sealed["up"])
                self.assertGreater(sealed["waiting"], 0)
            finally:
                setattr(self.authority, wrong, False)
            self.wait_for(lambda: self.daemon.cli("status")["journal"]["sealed"]["timestamps"]["waiting"] == 0,
                          "the authority is back and nobody asked it", 60)
        self.assertEqual(self.daemon.log.read_text().count("HT6023"), 2)

    def test_heads_are_sent_by_post(self):
        self.call()
        self.daemon.wait_for_heads()
        self.assertTrue(self.received)
        kept = self.daemon.folder / "posted.heads"
        kept.write_bytes(b"".join(self.received))
        said = self.daemon.cli("journal", "verify", "--heads", kept)
        self.assertTrue(said["intact"])

    def test_old_segments_go_to_the_archive_and_are_found_there(self):
        exchange = self.call()
        self.export(exchange)
        archive = self.daemon.home / "archive"
        # A mount point under which nothing is mounted: it is said once, nothing is moved, and it is tried again.
        archive.mkdir()
        told = lambda: self.daemon.cli("status")["journal"]["sealed"]["archive"]
        self.wait_for(lambda: not told()["up"], "a folder without the marker was taken for the archive", 60)
        self.assertIn(".hutong-archive", told()["error"])
        self.assertEqual((list(archive.iterdir()), self.daemon.log.read_text().count("HT6025")), ([], 1))
        (archive / ".hutong-archive").touch()
        self.wait_for(lambda: [one for one in (self.daemon.home / "journal").glob("*.seg") if one.is_symlink()],
                      "nothing was archived", 60)
        moved = [one for one in (self.daemon.home / "journal").glob("*.seg") if one.is_symlink()]
        for link in moved:
            self.assertEqual(link.resolve().parent.parent, archive.resolve())
            self.assertFalse(link.resolve().is_symlink())
            self.assertTrue(link.resolve().with_suffix(".tsr").exists())
        self.assertTrue(self.daemon.cli("journal", "verify")["intact"])
        archived, _ = self.export(exchange)
        self.assertTrue(self.checks(archived)["intact"])


if __name__ == "__main__":
    suite.main()

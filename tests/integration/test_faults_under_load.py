"""What must hold when things break under load: the daemon killed, the database away, the disk asked for, a stop asked for."""
import json
import re
import shutil
import signal
import subprocess
import threading
import time
import unittest

import suite
import throwaway
from echo_platform import EchoPlatform, set_values
from hutong_daemon import CommandFailed, hutong_binary


class Load:
    """Callers in threads, each call signed anew; `answered` holds the incident ids of calls that got their answer."""

    def __init__(self, platform, threads=4):
        self.platform = platform
        self.answered, self.refused = [], []
        self.lock = threading.Lock()
        self.over = threading.Event()
        self.threads = [threading.Thread(target=self.run, args=(n,)) for n in range(threads)]
        for thread in self.threads:
            thread.start()

    def run(self, number):
        for count in range(100000):
            if self.over.is_set():
                return
            try:
                status, headers, body = self.platform.post(self.platform.message(f"{number}-{count}"))
            except OSError:
                self.over.wait(0.05)
                continue
            except Exception:       # an answer cut off by the kill was not an answer
                continue
            with self.lock:
                (self.answered if status == 200 else self.refused).append((headers.get("Hutong-Exchange"), body))

    def wait_for(self, more):
        goal = len(self.answered) + more
        for _ in range(600):
            if len(self.answered) >= goal:
                return
            time.sleep(0.05)
        raise AssertionError(f"{len(self.answered)} answered, waited for {goal}")

    def stop(self):
        self.over.set()
        for thread in self.threads:
            thread.join()


class Broken(unittest.TestCase):
    def platform(self, **options):
        platform = EchoPlatform(**options)
        self.addCleanup(platform.stop)
        return platform

    def test_kill_under_load_loses_no_answered_call(self):
        platform = self.platform()
        load = Load(platform)
        try:
            load.wait_for(100)
            platform.daemon.kill()
        finally:
            load.stop()
        self.assertTrue(platform.daemon.cli("journal", "verify")["intact"])
        platform.daemon.start()
        self.assertTrue(platform.daemon.cli("journal", "verify")["intact"])
        listed = platform.daemon.cli("journal", "list", "--limit", "1000000")
        records = listed["records"] if isinstance(listed, dict) else listed
        responses = {r["exchange"] for r in records if r["kind"] == "response"}
        missing = [incident for incident, _ in load.answered if incident not in responses]
        self.assertEqual(missing, [], f"of {len(load.answered)} answered calls")
        self.assertEqual(platform.post(platform.message())[0], 200)

    def test_a_message_accepted_before_the_kill_is_a_replay_after_it(self):
        platform = self.platform()
        message = platform.message("once")
        self.assertEqual(platform.post(message)[0], 200)
        platform.daemon.kill()
        platform.daemon.start()
        status, _, text = platform.post(message)
        self.assertEqual(status, 500)
        self.assertIn(b"received before", text)

    def test_database_away_under_load(self):
        folder = throwaway.folder("ht-")
        self.addCleanup(shutil.rmtree, folder, True)
        postgres = throwaway.Postgres(folder / "pg")
        self.addCleanup(lambda: (postgres.data / "postmaster.pid").exists() and postgres.stop("immediate"))
        platform = self.platform(database=postgres.create("platform"))
        load = Load(platform, threads=2)
        try:
            load.wait_for(20)
            postgres.stop("immediate")
            load.wait_for(200)
            with self.assertRaises(CommandFailed) as caught:
                platform.daemon.org("ds", "地税")
            self.assertEqual(len(caught.exception.message.splitlines()), 1, caught.exception.message)
            self.assertRegex(caught.exception.message, "database|PostgreSQL")
            load.wait_for(50)
            postgres.start()
            for _ in range(150):
                try:
                    platform.daemon.org("ds", "地税")
                    break
                except CommandFailed:
                    time.sleep(0.2)
            self.assertIn("ds", [one["id"] for one in platform.daemon.cli("org", "list")])
            load.wait_for(20)
        finally:
            load.stop()
        self.assertEqual(load.refused, [])

    def test_replies_wait_for_the_disk(self):
        calls = 25
        platform = self.platform()
        platform.daemon.stop()
        trace = platform.daemon.folder / "trace"
        platform.daemon.start(wrapper=[throwaway.program("strace"), "-D", "-f", "-qq", "-e", "trace=fdatasync,fsync", "-o", str(trace)])
        platform.post(platform.message())
        before = len(re.findall(r"f(?:data)?sync\(", trace.read_text()))
        for _ in range(calls):
            self.assertEqual(platform.post(platform.message())[0], 200)
        after = len(re.findall(r"f(?:data)?sync\(", trace.read_text()))
        # One caller, one call at a time: no two records can share a sync, and each call has two.
        self.assertGreaterEqual(after - before, 2 * calls)

    def test_no_room_for_evidence_refuses_calls(self):
        platform = self.platform()
        self.assertEqual(platform.post(platform.message())[0], 200)
        platform.daemon.stop()
        set_values(platform.daemon, "journal", min_free_bytes=1 << 60)
        self.start_without_waiting(platform.daemon)
        platform.backend.received.clear()
        status, _, text = platform.post(platform.message())
        self.assertEqual(status, 500, text)
        self.assertIn(b"cannot keep evidence", text)
        self.assertEqual(platform.backend.received, [])

    def start_without_waiting(self, daemon):
        """A daemon that cannot take calls never says it is ready; its address tells that it listens."""
        listen = daemon.home / "run" / "listen.json"
        listen.unlink(missing_ok=True)
        with open(daemon.log, "ab") as log:
            daemon.process = subprocess.Popen([hutong_binary(), "serve", "--home", str(daemon.home)], stdout=log, stderr=log,
                                              stdin=subprocess.DEVNULL)
        for _ in range(300):
            if listen.exists():
                break
            time.sleep(0.1)
        daemon.http = json.loads(listen.read_text())["http"]

    def test_a_call_in_flight_is_answered_at_shutdown(self):
        platform = self.platform()
        platform.backend.delay = 1.5
        answers = []
        caller = threading.Thread(target=lambda: answers.append(platform.post(platform.message())))
        caller.start()
        while not platform.backend.received:
            time.sleep(0.02)
        platform.daemon.process.send_signal(signal.SIGTERM)
        caller.join(60)
        self.assertEqual(platform.daemon.process.wait(60), 0)
        platform.daemon.process = None
        self.assertEqual(answers[0][0], 200)


if __name__ == "__main__":
    suite.main()

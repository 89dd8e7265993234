"""A first node on a PostgreSQL server by URL, and how further ones join it, for tests of several nodes."""
import shutil
import subprocess
import time
import unittest

import throwaway
from hutong_daemon import Daemon, hutong_binary


class NodeCase(unittest.TestCase):
    def setUp(self):
        self.folder = throwaway.folder("ht-")
        self.addCleanup(shutil.rmtree, self.folder, True)
        self.postgres = throwaway.Postgres(self.folder / "pg")
        self.addCleanup(self.stop_postgres)
        self.url = self.postgres.create("platform")
        self.first = Daemon(self.folder, database=self.url, home_name="first")
        self.first.__enter__()
        self.addCleanup(self.first.__exit__, None, None, None)

    def stop_postgres(self):
        if (self.postgres.data / "postmaster.pid").exists():
            self.postgres.stop("immediate")

    def join(self, home, token, *options):
        command = [hutong_binary(), "join", "--home", str(home), "--database", self.url, "--token", token, "--http",
                   "127.0.0.1:0", "--https", "127.0.0.1:0", "--wait", "60", *options]
        return subprocess.run(command, capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL)

    def wait_for(self, question, what):
        """Says how long it took: what is meant to reach every node within a second is measured here, not asserted."""
        begun = time.monotonic()
        while time.monotonic() - begun < 30:
            if question():
                print(f"... {(time.monotonic() - begun) * 1000:.0f} ms or it would be: {what}", flush=True)
                return
            time.sleep(0.02)
        self.fail(what)

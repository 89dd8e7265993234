"""What a test run makes and leaves nothing of: a folder on a real disk, a PostgreSQL server of its own."""
import glob
import os
import pathlib
import pwd
import shutil
import subprocess
import tempfile


def program(name, *places):
    """The path of a program, which a test needs: a missing tool fails the run."""
    found = shutil.which(name) or next((path for place in places for path in sorted(glob.glob(place), reverse=True)), None)
    if found is None:
        raise FileNotFoundError(f"{name} is needed by this test and not installed")
    return found


def folder(prefix):
    """A new folder on a real disk, short enough for the sockets below it, that other users may pass through."""
    base = os.environ.get("HUTONG_TEST_DIR", "/var/tmp")
    kind = subprocess.run(["stat", "-f", "-c", "%T", base], check=True, capture_output=True, text=True).stdout.strip()
    if kind in ("tmpfs", "ramfs"):
        raise RuntimeError(f"{base} is not on a disk ({kind}): set HUTONG_TEST_DIR to a folder that is")
    made = pathlib.Path(tempfile.mkdtemp(prefix=prefix, dir=base))
    made.chmod(0o755)
    return made


class Postgres:
    """A PostgreSQL server on a Unix socket in `root`, as an unprivileged user when the tests run as root."""

    def __init__(self, root):
        self.root = pathlib.Path(root)
        self.data = self.root / "data"
        self.log = self.root / "postgres.log"
        self.root.mkdir(parents=True)
        self.user = None
        if os.geteuid() == 0:
            account = pwd.getpwnam("postgres")
            self.user = account.pw_name
            os.chown(self.root, account.pw_uid, account.pw_gid)
        self._run("initdb", "--pgdata", self.data, "--auth=trust", "--username=hutong", "--encoding=UTF8",
                  "--locale=C", "--no-sync")
        self.start()

    def start(self):
        # Its socket is its only door; everything else is PostgreSQL's default, fsync too.
        self._run("pg_ctl", "--pgdata", self.data, "--log", self.log, "--wait", "start",
                  "--options", f"-c listen_addresses='' -c unix_socket_directories='{self.root}'")

    def stop(self, mode="fast"):
        self._run("pg_ctl", "--pgdata", self.data, "--wait", "--mode", mode, "stop")

    def create(self, database):
        """A new, empty database; returns its URL."""
        self._run("createdb", "--host", self.root, "--username", "hutong", database)
        return f"postgresql://hutong@/{database}?host={self.root}"

    def _run(self, name, *arguments):
        command = [program(name, f"/usr/lib/postgresql/*/bin/{name}"), *map(str, arguments)]
        options = {"user": self.user, "group": self.user, "extra_groups": []} if self.user else {}
        # pg_ctl hands its descriptors to the server, so a pipe would never end: the output goes to a file.
        output = self.root / f"{name}.out"
        with open(output, "wb") as file:
            done = subprocess.run(command, stdout=file, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                                  cwd=self.root, timeout=120, **options)
        if done.returncode != 0:
            log = self.log.read_text() if self.log.exists() else ""
            raise RuntimeError(f"{name} failed: {output.read_text(errors='replace')}{log}")

"""A SoftHSM2 token in a folder of its own: taken away and brought back by moving the folder it lives in."""
import os
import pathlib
import subprocess

import throwaway

MODULE = "/usr/lib/softhsm/libsofthsm2.so"
PIN = "4711"


class SoftToken:
    """Sets SOFTHSM2_CONF for this process and those it starts, so there is one at a time."""

    def __init__(self, folder, label="hutong"):
        self.folder = pathlib.Path(folder)
        self.label = label
        self.tokens = self.folder / "tokens"
        self.away = self.folder / "tokens.away"
        self.tokens.mkdir(parents=True)
        configuration = self.folder / "softhsm2.conf"
        configuration.write_text(f"directories.tokendir = {self.tokens}\nobjectstore.backend = file\nlog.level = ERROR\n")
        os.environ["SOFTHSM2_CONF"] = str(configuration)
        self.pin_file = self.folder / "pin"
        self.pin_file.touch(0o600)
        self.pin_file.write_text(PIN + "\n")
        self.initialise()

    def initialise(self):
        subprocess.run([throwaway.program("softhsm2-util"), "--init-token", "--free", "--label", self.label, "--so-pin",
                        "56789", "--pin", PIN], check=True, capture_output=True)

    def take_away(self):
        self.tokens.rename(self.away)

    def bring_back(self):
        self.away.rename(self.tokens)

    def put_another_in_its_place(self):
        """A token of the same label, empty."""
        self.tokens.mkdir()
        self.initialise()

    def take_the_other_out(self):
        self.tokens.rename(self.folder / "tokens.other")

    def tool(self, *arguments):
        """What pkcs11-tool says."""
        return subprocess.run([throwaway.program("pkcs11-tool"), "--module", MODULE, "--token-label", self.label, "--login",
                               "--pin", PIN, *arguments], check=True, capture_output=True, text=True).stdout

    def options(self, *keys):
        """Of `hutong init` or `hutong join`, so that these keys of the node are made here."""
        options = ["--pkcs11-module", MODULE, "--pin-file", str(self.pin_file)]
        for key in keys:
            options += ["--key", f"{key}={self.uri(key)}"]
        return options

    def uri(self, key):
        return f"pkcs11:token={self.label};object={key}"

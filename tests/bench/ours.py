"""A district of the bench's own: hub and services, with encryption (as users run it) or without (programs that exist
for the bench alone). The same keys, grants and configuration for both."""

import base64
import contextlib
import os
import pathlib
import re
import secrets
import shutil
import subprocess
import sys

from processes import Process

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "common/sdk/python"))
from gonghui import Bus, Hub, KeyPair  # noqa: E402

LEDGER, MIRROR = "ledger", "mirror"


class District:
    def __init__(self, folder, programs):
        self.folder, self.programs = pathlib.Path(folder) / "district", pathlib.Path(programs)
        self.command("keys", "init")
        self.command("up", "--write-config", "--free-ports")
        self.add(LEDGER)
        self.add(MIRROR, follow=LEDGER, settings=f'delays = "{self.delays}"\n')
        self.command("keys", "add", "load", "load", "--call", "*", "--assert-actor")

    @property
    def delays(self):
        """What the mirror leaves behind."""
        return self.folder / "delays.txt"

    def command(self, *arguments):
        subprocess.run([self.programs / "gonghui", "--district-folder", self.folder, *arguments], check=True,
                       stdout=subprocess.DEVNULL)

    def add(self, name, follow=None, settings=""):
        """A service of the bench: a key, its grants, and the configuration that `up` writes for its own."""
        self.command("keys", "add", name, f"{name}-0", "--publish", name,
                     *(["--follow", follow, "--call", f"{follow}._log_read", "--call", f"{follow}._log_place"]
                       if follow else []))
        key = self.folder / "keys" / f"{name}.service"
        key.write_text(base64.b64encode(secrets.token_bytes(32)).decode() + "\n")
        key.chmod(0o600)
        text = (self.folder / "config" / "training.toml").read_text().replace("training", name)
        text = re.sub(r"http\.listen.*\n", 'http.listen = "off"\n', text)
        (self.folder / "config" / f"{name}.toml").write_text(text + settings)

    def client_arguments(self):
        hub = Hub.of(self.folder)
        return ["--hub-request", hub.request, "--hub-key", hub.public_key, "--key",
                str(self.folder / "keys" / "load.key")]

    @property
    def store(self):
        return self.folder / "store"

    def bus(self):
        """Of a district with encryption."""
        return Bus(Hub.of(self.folder), KeyPair.load(self.folder / "keys" / "load.key"))

    @contextlib.contextmanager
    def running(self, encryption, services, stores=None):
        """Hub and services, with empty stores or a copy of the folder `stores`."""
        shutil.rmtree(self.store, ignore_errors=True)
        if stores:
            shutil.copytree(stores, self.store)
        else:
            self.store.mkdir()
        os.sync()  # what the side before has left is not this one's to write
        processes = []
        try:
            for name in ["hub", *services]:
                processes.append(self.program(encryption, name))
            self.wait_until_held(encryption, services)
            yield processes
            for process in processes:
                process.require_alive()
        finally:
            for process in reversed(processes):
                process.stop()

    def program(self, encryption, name):
        return Process([self.programs / "bench" / encryption / f"gonghui-{name}",
                        "--config", self.folder / "config" / f"{name}.toml"], self.folder / "log" / f"{name}.log")

    def wait_until_held(self, encryption, services):
        """Asked in C++, which speaks both ways of connecting."""
        subprocess.run([self.programs / "bench" / encryption / "await-gonghui", *self.client_arguments(), *services],
                       check=True, timeout=60)

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

from gonghui import Bus, Hub, KeyPair
from processes import Process

LEDGER, MIRROR = "ledger", "mirror"
SLOW_DISK = "slow"  # with encryption


class District:
    def __init__(self, folder, programs, plan=None):
        """`plan`: the district's file, if it is not the one of every day."""
        self.folder, self.programs = pathlib.Path(folder) / "district", pathlib.Path(programs)
        self.command("keys", "init")
        self.command("up", "--write-config", "--free-ports", *(["--config", plan] if plan else []))
        self.add(LEDGER)
        self.add(MIRROR, follow=LEDGER)
        self.command("keys", "add", "load", "load", "--call", "*", "--assert-actor")

    def moments(self, name):
        """The file that a service of the bench leaves behind when it is asked to: a line per event, when it was made and
        when it was durable there, in microseconds."""
        return self.folder / f"{name}.moments"

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
    def running(self, encryption, services, stores=None, tell_moments=()):
        """Hub and services, with empty stores or a copy of the folder `stores`."""
        self.put_stores(stores)
        with self.serving(encryption, services, tell_moments) as processes:
            yield processes

    def put_stores(self, stores=None):
        shutil.rmtree(self.store, ignore_errors=True)
        if stores:
            shutil.copytree(stores, self.store)
        else:
            self.store.mkdir()
        os.sync()  # what the side before has left is not this one's to write

    @contextlib.contextmanager
    def serving(self, encryption, services, tell_moments=()):
        """With the stores that are there."""
        processes = []
        try:
            for name in ["hub", *services]:
                settings = {"GONGHUI_MOMENTS": str(self.moments(name))} if name in tell_moments else {}
                processes.append(self.program(encryption, name, settings))
            self.wait_until_held(encryption, services)
            yield processes
            for process in processes:
                process.require_alive()
        finally:
            for process in reversed(processes):
                process.stop()

    def program(self, encryption, name, settings=None):
        """`name` is a service, or an instance of one: training-1. On a slow disk only the stores are slow."""
        program = re.sub(r"-\d+$", "", name)
        folder = "curve" if encryption == SLOW_DISK and program == "hub" else encryption
        return Process([self.programs / "bench" / folder / f"gonghui-{program}",
                        "--config", self.folder / "config" / f"{name}.toml"],
                       self.folder / "log" / f"{name}.log", env=settings)

    def wait_until_held(self, encryption, services):
        """Asked in C++, which speaks both ways of connecting."""
        folder = "curve" if encryption == SLOW_DISK else encryption
        subprocess.run([self.programs / "bench" / folder / "await-gonghui", *self.client_arguments(),
                        *dict.fromkeys(re.sub(r"-\d+$", "", name) for name in services)], check=True, timeout=60)

"""A district that `gonghui up` runs as a child of this program, and what its operator can see of it."""

import os
import pathlib
import re
import signal
import sqlite3
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "common/sdk/python"))
from gonghui import Bus, Hub, KeyPair, Request, Unanswered  # noqa: E402

SERVICES = ["registration", "training", "matchmaking", "notifications", "gateway"]
PROGRAMS = ["hub"] + SERVICES


class NotRunning(Exception):
    pass


class District:
    """What every way of running one has in common: `programs` is the folder of the executables."""

    services = SERVICES  # that its file names

    def __init__(self, folder, programs, options=(), environment=None):
        self.folder = pathlib.Path(folder).resolve()
        self.programs = pathlib.Path(programs).resolve()
        self.options = list(options)  # of `gonghui up`
        self.environment = os.environ | (environment or {})
        self.output = self.folder.with_name(self.folder.name + ".up.log")
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        self._operator = None

    def command(self, *arguments):
        return [str(self.programs / "gonghui"), "--district-folder", str(self.folder), *map(str, arguments)]

    def grant_client(self, name):
        """A key for a program that plays people, before the district starts; it stays for the next time."""
        if not (self.folder / "keys" / f"{name}.key").exists():
            subprocess.run(self.command("keys", "init"), check=True, stdout=subprocess.DEVNULL)
            calls = [word for service in SERVICES for word in ("--call", f"{service}.*")]
            subprocess.run(self.command("keys", "add", name, name, *calls, "--assert-actor"), check=True,
                           stdout=subprocess.DEVNULL)

    def start(self, patience=60.0):
        """Returns when every service answers."""
        self._launch()
        self.wait_until_ready(patience)

    def wait_until_ready(self, patience=60.0):
        until = time.monotonic() + patience
        while not self._is_ready():
            self._require_alive()
            if time.monotonic() > until:
                raise NotRunning(f"the district does not answer; see {self.output}: {self.last_words()}")
            time.sleep(0.05)

    def last_words(self):
        lines = self.output.read_text(errors="replace").strip().splitlines()
        return lines[-1] if lines else "it said nothing"

    def _is_ready(self):
        if any(self.pid(program) is None for program in ["hub", *self.services]):
            return False
        try:
            self.status(self.services, patience=1.0)
            return True
        except (Unanswered, OSError, KeyError):
            return False

    def stop(self):
        """Ends everything in order; the exit code."""
        if self._operator:
            self._operator.close()
        self._operator = None
        return self._end()

    # --- what an operator sees ---

    def hub(self):
        return Hub.of(self.folder)

    def bus(self, name):
        return Bus(self.hub(), KeyPair.load(self.folder / "keys" / f"{name}.key"))

    def status(self, services=SERVICES, patience=10.0):
        """What each service says of itself."""
        if self._operator is None:
            self._operator = self.bus("ctl")
        requests = [Request(f"{service}._status", {}, partition=0) for service in services]
        return dict(zip(services, (reply.data for reply in self._operator.ask_all(requests, patience=patience))))

    def behind(self, services=SERVICES):
        """Events that followers have still to apply."""
        status = self.status(services)
        heads = {one["source"]: one["head"] for one in status.values()}
        return sum(max(0, heads.get(followed["source"], followed["head"]) - followed["cursor"])
                   for one in status.values() for followed in one["follows"])

    def wait_until_level(self, progress=lambda behind: None, patience=120.0, services=SERVICES):
        """Until every follower stands at every head, twice in a row: the last event may have led to another."""
        until, level = time.monotonic() + patience, 0
        while level < 2:
            behind = self.behind(services)
            level = level + 1 if behind == 0 else 0
            progress(behind)
            if time.monotonic() > until:
                raise NotRunning(f"followers are still {behind} events behind")
            time.sleep(0.05)

    def wait_until_idle(self, seconds=3.0, patience=120.0):
        """Until no log has grown for so long: e-mails are still being sent when everybody is level. Looks at the stores,
        as a question would be work."""
        until, heads, since = time.monotonic() + patience, None, time.monotonic()
        while time.monotonic() - since < seconds and time.monotonic() < until:
            now = [self.rows(service, "SELECT max(seq) FROM log") for service in SERVICES]
            if now != heads:
                heads, since = now, time.monotonic()
            time.sleep(0.25)

    def resident_mib(self):
        """Of hub and services: what the kernel calls VmRSS."""
        def of(program):
            text = pathlib.Path(f"/proc/{self.pid(program)}/status").read_text()
            return int(re.search(r"VmRSS:\s+(\d+) kB", text)[1]) / 1024
        return {program: round(of(program), 1) for program in PROGRAMS}

    def stores_mib(self):
        return round(sum(file.stat().st_size for file in (self.folder / "store").rglob("*") if file.is_file()) / 2**20, 1)

    def rows(self, service, sql, *parameters):
        """From a service's store, read-only."""
        path = next((self.folder / "store").rglob(f"{service}-0.db"))
        database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        try:
            return database.execute(sql, parameters).fetchall()
        finally:
            database.close()


class Supervised(District):
    """`gonghui up` runs it, as an operator would."""
    STARTED = {"start_new_session": True}

    def _launch(self):
        self._up = None
        running = self.pid("hub")
        if running and pathlib.Path(f"/proc/{running}").exists():
            raise NotRunning(f"a district runs in {self.folder} already; end that one first")
        with open(self.output, "ab") as output:
            self._up = subprocess.Popen(self.command("up", *self.options), stdout=output, stderr=subprocess.STDOUT,
                                        env=self.environment, **self.STARTED)

    def _require_alive(self):
        if self._up.poll() is not None:
            raise NotRunning(f"`gonghui up` ended with {self._up.returncode}: {self.last_words()}")

    def _end(self):
        if self._up is None:
            return 0
        if self._up.poll() is None:
            self._up.send_signal(signal.SIGTERM)
        return self._up.wait(30)

    def is_alive(self):
        return self._up.poll() is None

    def pid(self, program):
        try:
            return int((self.folder / "run" / f"{program}.pid").read_text())
        except (OSError, ValueError):
            return None


class ByHand(District):
    """Each program is started here with the configuration that `gonghui up` writes, so that one can be stopped and
    stays so until it is started again."""

    def _launch(self):
        self._running = {}
        with open(self.output, "ab") as output:
            subprocess.run(self.command("up", "--write-config", *self.options), stdout=output,
                           stderr=subprocess.STDOUT, check=True)
        for program in ["hub", *self.services]:
            self.start_program(program)

    def start_program(self, program):
        with open(self.folder / "log" / f"{program}.log", "ab") as log:
            self._running[program] = subprocess.Popen(
                [*self.place(program), self.programs / f"gonghui-{program}",
                 "--config", self.folder / "config" / f"{program}.toml"],
                stdout=log, stderr=log, start_new_session=True)

    def place(self, program):
        """What its command begins with, if it runs elsewhere."""
        return []

    def stop_program(self, program):
        """A clean end, as SIGTERM asks for; the exit code."""
        process = self._running.pop(program)
        process.send_signal(signal.SIGTERM)
        return process.wait(30)

    def kill_program(self, program):
        """At once, as the kernel does when memory is out."""
        process = self._running.pop(program)
        process.kill()
        process.wait()

    def freeze_program(self, program):
        self._running[program].send_signal(signal.SIGSTOP)

    def thaw_program(self, program):
        self._running[program].send_signal(signal.SIGCONT)

    def _require_alive(self):
        for program, process in self._running.items():
            if process.poll() is not None:
                raise NotRunning(f"gonghui-{program} ended with {process.returncode}; see {self.folder}/log")

    def _end(self):
        return max((self.stop_program(program) for program in [*reversed(self.services), "hub"]
                    if program in self._running), default=0)

    def pid(self, program):
        process = self._running.get(program)
        return process and process.pid

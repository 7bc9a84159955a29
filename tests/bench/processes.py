"""Processes that the bench starts and ends itself, each by its own id."""

import os
import pathlib
import pwd
import signal
import socket
import subprocess
import time


class NotRunning(Exception):
    pass


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def free_ports(count):
    """Different ones: all are held until all are found."""
    held = [socket.socket() for _ in range(count)]
    for one in held:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports


class Process:
    """One that runs until it is ended; what it says goes into a file."""

    def __init__(self, command, log, user=None, env=None, cwd=None):
        self.log = pathlib.Path(log)
        as_user = {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []} if user else {}
        with open(self.log, "ab") as output:
            self.process = subprocess.Popen([str(part) for part in command], stdin=subprocess.DEVNULL, stdout=output,
                                            stderr=output, env={**os.environ, **(env or {})}, cwd=cwd,
                                            start_new_session=True, **as_user)

    @property
    def pid(self):
        return self.process.pid

    def require_alive(self):
        if self.process.poll() is not None:
            raise NotRunning(f"{self.process.args[0]} ended with {self.process.returncode}; see {self.log}")

    def wait_for_port(self, port, patience=60.0):
        until = time.monotonic() + patience
        while True:
            self.require_alive()
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                return
            except OSError:
                if time.monotonic() > until:
                    raise NotRunning(f"{self.process.args[0]} does not listen on {port}; see {self.log}") from None
                time.sleep(0.05)

    def stop(self, asked_by=signal.SIGTERM, patience=20.0):
        if self.process.poll() is not None:
            return
        self.process.send_signal(asked_by)
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def cpu_seconds(processes):
    """What they and everybody below them have used so far."""
    parents, ticks = {}, {}
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # has ended meanwhile; its parent has its time
        parents[int(stat.parent.name)] = int(fields[1])
        ticks[int(stat.parent.name)] = sum(map(int, fields[11:15]))  # user and system, own and of children that ended
    wanted = {process.pid for process in processes}

    def is_below(pid):
        while pid not in wanted and pid in parents:
            pid = parents[pid]
        return pid in wanted
    return sum(used for pid, used in ticks.items() if is_below(pid)) / os.sysconf("SC_CLK_TCK")

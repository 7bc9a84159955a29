"""A bare Debian 12, booted with its own systemd in a container that has a network of its own: what an operator's server is."""

import pathlib
import shutil
import signal
import subprocess
import time

INCLUDED = "ca-certificates,systemd,systemd-sysv,procps"  # beside what every Debian has: no compiler, no library of ours


def make_base(folder, mirror):
    """Seconds that it took; nothing is done when it is there."""
    folder = pathlib.Path(folder)
    if (folder / "etc/debian_version").exists():
        return 0.0
    started = time.monotonic()
    subprocess.run(["debootstrap", "--variant=minbase", f"--include={INCLUDED}", "bookworm", folder, mirror],
                   check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - started


class Failed(Exception):
    pass


class Server:
    def __init__(self, folder, base):
        self.folder = pathlib.Path(folder)
        subprocess.run(["cp", "--archive", "--reflink=auto", base, self.folder], check=True)
        self.container = None

    def chroot(self, *command):
        """Before it is booted, with the network of the host."""
        done = subprocess.run(["chroot", self.folder, "env", "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C.UTF-8", *command],
                              capture_output=True, text=True)
        if done.returncode != 0:
            raise Failed(f"{' '.join(command)}: {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def boot(self, patience=60.0):
        # --register, --keep-unit: a machine without a systemd of its own can do it, too.
        self.container = subprocess.Popen(
            ["systemd-nspawn", "--quiet", "--boot", "--private-network", "--register=no", "--keep-unit",
             "--directory", self.folder], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + patience
        while self.run("systemctl", "is-active", "multi-user.target", check=False).returncode != 0:
            if self.container.poll() is not None or time.monotonic() > until:
                raise Failed("the container does not boot")
            time.sleep(0.1)

    def _init(self):
        children = pathlib.Path(f"/proc/{self.container.pid}/task/{self.container.pid}/children").read_text().split()
        return children[0] if children else "0"

    def run(self, *command, check=True):
        """What `root` says in the booted server."""
        done = subprocess.run(["nsenter", "--target", self._init(), "--all", "--root", "--wd=/", "env",
                               "--chdir=/", "LC_ALL=C.UTF-8",
                               *map(str, command)], capture_output=True, text=True, stdin=subprocess.DEVNULL)
        if check and done.returncode != 0:
            raise Failed(f"{' '.join(map(str, command))}: {done.returncode}\n{done.stdout}{done.stderr}")
        return done

    def says(self, *command):
        return self.run(*command).stdout.strip()

    def wait(self, what, until, patience):
        give_up = time.monotonic() + patience
        while not until():
            if time.monotonic() > give_up:
                raise Failed(f"not within {patience} s: {what}")
            time.sleep(0.1)

    def end(self):
        if self.container is None or self.container.poll() is not None:
            return
        self.container.send_signal(signal.SIGTERM)  # nspawn has its init power off
        try:
            self.container.wait(60)
        except subprocess.TimeoutExpired:
            self.container.kill()
            self.container.wait()

    def remove(self):
        self.end()
        shutil.rmtree(self.folder, ignore_errors=True)

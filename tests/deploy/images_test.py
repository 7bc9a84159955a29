#!/usr/bin/python3
"""The images of docker/ without a Docker engine: built by buildah with no more isolation than a chroot, on a Debian that
debootstrap made, then started as compose.yml says, each program with its own volume, and asked.

Needs root. All programs share one network here, so that they find each other by name as they do in compose, and each has
another port for its figures. The last line is one JSON object with the figures."""

import argparse
import base64
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import yaml

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE))
from server import make_base  # noqa: E402

INSIDE = "/var/lib/gonghui"
PATIENCE = 60.0


class Buildah:
    def __init__(self, folder, mounts=()):
        self.mounts = [f"--volume={one}" for one in mounts]
        self.command = ["buildah", "--root", f"{folder}/root", "--runroot", f"{folder}/run", "--storage-driver", "vfs"]
        self.environment = os.environ | {"BUILDAH_ISOLATION": "chroot"}

    def __call__(self, *words):
        done = subprocess.run([*self.command, *map(str, words)], env=self.environment, capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"buildah {words[0]}: {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
        return done.stdout.strip()

    def debian(self, base):
        """What docker/Dockerfile begins with; kept, so that layers are."""
        if "localhost/debian" in self("images", "--format", "{{.Name}}"):
            return
        container = self("from", "scratch")
        self("copy", "--quiet", container, base, "/")
        for name in ("debian:12", "debian:12-slim"):
            self("commit", "--quiet", container, f"localhost/{name}")
        self("rm", container)

    def build(self, context, image, target):
        self("build", "--layers", "--pull-never", *self.mounts, f"--ignorefile={context}/docker/Dockerfile.dockerignore",
             f"--file={context}/docker/Dockerfile", "--target", target, "--tag", image, context)

    def run(self, container, volumes, words, **settings):
        options = [f"--volume={source}:{target}:rw" for target, source in volumes.items()]
        options += [f"--env={name}={value}" for name, value in settings.items()]
        return [*self.command, "run", *options, container, "--", *words]


class Compose:
    """compose.yml, carried out without an engine."""

    def __init__(self, buildah, folder):
        self.buildah, self.folder = buildah, folder
        self.services = yaml.safe_load((ROOT / "docker" / "compose.yml").read_text())["services"]
        self.running, self.containers = {}, {}
        self.names = [f"--add-host={name}:127.0.0.1" for name in self.services]
        self.network = subprocess.Popen(["unshare", "--net", "sh", "-c", "ip link set lo up; echo up; exec sleep infinity"],
                                        stdout=subprocess.PIPE, text=True)
        self.network.stdout.readline()

    def volumes(self, service):
        found = {}
        for volume in self.services[service]["volumes"]:
            name, inside = volume.split(":")
            path = self.folder / "volumes" / name
            if not path.exists():  # as an engine makes it: what the image has there, of the image's user
                path.mkdir(parents=True, mode=0o700)
                os.chown(path, self.user, self.user)
            found[inside] = path
        return found

    user = 10001  # docker/Dockerfile

    def command(self, service, *words, **settings):
        if service not in self.containers:
            container = self.buildah("from", "--pull-never", *self.names, self.services[service]["image"])
            # A volume of the image's own would lie now below and now above the one that is mounted there.
            self.buildah("config", "--volume", f"{INSIDE}-", container)
            self.containers[service] = container
        image = json.loads(self.buildah("inspect", self.containers[service]))["OCIv1"]["config"]
        entry = self.services[service].get("entrypoint") or image["Entrypoint"]
        return ["nsenter", f"--net=/proc/{self.network.pid}/ns/net", "--",
                *self.buildah.run(self.containers[service], self.volumes(service), [*entry, *words], **settings)]

    def once(self, service, *words):
        return subprocess.run(self.command(service, *words), env=self.buildah.environment, capture_output=True, text=True)

    def inside(self, service, *words):
        """Another program in a container that runs, as the engine starts its health check."""
        return self.done(self.buildah.run(self.containers[service], self.volumes(service), words))

    def done(self, words):
        """On the network of the containers."""
        done = subprocess.run(["nsenter", f"--net=/proc/{self.network.pid}/ns/net", "--", *words],
                              env=self.buildah.environment, capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"{' '.join(words)}: {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def changed(self, service, since):
        """What has been written beside the volume and /tmp, where an engine would not let it be (read_only)."""
        root = pathlib.Path(self.buildah("mount", self.containers[service]))
        files = [file for file in root.rglob("*") if file.is_file() and not file.is_symlink() and file.stat().st_mtime > since]
        self.buildah("umount", self.containers[service])
        return [str(file.relative_to(root)) for file in files
                if not f"/{file.relative_to(root)}".startswith((INSIDE, "/tmp/", "/run/", "/etc/host", "/etc/resolv.conf"))]

    def start(self, service, **settings):
        log = open(self.folder / f"{service}.log", "wb")
        self.running[service] = subprocess.Popen(self.command(service, **settings), env=self.buildah.environment,
                                                 stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def end(self):
        for process in self.running.values():
            process.terminate()
        for process in self.running.values():
            process.wait(30)
        self.network.kill()
        self.network.wait()


def fetch(compose, path):
    """Status, headers in small letters, body, of what a browser on the compose file's port would get."""
    script = (f"exec 3<>/dev/tcp/127.0.0.1/8080; printf 'GET {path} HTTP/1.1\\r\\nHost: a\\r\\nAccept-Encoding: br\\r\\n"
              "Connection: close\\r\\n\\r\\n' >&3; base64 <&3")
    head, _, body = base64.b64decode(compose.done(["bash", "-c", script])).partition(b"\r\n\r\n")
    return int(head.split()[1]), head.decode().lower(), body


def look(compose, programs, since):
    """Problems of a district that answers."""
    for path in ("/", "/console/"):
        status, head, page = fetch(compose, path)
        if status != 200 or "content-encoding: br" not in head or len(page) < 100:
            yield f"gateway: {path}: {head}"
    if fetch(compose, "/api/v1/health")[0] != 200:
        yield "gateway: it does not know its bus"
    for program in programs:
        # Each has its own port here; in compose each has 9100 of its own.
        port = 9100 + programs.index(program)
        compose.inside(program, "bash", "-c", f"sed s/9100/{port}/ /usr/local/bin/healthcheck | bash")
        if written := compose.changed(program, since):
            yield f"{program}: written beside its volume: {written}"


def play(buildah, folder, figures):
    compose = Compose(buildah, folder)
    programs = [name for name in compose.services if name not in ("give-keys", "ctl")]
    started, since = time.monotonic(), time.time()
    try:
        given = compose.once("give-keys")
        if given.returncode != 0:
            sys.exit(f"give-keys: {given.stdout}{given.stderr}")
        for number, program in enumerate(programs):
            compose.start(program, GONGHUI_HTTP_LISTEN=f"127.0.0.1:{9100 + number}")
        while (said := compose.once("ctl", "--lang", "en", "status")).returncode != 0:
            if time.monotonic() - started > PATIENCE:
                logs = "".join((folder / f"{program}.log").read_text()[-800:] for program in programs)
                sys.exit(f"nobody answers: {said.stdout}{said.stderr}\n{logs}")
        figures["seconds_to_answer"] = round(time.monotonic() - started, 1)
        print(said.stdout)
        if problems := list(look(compose, programs, since)):
            sys.exit("\n".join(problems))
        figures["healthy"] = len(programs)
    finally:
        compose.end()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", type=pathlib.Path, help="a debootstrap of before, or where to make one")
    parser.add_argument("--mirror", default="http://deb.debian.org/debian")
    parser.add_argument("--containers", type=pathlib.Path, help="where buildah keeps images; by default a temporary folder")
    parser.add_argument("--mount", action="append", default=[], metavar="FROM:TO:ro",
                        help="what builds see of this machine: npm's configuration, certificates, a compiler's cache")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="gonghui-images-") as scratch:
        scratch = pathlib.Path(scratch)
        base = options.base or scratch / "base"
        make_base(base, options.mirror)
        context = scratch / "context"  # what is committed, and nothing that was built
        context.mkdir()
        subprocess.run(f"git archive HEAD | tar --extract --directory={context}", shell=True, check=True, cwd=ROOT)
        buildah = Buildah(options.containers or scratch / "containers", options.mount)
        started = time.monotonic()
        buildah.debian(base)
        compose = yaml.safe_load((ROOT / "docker" / "compose.yml").read_text())["services"]
        targets = {service["build"]["target"]: service["image"] for service in compose.values()
                   if "build" in service}
        for target, image in targets.items():
            buildah.build(context, image, target)
        figures = {"images": len(targets), "build_seconds": round(time.monotonic() - started, 1)}
        play(buildah, scratch, figures)
    print(json.dumps(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())

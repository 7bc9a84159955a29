#!/usr/bin/python3
"""From a bare Debian 12 to two districts that answer: packages, units, what they protect, what goes on without the other.

Needs root and what `scripts/setup deploy` installs. The last line is one JSON object with the figures."""

import argparse
import base64
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import tomllib

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from server import Failed, Server, make_base  # noqa: E402

SERVICES = ["registration", "training", "matchmaking", "notifications", "gateway"]
PROGRAMS = ["hub"] + SERVICES
FIRST, SECOND = "331083", "330324"  # Yuhuan, Yongjia
EXAMPLE = "/usr/share/doc/gonghui/examples/district.toml"
# Plug-ins that have a package: what each follows.
PLUG_INS = {"stations": ["registration"], "pledges": ["registration", "training", "matchmaking", "stations"]}


class Checks:
    def __init__(self, server):
        self.server, self.passed = server, 0

    def that(self, what, is_so, but=""):
        if not is_so:
            raise Failed(f"NOT: {what} {but}")
        self.passed += 1
        print(f"  {what}", flush=True)

    # --- a district ---

    def file_of(self, district):
        return self.server.folder / f"etc/gonghui/{district}/district.toml"

    def configure(self, district, hundred):
        """From the example, with ports of its own: 7311 to 8111, 8080 to 8180."""
        text = (self.server.folder / EXAMPLE.lstrip("/")).read_text()
        text = re.sub(r"(127\.0\.0\.1:)(\d{4})", lambda at: at[1] + str(int(at[2]) + hundred), text)
        file = self.file_of(district)
        file.parent.mkdir(parents=True)
        file.write_text(text)
        file.chmod(0o600)

    def gonghui(self, district, *arguments, check=True):
        return self.server.run("gonghui", "--lang", "en", "--folder", f"/var/lib/gonghui/{district}", *arguments,
                               check=check)

    def answers(self, district):
        return self.gonghui(district, "status", check=False).returncode == 0

    def start(self, district):
        self.server.run("systemctl", "enable", "--now", f"gonghui@{district}.target")
        self.server.wait(f"{district} answers", lambda: self.answers(district), 60)

    def fetch(self, district, path):
        """What a browser that takes brotli gets of the gateway: status, headers in small letters, body."""
        port = tomllib.loads(self.file_of(district).read_text())["services"]["gateway"]["listen"].rsplit(":", 1)[1]
        asked = f"GET {path} HTTP/1.1\\r\\nHost: a\\r\\nAccept-Encoding: br\\r\\nConnection: close\\r\\n\\r\\n"
        said = self.server.run("bash", "-c", f"exec 3<>/dev/tcp/127.0.0.1/{port}; printf '{asked}' >&3; base64 <&3").stdout
        head, _, body = base64.b64decode(said).partition(b"\r\n\r\n")
        return int(head.split()[1]), head.decode().lower(), body

    def pids(self, district):
        return {program: self.server.says("systemctl", "show", "--property=MainPID", "--value",
                                          f"gonghui-{program}@{district}.service") for program in PROGRAMS}

    def journal(self, unit):
        lines = self.server.says("journalctl", "--unit", unit, "--output=json", "--no-pager").splitlines()
        return [json.loads(line) for line in lines]

    def records(self, unit):
        """What the program itself has logged: priority and record."""
        return [(int(line["PRIORITY"]), json.loads(line["MESSAGE"])) for line in self.journal(unit)
                if isinstance(line["MESSAGE"], str) and line["MESSAGE"].startswith("{")]


def installed(checks, packages):
    server = checks.server
    for tool in ("g++", "gcc", "cc", "clang", "cmake", "node", "npm"):
        checks.that(f"no {tool} is there",
                    subprocess.run(["chroot", server.folder, "sh", "-c", f"command -v {tool}"],
                                   capture_output=True).returncode != 0)
    (server.folder / "packages").mkdir()
    for package in packages:
        subprocess.run(["cp", package, server.folder / "packages"], check=True)
    server.chroot("apt-get", "update", "-q")
    server.chroot("apt-get", "install", "-q", "-y", "--no-install-recommends",
                  *(f"/packages/{package.name}" for package in packages))


def shows_its_pages(checks):
    for district in (FIRST, SECOND):
        status, head, page = checks.fetch(district, "/")
        checks.that(f"the gateway of {district} sends its portal as it was compressed",
                    status == 200 and "content-encoding: br" in head and len(page) > 100, head)
        checks.that("and the console", checks.fetch(district, "/console/")[0] == 200)
        checks.that("and knows its bus", checks.fetch(district, "/api/v1/health")[::2] == (200, b'{"ready":true}'))


def lets_officers_in(checks):
    said = checks.gonghui(FIRST, "accounts", "add", "zhang", "--person", "01900000-0000-7000-8000-000000000001").stdout
    checks.that("an officer gets an account", "otpauth://" in said, said)
    known = {district: "zhang" in checks.gonghui(district, "call", "gateway.accounts", "{}").stdout
             for district in (FIRST, SECOND)}
    checks.that("in one district alone", known == {FIRST: True, SECOND: False}, known)


def takes_plug_ins(checks):
    """As OPERATING.md says: by a line in the district's file, a key, and its unit."""
    server, file = checks.server, checks.file_of(FIRST)
    for name, follows in PLUG_INS.items():
        (run,) = (server.folder / "usr").glob(f"*/gonghui/{name}/run")
        program = run.relative_to(server.folder)
        file.write_text(file.read_text() + f'\n[services.{name}]\nprogram = "/{program}"\n')
        checks.gonghui(FIRST, "keys", "add", name, f"{name}-0", "--publish", name, "--rate", "1000",
                       *(word for service in follows for word in ("--follow", service)))
        server.run("systemctl", "reload", f"gonghui-hub@{FIRST}.service")
        server.run("systemctl", "enable", "--now", f"gonghui-{name}@{FIRST}.service")
        server.wait(f"{name} answers", lambda plug_in=name: f"{FIRST}/{plug_in}/0" in checks.gonghui(FIRST, "status").stdout
                    and checks.answers(FIRST), 30)
        checks.that(f"{name} answers beside the services", True)
        unit = f"gonghui-{name}@{FIRST}.service"
        own = [server.says("systemctl", "show", f"--property={one}", "--value", unit)
               for one in ("CPUSchedulingPolicy", "CPUWeight")]
        checks.that("on processors that nobody else wants", own == ["5", "idle"], own)  # 5: SCHED_IDLE


def told_by_journal(checks):
    records = checks.records(f"gonghui-training@{FIRST}.service")
    checks.that("the journal has a priority of each record, and its own time alone",
                records and all(priority == 6 and "time" not in record for priority, record in records
                                if record["level"] == "info"))


def keeps_apart(checks):
    server = checks.server
    other = f"gonghui-{SECOND}"
    for what in ("store/training-0.db", "keys/training-0.key", "keys/ctl.key", "config/notifications.toml"):
        path = f"/var/lib/gonghui/{FIRST}/{what}"
        checks.that(f"{other} may not read {what} of {FIRST}",
                    server.run("test", "-e", path, check=False).returncode == 0 and
                    server.run("runuser", "-u", other, "--", "test", "-r", path, check=False).returncode != 0)
    own = f"/var/lib/gonghui/{FIRST}/keys/training-0.key"
    checks.that("a service may read no file of keys/, not even its own",
                server.run("runuser", "-u", f"gonghui-{FIRST}", "--", "test", "-r", own, check=False).returncode != 0)
    pid = checks.pids(FIRST)["training"]
    before, first = checks.pids(FIRST), checks.pids(SECOND)
    server.run("systemctl", "restart", f"gonghui@{SECOND}.target")
    server.wait(f"{SECOND} answers again", lambda: checks.answers(SECOND), 60)
    checks.that(f"{SECOND} restarts, {FIRST} is undisturbed",
                checks.pids(FIRST) == before and not set(first.values()) & set(checks.pids(SECOND).values()), pid)


def obeys_the_hub(checks):
    checks.gonghui(FIRST, "keys", "add", "reports", "--follow", "training")
    checks.server.run("systemctl", "reload", f"gonghui-hub@{FIRST}.service")
    records = [record["message"] for _, record in checks.records(f"gonghui-hub@{FIRST}.service")]
    same = checks.server.run("cmp", f"/run/gonghui/{FIRST}/authorized.toml",
                             f"/var/lib/gonghui/{FIRST}/keys/authorized.toml", check=False)
    checks.that("a new key is granted by a reload of the hub",
                same.returncode == 0 and "reloaded" in records and "reload_failed" not in records)


def reloads(checks):
    server = checks.server
    file = checks.file_of(FIRST)
    file.write_text(file.read_text().replace("[services.training]", "[services.training]\nsettings = 'log.level = \"debug\"'"))
    before = checks.pids(FIRST)
    server.run("systemctl", "start", f"gonghui-prepare@{FIRST}.service")
    server.run("systemctl", "reload", f"gonghui-training@{FIRST}.service")
    server.wait("training reloads",
                lambda: any(record["message"] == "reloaded"
                            for _, record in checks.records(f"gonghui-training@{FIRST}.service")), 10)
    messages = [record["message"] for _, record in checks.records(f"gonghui-training@{FIRST}.service")]
    checks.that("a changed log level is taken up by a reload, without a restart",
                checks.pids(FIRST) == before and "restart_needed" not in messages)


def next_version(server, package):
    """The same program in a package of another version: what dpkg and systemd make of it is looked at here; what another
    program does to a store, and callers under load, by scripts/chaos --other."""
    server.run("sh", "-c", f"dpkg-deb --raw-extract {package} /tmp/next && sed -i 's/^Version: .*/Version: 99.0.0/' "
               "/tmp/next/DEBIAN/control && dpkg-deb --build /tmp/next /tmp/next.deb && rm -r /tmp/next")
    return "/tmp/next.deb"


def upgrades_one_district(checks, service):
    """And takes it back. The package is replaced under both districts; who runs on runs the old one."""
    server = checks.server
    package = server.says("sh", "-c", f"ls /packages/gonghui-{service}_*.deb")
    for version in (next_version(server, package), package):
        both = checks.pids(FIRST), checks.pids(SECOND)
        server.run("dpkg", "--install", version)
        checks.that("a package of another version ends no running program", both == (checks.pids(FIRST), checks.pids(SECOND)))
        server.run("systemctl", "restart", f"gonghui-{service}@{FIRST}.service")
        server.wait(f"{FIRST} answers", lambda: checks.answers(FIRST), 30)
        after = checks.pids(FIRST)
        checks.that(f"{service} of one district is restarted, and nothing else",
                    checks.pids(SECOND) == both[1] and after.pop(service) != both[0].pop(service) and after == both[0])


def ends_what_hangs(checks):
    """Its loops stand still, the process is there: only the watchdog can tell."""
    server = checks.server
    unit = f"gonghui-training@{SECOND}.service"
    drop_in = server.folder / f"etc/systemd/system/{unit}.d/quick.conf"
    drop_in.parent.mkdir(parents=True)
    drop_in.write_text("[Service]\nWatchdogSec=3\n")
    server.run("systemctl", "daemon-reload")
    server.run("systemctl", "restart", unit)
    server.wait("training answers", lambda: checks.answers(SECOND), 30)
    time.sleep(4)
    checks.that("a service whose loops turn is left alone", server.says("systemctl", "show", "--property=NRestarts",
                                                                        "--value", unit) == "0")
    pid = checks.pids(SECOND)["training"]
    server.run("kill", "-STOP", pid)
    stood_still = time.monotonic()
    server.wait("the watchdog acts", lambda: checks.pids(SECOND)["training"] not in (pid, "0"), 30)
    server.wait("training answers again", lambda: checks.answers(SECOND), 30)
    seconds = time.monotonic() - stood_still
    checks.that("a service that stands still is ended and started again", "watchdog" in server.says(
        "journalctl", "--unit", unit, "--no-pager").lower())
    return seconds


def is_sound(checks):
    checks.server.run("systemctl", "enable", "--now", f"gonghui-backup@{FIRST}.timer")
    checks.server.run("systemctl", "start", f"gonghui-backup@{FIRST}.service")
    said = checks.gonghui(FIRST, "doctor", check=False).stdout
    checks.that("the backup's unit makes copies, and the doctor finds nothing", said == "Nothing is wrong.\n", said)


def comes_back(checks):
    unit = f"gonghui-registration@{FIRST}.service"
    checks.server.run("systemctl", "kill", "--signal=KILL", unit)
    checks.server.wait("registration answers again", lambda: checks.answers(FIRST), 30)
    checks.that("what is killed is started again", True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("packages", nargs="+", type=pathlib.Path, help="what scripts/package has made")
    parser.add_argument("--base", type=pathlib.Path, help="a debootstrap of before, or where to make one")
    parser.add_argument("--mirror", default="http://deb.debian.org/debian")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="gonghui-deploy-") as scratch:
        base = options.base or pathlib.Path(scratch) / "base"
        figures = {"debootstrap_seconds": round(make_base(base, options.mirror), 1)}
        server = Server(pathlib.Path(scratch) / "server", base)
        checks = Checks(server)
        try:
            started = time.monotonic()
            installed(checks, options.packages)
            figures["install_seconds"] = round(time.monotonic() - started, 1)
            server.boot()
            checks.configure(FIRST, 0)
            checks.start(FIRST)
            figures["to_first_answer_seconds"] = round(time.monotonic() - started, 1)
            second = time.monotonic()
            checks.configure(SECOND, 100)
            checks.start(SECOND)
            figures["second_district_seconds"] = round(time.monotonic() - second, 1)
            shows_its_pages(checks)
            lets_officers_in(checks)
            told_by_journal(checks)
            obeys_the_hub(checks)
            reloads(checks)
            keeps_apart(checks)
            takes_plug_ins(checks)
            is_sound(checks)
            for service in ("training", "gateway"):
                upgrades_one_district(checks, service)
            comes_back(checks)
            figures["watchdog_seconds"] = round(ends_what_hangs(checks), 1)
            checks.that("from a bare Debian to a district that answers in under 180 s",
                        figures["to_first_answer_seconds"] < 180, figures)
            figures["checks"] = checks.passed
        except Failed as failure:
            print(failure, file=sys.stderr)
            for unit in PROGRAMS + ["prepare"]:
                print(server.run("journalctl", "--no-pager", "--lines=8", "--unit", f"gonghui-{unit}@*",
                                 check=False).stdout if server.container else "", file=sys.stderr)
            print(json.dumps(figures | {"failed": str(failure).splitlines()[0]}))
            return 1
        finally:
            server.remove()
    print(json.dumps(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())

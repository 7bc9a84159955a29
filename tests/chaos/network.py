"""A network for a district: each program in a namespace of its own, as if on a machine of its own, with one link to a
switch at which the people are. Its links are cut, silenced, slowed and made lossy.

Needs no root where the kernel lets users have namespaces, and leaves nothing: the kernel ends the programs with this
process, however that ends, and the namespaces with their last program."""

import os
import pathlib
import socket
import subprocess
import sys

from district import PROGRAMS, ByHand

DISTRICT = pathlib.Path(__file__).with_name("network.toml")  # tells everybody where the hub is
ADDRESSES = {program: f"10.83.0.{number}/24" for number, program in enumerate(PROGRAMS, 1)}
PEOPLE = "10.83.0.254/24"
SKIPPED = 77  # to ctest
ENTERED = "GONGHUI_CHAOS_NETWORK"
OWN = ["unshare", "--map-root-user", "--net", "--mount"]
NARROW = ["tbf", "rate", "400kbit", "burst", "4kb", "latency", "400ms"]


class Apart(ByHand):
    """Each program runs in its own namespace."""

    def place(self, program):
        return ["setpriv", "--pdeathsig", "KILL", *within(program)]


def enter(tried):
    """Goes on in namespaces of its own, or ends with SKIPPED and the reason. `tried` is a fault."""
    try:
        if ENTERED not in os.environ:
            subprocess.run([*OWN, "true"], check=True)
            os.environ.update({ENTERED: "1", "PATH": os.environ["PATH"] + ":/usr/sbin:/sbin"})
            os.execvp(OWN[0], [*OWN, sys.executable, *sys.argv])
        if "switch" not in (name for _, name in socket.if_nameindex()):
            lay_out()
        tried.strike(None, "hub")
        tried.lift(None, "hub")
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"skipped: this machine cannot give every program a network of its own: {error}", file=sys.stderr)
        sys.exit(SKIPPED)


def lay_out():
    run("mount", "-t", "tmpfs", "gonghui-chaos", "/run")  # where `ip netns` keeps names
    run("ip", "link", "add", "switch", "type", "bridge")
    run("ip", "address", "add", PEOPLE, "dev", "switch")
    run("ip", "link", "set", "switch", "up")
    run("ip", "link", "set", "lo", "up")
    for program, address in ADDRESSES.items():
        run("ip", "netns", "add", program)
        run("ip", "link", "add", program, "type", "veth", "peer", "name", "bus", "netns", program)
        run("ip", "link", "set", program, "master", "switch", "up")
        for command in ("link set lo up", f"address add {address} dev bus", "link set bus up"):
            run(*within(program), "ip", *command.split())
        for place, device in ends(program):
            run(*place, "nft", "add table netdev links; add chain netdev links "
                f"{device} {{ type filter hook ingress device {device} priority 0; }}")


def ends(program):
    """Of its link: where, and under which name there."""
    return [([], program), (within(program), "bus")]


def plug(program, state):
    """`down`: as if somebody pulled the cable; both ends see it."""
    run("ip", "link", "set", program, state)


def judge(program, verdict):
    """What becomes of packets on the way, in either direction, as nftables says it; their sender is told nothing."""
    for place, device in ends(program):
        run(*place, "nft", f"flush chain netdev links {device}; add rule netdev links {device} {verdict}")


def throttle(program):
    """An overloaded line: what its queue cannot hold is dropped."""
    for place, device in ends(program):
        run(*place, "tc", "qdisc", "add", "dev", device, "root", *NARROW)


def unthrottle(program):
    for place, device in ends(program):
        run(*place, "tc", "qdisc", "delete", "dev", device, "root")


def within(program):
    return ["nsenter", f"--net=/run/netns/{program}"]


def run(*command):
    subprocess.run(command, check=True)

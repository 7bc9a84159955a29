#!/usr/bin/python3
"""The package of the SDK for C++ on a bare Debian 12: with a compiler beside it, a plug-in of this repository is built, and so
is the one that `gonghui new service` writes. Nothing else of the repository is there.

Needs root. The last line is one JSON object with the figures."""

import argparse
import json
import pathlib
import shutil
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE))
from server import Failed, Server, make_base  # noqa: E402

TOOLS = ["cmake", "g++", "ninja-build"]  # that the package suggests
PLUG_IN = ["services/pledges", "services/stations/schemas"]  # and the messages that it follows


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("packages", nargs="+", type=pathlib.Path, help="what scripts/package has made")
    parser.add_argument("--base", type=pathlib.Path, help="a debootstrap of before, or where to make one")
    parser.add_argument("--mirror", default="http://deb.debian.org/debian")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="gonghui-sdk-") as scratch:
        base = options.base or pathlib.Path(scratch) / "base"
        make_base(base, options.mirror)
        server = Server(pathlib.Path(scratch) / "server", base)
        try:
            (server.folder / "packages").mkdir()
            for package in options.packages:
                if package.name.startswith(("gonghui_", "libgonghui-dev_")):
                    shutil.copy(package, server.folder / "packages")
            started = time.monotonic()
            server.chroot("apt-get", "update", "-q")
            server.chroot("sh", "-c", "apt-get install -q -y --no-install-recommends /packages/*.deb " + " ".join(TOOLS))
            figures = {"install_seconds": round(time.monotonic() - started, 1)}
            for folder in PLUG_IN:
                shutil.copytree(ROOT / folder, server.folder / "src" / folder, ignore=shutil.ignore_patterns("out"))
            started = time.monotonic()
            server.chroot("/src/services/pledges/compile")
            figures["plug_in_seconds"] = round(time.monotonic() - started, 1)
            print(server.chroot("/src/services/pledges/run", "--version").strip())
            server.chroot("gonghui", "new", "service", "books", "--in", "cpp", "--into", "/src/books")
            server.chroot("/src/books/compile")
            print(server.chroot("/src/books/out/books", "--version").strip())
        except Failed as failure:
            print(failure, file=sys.stderr)
            return 1
        finally:
            server.remove()
    print(json.dumps(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())

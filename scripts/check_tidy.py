#!/usr/bin/python3
"""Runs clang-tidy on the project's .cpp files, in parallel, and remembers which were clean.

A file is asked again only when something it is made of has changed: its own text, a header of the project that it
reaches, its compile command, .clang-tidy, or the version of clang-tidy. Prints findings; the exit status is 1 when there
are any.
"""

import argparse
import concurrent.futures
import hashlib
import json
import os
import re
import subprocess
import sys

INCLUDE = re.compile(rb'^\s*#\s*include\s*"([^"]+)"', re.MULTILINE)
GENERATED = "schemas/generated/"


class Contents:
    """Texts of the project's files and what they reach, each read once."""

    def __init__(self, root):
        self.root = root
        self.texts = {}
        self.reached = {}

    def text(self, path):
        if path not in self.texts:
            try:
                with open(os.path.join(self.root, path), "rb") as stream:
                    self.texts[path] = stream.read()
            except FileNotFoundError:
                self.texts[path] = b""
        return self.texts[path]

    def reach(self, path):
        """The path and every header of the project that it includes, directly or not."""
        seen, waiting = set(), [path]
        while waiting:
            current = waiting.pop()
            if current in seen:
                continue
            seen.add(current)
            waiting += [name.decode() for name in INCLUDE.findall(self.text(current))]
        return sorted(seen)


def key_of(contents, path, command, version):
    digest = hashlib.sha256()
    for part in (version, command, contents.text(".clang-tidy")):
        digest.update(part)
    for name in contents.reach(path):
        digest.update(name.encode() + b"\0" + hashlib.sha256(contents.text(name)).digest())
    return digest.hexdigest()


def findings(root, build, path):
    result = subprocess.run(
        ["clang-tidy", "--quiet", "-p", build, "--extra-arg=-Wno-unknown-warning-option",
         "--extra-arg=-Wno-ignored-optimization-argument", path],
        cwd=root, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if result.returncode == 0:
        return ""
    return result.stdout or result.stderr


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", required=True, help="a configured build with compile_commands.json")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("files", nargs="*", help="only these; default: all")
    arguments = parser.parse_args()

    root = os.getcwd()
    build = os.path.abspath(arguments.build)
    with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as stream:
        commands = {os.path.relpath(entry["file"], root): entry["command"].encode() for entry in json.load(stream)}
    ours = sorted(path for path in commands
                  if not path.startswith((GENERATED, "..", "build/")) and os.path.exists(path)
                  and (not arguments.files or path in arguments.files))

    version = subprocess.run(["clang-tidy", "--version"], capture_output=True, check=True).stdout
    contents = Contents(root)
    clean = os.path.join(build, "tidy-clean")
    os.makedirs(clean, exist_ok=True)
    keys = {path: os.path.join(clean, key_of(contents, path, commands[path], version)) for path in ours}
    waiting = [path for path in ours if not os.path.exists(keys[path])]

    failed = 0
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        asked = {pool.submit(findings, root, build, path): path for path in waiting}
        for number, done in enumerate(concurrent.futures.as_completed(asked), 1):
            found, path = done.result(), asked[done]
            if found:
                failed += 1
                print(found.strip(), flush=True)
            else:
                with open(keys[path], "w", encoding="utf-8"):
                    pass
            if sys.stderr.isatty():
                print(f"\r{number}/{len(waiting)} files", end="", file=sys.stderr, flush=True)
    if sys.stderr.isatty() and waiting:
        print(file=sys.stderr)
    print(f"{len(ours)} files, {len(waiting)} of them asked anew, {failed} with findings")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

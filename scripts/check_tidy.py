#!/usr/bin/python3
"""Runs clang-tidy on the project's .cpp files, in parallel, and remembers which were clean.

Most of clang-tidy's time goes into headers of others, which it reads and judges anew for every file. So files that
belong together are read as one translation unit: one that includes them all. Files whose names clash there are split
until they do not.

A group is asked again only when something it is made of has changed: the text of a file, a header of the project that it
reaches, its compile flags, .clang-tidy, or the version of clang-tidy. Prints findings; the exit status is 1 when there
are any.
"""

import argparse
import collections
import concurrent.futures
import hashlib
import json
import os
import re
import subprocess
import sys

INCLUDE = re.compile(rb'^\s*#\s*include\s*"([^"]+)"', re.MULTILINE)
GENERATED = "schemas/generated/"
MOST_FILES = 12  # of a group: beyond this the gain is small, and a finding is long in coming
# What matters to a reader of the source; optimisation and g++'s own warnings do not.
FLAG = re.compile(r"-(I|D|isystem|std=)")
# A file that includes others' .cpp files is what a group is.
OPTIONS = ["--quiet", "--checks=-bugprone-suspicious-include"]


class Contents:
    """Texts of the project's files and what they reach, each read once."""

    def __init__(self, root):
        self.root = root
        self.texts = {}

    def text(self, path):
        if path not in self.texts:
            try:
                with open(os.path.join(self.root, path), "rb") as stream:
                    self.texts[path] = stream.read()
            except FileNotFoundError:
                self.texts[path] = b""
        return self.texts[path]

    def reach(self, paths):
        """The paths and every header of the project that they include, directly or not."""
        seen, waiting = set(), list(paths)
        while waiting:
            current = waiting.pop()
            if current in seen:
                continue
            seen.add(current)
            waiting += [name.decode() for name in INCLUDE.findall(self.text(current))]
        return sorted(seen)


def flags_of(command):
    """What a source is read with: the compile command's -I, -isystem, -D and -std."""
    words, flags = iter(command.split()), []
    for word in words:
        if FLAG.match(word):
            value = next(words) if word in ("-I", "-isystem", "-D") else ""
            flags.append((word + value).replace("\\", ""))
    return tuple(flags)


def groups_of(commands):
    """Files of one service or of one top folder, tests apart from what they test; with the flags of any of them."""
    alike = collections.defaultdict(list)
    for path in sorted(commands):
        room = path.split("/")
        alike["/".join(room[:2]) if room[0] == "services" else room[0], path.endswith("_test.cpp")].append(path)
    for paths in alike.values():
        groups = -(-len(paths) // MOST_FILES)
        for number in range(groups):
            group = paths[number * len(paths) // groups:(number + 1) * len(paths) // groups]
            yield tuple(dict.fromkeys(flag for path in group for flag in commands[path])), group


class Tidy:
    def __init__(self, root, build):
        self.root = root
        self.contents = Contents(root)
        self.folder = os.path.join(build, "tidy")
        os.makedirs(os.path.join(self.folder, "clean"), exist_ok=True)
        self.version = subprocess.run(["clang-tidy", "--version"], capture_output=True, check=True).stdout

    def clean_mark(self, flags, paths):
        digest = hashlib.sha256()
        for part in (self.version, " ".join(flags).encode(), self.contents.text(".clang-tidy")):
            digest.update(part)
        for name in self.contents.reach(paths):
            digest.update(name.encode() + b"\0" + hashlib.sha256(self.contents.text(name)).digest())
        return os.path.join(self.folder, "clean", digest.hexdigest())

    def findings(self, flags, paths):
        """What there is to say of a group, file by file where they do not go together; empty when it is clean."""
        if len(paths) == 1:
            return self.run(["clang-tidy", *OPTIONS, paths[0]], flags)
        together = os.path.join(self.folder, hashlib.sha256(" ".join(paths).encode()).hexdigest()[:16] + ".cpp")
        with open(together, "w", encoding="utf-8") as stream:
            stream.writelines(f'#include "{path}"\n' for path in paths)
        if self.run(["clang++", "-fsyntax-only", "-w", *flags, together]):
            half = len(paths) // 2
            return self.findings(flags, paths[:half]) + self.findings(flags, paths[half:])
        return self.run(["clang-tidy", *OPTIONS, together], flags)

    def run(self, command, flags=()):
        if flags:
            command = [*command, "--", *flags, "-w"]
        done = subprocess.run(command, cwd=self.root, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        return "" if done.returncode == 0 else (done.stdout or done.stderr)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", required=True, help="a configured build with compile_commands.json")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("files", nargs="*", help="only these; default: all")
    arguments = parser.parse_args()

    root = os.getcwd()
    build = os.path.abspath(arguments.build)
    with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as stream:
        commands = {os.path.relpath(entry["file"], root): flags_of(entry["command"]) for entry in json.load(stream)}
    ours = {path: flags for path, flags in commands.items()
            if not path.startswith((GENERATED, "..", "build/")) and os.path.exists(path)
            and (not arguments.files or path in arguments.files)}

    tidy = Tidy(root, build)
    marks = {tidy.clean_mark(flags, paths): (flags, paths) for flags, paths in groups_of(ours)}
    waiting = {mark: group for mark, group in marks.items() if not os.path.exists(mark)}
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        asked = {pool.submit(tidy.findings, *group): mark for mark, group in waiting.items()}
        for number, done in enumerate(concurrent.futures.as_completed(asked), 1):
            found = done.result()
            if found:
                failed += 1
                print(found.strip(), flush=True)
            else:
                with open(asked[done], "w", encoding="utf-8"):
                    pass
            if sys.stderr.isatty():
                print(f"\r{number}/{len(waiting)} groups", end="", file=sys.stderr, flush=True)
    if sys.stderr.isatty() and waiting:
        print(file=sys.stderr)
    asked_anew = sum(len(paths) for _, paths in waiting.values())
    print(f"{len(ours)} files in {len(marks)} groups, {asked_anew} of them asked anew, {failed} groups with findings")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/python3
"""Fails when docker/ names what is not there: a path, a program, a stage, a volume, or a library it does not install.

No engine is needed: this reads docker/Dockerfile and docker/compose.yml against the tree and the configured build.
"""

import argparse
import json
import os
import re
import shlex
import subprocess
import sys

import yaml

DOCKERFILE = "docker/Dockerfile"
COMPOSE = "docker/compose.yml"
BUILT = "/src/build/release/bin/"


def instructions(path):
    """(line number, instruction, words) with continued lines joined."""
    with open(path, encoding="utf-8") as stream:
        lines = stream.read().split("\n")
    number = 0
    while number < len(lines):
        start, text = number + 1, lines[number]
        while text.endswith("\\"):
            number += 1
            text = text[:-1] + " " + lines[number].strip()
        number += 1
        text = text.strip()
        if text and not text.startswith("#"):
            keyword, _, rest = text.partition(" ")
            yield start, keyword, rest


class Dockerfile:
    def __init__(self):
        self.stages = {}  # name -> programs copied into it
        self.problems = []

    def read(self, programs):
        stage = None
        for line, keyword, rest in instructions(DOCKERFILE):
            words = shlex.split(rest)
            if keyword == "FROM":
                stage = words[2] if len(words) == 3 and words[1] == "AS" else None
                if stage is None:
                    self.problems.append(f"{DOCKERFILE}:{line}: a stage without a name")
                elif "/" not in words[0] and ":" not in words[0] and words[0] not in self.stages:
                    self.problems.append(f"{DOCKERFILE}:{line}: stage {words[0]} does not stand above")
                self.stages[stage] = set()
            elif keyword == "COPY":
                self.copy(line, stage, words, programs)
            elif keyword == "ENTRYPOINT" and json.loads(rest)[0] not in self.stages[stage]:
                self.problems.append(f"{DOCKERFILE}:{line}: {json.loads(rest)[0]} is not in stage {stage}")

    def copy(self, line, stage, words, programs):
        options = [word for word in words if word.startswith("--")]
        sources = [word for word in words if not word.startswith("--")][:-1]
        from_builder = any(option.startswith("--from=") for option in options)
        for option in options:
            if option.startswith("--from=") and option.removeprefix("--from=") not in self.stages:
                self.problems.append(f"{DOCKERFILE}:{line}: {option}: no such stage above")
        for source in sources:
            if from_builder and not source.startswith(BUILT):
                folder, made = os.path.split(source.removeprefix("/src/"))
                if not os.path.isdir(folder):
                    self.problems.append(f"{DOCKERFILE}:{line}: nothing makes {made} in {folder}")
            elif from_builder:
                name = source.removeprefix(BUILT)
                self.stages[stage].add(name)
                if name not in programs:
                    self.problems.append(f"{DOCKERFILE}:{line}: the build makes no program {source}")
            elif not os.path.exists(source):
                self.problems.append(f"{DOCKERFILE}:{line}: {source} does not exist")
            else:
                self.stages[stage].add(os.path.basename(source))


def compose_problems(stages):
    with open(COMPOSE, encoding="utf-8") as stream:
        compose = yaml.safe_load(stream)
    services, volumes = compose["services"], set(compose["volumes"])
    images = {service["image"] for service in services.values() if "build" in service}
    used = {}
    for name, service in services.items():
        build = service.get("build")
        if build is None and service["image"] not in images:
            yield f"{COMPOSE}: {name}: nothing builds {service['image']}"
        if build is not None:
            if build["target"] not in stages:
                yield f"{COMPOSE}: {name}: {DOCKERFILE} has no stage {build['target']}"
            if not os.path.exists(os.path.join("docker", build["context"], build["dockerfile"])):
                yield f"{COMPOSE}: {name}: no file {build['dockerfile']}"
        for other in service.get("depends_on", {}):
            if other not in services:
                yield f"{COMPOSE}: {name}: depends on {other}, which is no service"
        for network in service.get("networks", []):
            if network not in compose["networks"]:
                yield f"{COMPOSE}: {name}: network {network} is not declared"
        for mount in service.get("volumes", []):
            volume, _, folder = mount.partition(":")
            if volume not in volumes:
                yield f"{COMPOSE}: {name}: volume {volume} is not declared"
            if folder == "/var/lib/gonghui" and service["image"] != "gonghui/ctl":
                if volume in used:
                    yield f"{COMPOSE}: {name} and {used[volume]} share the volume {volume}"
                used[volume] = name


def missing_libraries(build, programs):
    """Shared libraries that the built programs load and docker/packages.txt does not bring; none when nothing is built."""
    needed = {}  # library -> a program that loads it
    for program in sorted(programs):
        path = os.path.join(build, "bin", program)
        if os.path.exists(path):
            dynamic = subprocess.run(["readelf", "--dynamic", path], capture_output=True, text=True, check=True).stdout
            needed.update({library: program for library in re.findall(r"\(NEEDED\).*\[(.+)\]", dynamic)})
    if not needed:
        return
    with open("docker/packages.txt", encoding="utf-8") as stream:
        brought = set(stream.read().split())
    brought |= {"libc6", "libstdc++6", "libgcc-s1", "libfmt9"}  # in the image, or with one of those listed
    found = subprocess.run(["dpkg-query", "--search", *(f"*/{library}" for library in needed)], capture_output=True,
                           text=True, check=False).stdout
    packages = {library: set() for library in needed}
    for line in found.splitlines():
        names, path = line.split(": ", 1)
        packages.setdefault(os.path.basename(path), set()).update(name.split(":")[0] for name in names.split(", "))
    for library, program in sorted(needed.items()):
        if packages[library] and not packages[library] & brought:
            yield f"docker/packages.txt: {program} needs {library} of {' or '.join(sorted(packages[library]))}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--targets", required=True, help="targets.jsonl of a configured build")
    arguments = parser.parse_args()
    with open(arguments.targets, encoding="utf-8") as stream:
        records = [json.loads(line) for line in stream]
    programs = {record["name"] for record in records
                if record["kind"] == "program" and record["folder"].startswith("services/")
                and record["name"].startswith("gonghui")}

    dockerfile = Dockerfile()
    dockerfile.read(programs)
    problems = dockerfile.problems
    copied = set().union(*dockerfile.stages.values())
    problems += [f"{DOCKERFILE}: no stage for {program}" for program in sorted(programs - copied)]
    problems += compose_problems(dockerfile.stages)
    problems += missing_libraries(os.path.dirname(arguments.targets), programs)
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())

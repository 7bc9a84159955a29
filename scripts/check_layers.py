#!/usr/bin/python3
"""Fails when a file sees what its layer must not see.

What a file may include follows from the build: its target, and what that target depends on (build/<preset>/targets.jsonl,
written by scripts/cmake/GonghuiTargets.cmake). The tables below add what the build cannot know: which layers may depend
on which at all, and who alone includes a foreign library.
"""

import argparse
import json
import os
import re
import sys

# The layer of a target, by its name; the first line that fits counts. What stands in tests/ is outside all layers.
LAYERS = [
    (r"hub_domain", "hub's domain"),
    (r"hub_(authorized|app)", "hub's app"),
    (r"gonghui_schemas_.*", "schemas"),
    (r"gonghui_(codecs_.*|json)", "codecs"),
    (r"gonghui_(bytes|text|ids|time|result|actor|sealed)", "vocabulary"),
    (r"gonghui_(config|process)", "process"),
    (r"gonghui_sdk", "outer"),
    (r"gonghui_.*", "common"),
    (r".*_domain", "domain"),
    (r".*_storage", "storage"),
    (r".*_app", "app"),
    (r".*", "outer"),
]
# Layer -> the layers and single targets that it may depend on; a layer that is not here, on anything.
MAY_DEPEND_ON = {
    "vocabulary": {"vocabulary"},
    "schemas": {"vocabulary", "schemas"},
    "codecs": {"vocabulary", "schemas", "codecs", "gonghui_codec"},
    "common": {"vocabulary", "common", "process"},
    "process": {"vocabulary", "process", "gonghui_sqlite"},
    "domain": {"vocabulary", "schemas", "domain"},
    "storage": {"vocabulary", "schemas", "domain", "storage", "gonghui_sqlite", "gonghui_places", "gonghui_messaging",
                "gonghui_sealing"},
    "app": {"vocabulary", "schemas", "codecs", "domain", "storage", "app", "gonghui_sqlite", "gonghui_places",
            "gonghui_messaging", "gonghui_sealing", "gonghui_codec", "outer"},
    # The hub is the bus itself: its rules speak of envelopes and topics, its app of sockets.
    "hub's domain": {"vocabulary", "gonghui_messaging", "gonghui_frames", "gonghui_codec"},
    "hub's app": {"vocabulary", "hub's domain", "hub's app", "gonghui_messaging", "gonghui_frames", "gonghui_codec",
                  "gonghui_zeromq", "gonghui_process"},
}

# Projects of their own: they are built where only the installed SDK is (tests/sdk/cpp), and a wrong include finds nothing.
OF_THEIR_OWN = ("services/pledges/", "common/sdk/cpp/template/")

# A foreign header -> the folders whose files alone may include it.
SOLE_INCLUDERS = [
    (r"zmq(_addon)?\.hpp|zmq\.h", ["common/zeromq/", "tests/"]),
    # The simulator's disk stands under SQLite, as a VFS: the one thing that common/sqlite cannot give it.
    (r"sqlite3(ext)?\.h", ["common/sqlite/", "tests/simulation/", "tests/sdk/"]),
    (r"msgpack(/.*|\.hpp|\.h)", ["common/codec/"]),
    (r"(spdlog|fmt)/.*", ["common/process/"]),
    (r"toml\+\+/.*|toml\.hpp", ["common/process/", "common/sdk/cpp/", "services/hub/app/authorized.cpp"]),
    (r"httplib\.h", ["common/process/"]),
    (r"prometheus/.*", ["common/process/"]),
    (r"sodium(/.*|\.h)", ["common/ids/", "common/sealing/", "common/messaging/", "common/zeromq/", "tests/"]),
    (r"curl/.*", ["services/notifications/mail/", "common/tracing/"]),
    (r"CLI/.*", ["services/ctl/", "tests/"]),
    (r"nlohmann/.*", ["schemas/json/", "services/ctl/", "services/gateway/http/", "tests/"]),
    (r"boost/.*", ["services/gateway/http/"]),
    (r"openssl/.*", ["services/gateway/domain/totp.cpp"]),
]

# Headers for tests alone: only tests and each other include them, and only they and tests include GoogleTest.
TEST_SUPPORT = r"tests/.*|.*_bench\.cpp|(.*[_/])?(test|testing|fake|fixture)\.hpp|schemas/golden\.hpp"
TEST_FRAMEWORK = r"(gtest|gmock)/.*"

# What would make a rule impure: clocks and chance are caught by review, these by name.
NOT_IN_DOMAIN = r"thread|mutex|shared_mutex|condition_variable|future|atomic|fstream|iostream|filesystem|random|c?std(io|lib)\.h|unistd\.h"

# Headers whose target does not follow from their name.
OWNERS = [
    (r"schemas/generated/ids\.hpp", "gonghui_schemas_ids"),
    (r"schemas/generated/(\w+)/messages\.hpp", r"gonghui_schemas_\1"),
]

INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]')


class Target:
    def __init__(self, record):
        self.kind = record["kind"]
        self.name = record["name"]
        self.folder = record["folder"]
        self.sources = [os.path.normpath(os.path.join(self.folder, source)) for source in record["sources"].split()]
        self.depends = record["depends"].split()
        self.private_depends = record["private_depends"].split()


def layer_of(name, target=None):
    if target is not None and target.folder.startswith("tests/"):
        return "outer"
    return next(layer for pattern, layer in LAYERS if re.fullmatch(pattern, name))


def service_of(folder):
    """The service whose folder it is, or None."""
    parts = folder.split("/")
    return parts[1] if parts[0] == "services" and len(parts) > 1 else None


class House:
    """Targets and files, and what each sees."""

    def __init__(self, root, records):
        self.root = root
        self.targets = {record["name"]: Target(record) for record in records}
        self.by_source = {source: target for target in self.targets.values() for source in target.sources}
        self.closures = {}
        self.owners = {}

    def owner(self, path):
        """The target that a file belongs to; None for a file that no target builds."""
        if path not in self.owners:
            self.owners[path] = None  # for a header that includes itself
            self.owners[path] = self.find_owner(path)
        return self.owners[path]

    def find_owner(self, path):
        if path in self.by_source:
            return self.by_source[path]
        for pattern, name in OWNERS:
            found = re.fullmatch(pattern, path)
            if found:
                return self.targets.get(found.expand(name))
        stem, extension = os.path.splitext(path)
        if extension != ".hpp":
            return None
        if stem + ".cpp" in self.by_source:
            return self.by_source[stem + ".cpp"]
        return self.find_owner_in_folder(path)

    def find_owner_in_folder(self, path):
        """Of a header without a .cpp: the folder's library without sources, or the first target there that sees enough."""
        folder = os.path.dirname(path)
        for target in self.targets.values():
            if target.kind == "library" and target.folder == folder and not target.sources:
                return target
        at_home = [target for target in self.targets.values()
                   if any(os.path.dirname(source) == folder for source in target.sources)]
        at_home.sort(key=lambda target: ["library", "program", "test"].index(target.kind))
        owners = {owner.name for owner in map(self.owner, self.own_includes(path)) if owner}
        fitting = [target for target in at_home if owners <= self.visible_to(target)]
        return next(iter(fitting + at_home), None)

    def includes(self, path):
        """(line number, quote, header) of every include."""
        with open(os.path.join(self.root, path), encoding="utf-8") as stream:
            for number, line in enumerate(stream, 1):
                found = INCLUDE.match(line)
                if found:
                    yield number, *found.groups()

    def own_includes(self, path):
        if not os.path.exists(os.path.join(self.root, path)):
            return []
        return [header for _, quote, header in self.includes(path) if quote == '"']

    def public_closure(self, name):
        if name not in self.closures:
            self.closures[name] = {name}  # breaks a cycle, which is reported apart
            target = self.targets.get(name)
            for dependency in target.depends if target else []:
                self.closures[name] |= self.public_closure(dependency)
        return self.closures[name]

    def visible_to(self, target):
        seen = {target.name}
        for dependency in target.depends + target.private_depends:
            seen |= self.public_closure(dependency)
        return seen


def dependency_breaches(house):
    for target in house.targets.values():
        own_layer = layer_of(target.name, target)
        for dependency in target.depends + target.private_depends:
            other = house.targets.get(dependency)
            if other is None or target.kind == "test":
                continue
            if service_of(target.folder) and service_of(other.folder) not in (None, service_of(target.folder)):
                yield f"{target.folder}/CMakeLists.txt: {target.name} depends on {dependency} of another service"
                continue
            allowed = MAY_DEPEND_ON.get(own_layer)
            if allowed is not None and layer_of(dependency) not in allowed and dependency not in allowed:
                yield (f"{target.folder}/CMakeLists.txt: {target.name} ({own_layer}) must not depend on {dependency} "
                       f"({layer_of(dependency)})")


def cycles(house):
    finished, path = set(), []

    def visit(name):
        if name in path:
            yield "targets depend on each other: " + " -> ".join(path[path.index(name):] + [name])
            return
        if name in finished or name not in house.targets:
            return
        path.append(name)
        target = house.targets[name]
        for dependency in target.depends + target.private_depends:
            yield from visit(dependency)
        path.pop()
        finished.add(name)

    for name in house.targets:
        yield from visit(name)


def fits(path, place):
    return path.endswith(place[1:]) if place.startswith("*") else path.startswith(place)


def is_for_tests(path, target):
    return bool(re.fullmatch(TEST_SUPPORT, path)) or (target is not None and target.kind == "test")


def foreign_breach(path, header, target):
    if re.fullmatch(TEST_FRAMEWORK, header) and not is_for_tests(path, target):
        return f"includes <{header}>, which only tests may"
    for pattern, places in SOLE_INCLUDERS:
        if re.fullmatch(pattern, header):
            if not any(fits(path, place) for place in places):
                return f"includes <{header}>, which only {', '.join(places)} may"
            return None
    if target is not None and layer_of(target.name).endswith("domain") and re.fullmatch(NOT_IN_DOMAIN, header):
        return f"includes <{header}>: a rule has no threads, files, chance or console"
    return None


def own_breach(house, path, header, target, visible):
    if header.startswith(".") or not os.path.exists(os.path.join(house.root, header)):
        return f'includes "{header}", which is no path from the root of the project'
    if re.fullmatch(TEST_SUPPORT, header):
        return None if is_for_tests(path, target) else f'includes "{header}", which only tests may'
    if re.fullmatch(TEST_SUPPORT, path):
        return None  # the tests that include it are checked
    other = house.owner(header)
    if other is None:
        return f'includes "{header}", which belongs to no target'
    if other.name not in visible:
        return f'includes "{header}" of {other.name}, which {target.name} does not depend on'
    return None


def include_breaches(house, files):
    for path in files:
        target = house.owner(path)
        if target is None and (path.endswith(".cpp") or not re.fullmatch(TEST_SUPPORT, path)):
            yield f"{path}:1: belongs to no target"
            continue
        visible = house.visible_to(target) if target else set()
        for number, quote, header in house.includes(path):
            breach = (own_breach(house, path, header, target, visible) if quote == '"'
                      else foreign_breach(path, header, target))
            if breach:
                yield f"{path}:{number}: {breach}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", default=".", help="the project's root")
    parser.add_argument("--targets", required=True, help="targets.jsonl of a configured build")
    parser.add_argument("files", nargs="*", help="paths from the root; default: read from stdin, one a line")
    arguments = parser.parse_args()

    with open(arguments.targets, encoding="utf-8") as stream:
        house = House(arguments.root, [json.loads(line) for line in stream])
    files = arguments.files or [line.strip() for line in sys.stdin]
    files = [path for path in files if not path.startswith(OF_THEIR_OWN)]
    breaches = [*cycles(house), *dependency_breaches(house), *include_breaches(house, files)]
    for breach in breaches:
        print(breach)
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())

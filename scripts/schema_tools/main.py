"""The command line of scripts/generate."""

import argparse
import json
import sys
from dataclasses import dataclass, field
from pathlib import Path

from . import asyncapi, catalogue, cpp, golden, history, javascript, openapi, python
from .outputs import Outputs, write_atomically
from .reading import FILE_NAME, read_service

NOT_SERVICES = {"generated", "history"}
ROOT = Path(__file__).resolve().parents[2]


@dataclass
class House:
    """All that was read. A service with a problem is left out of `services`, and with it what is made of all."""

    services: list = field(default_factory=list)
    problems: list = field(default_factory=list)
    id_names: set = field(default_factory=set)


def service_folders(schemas):
    return [
        folder
        for folder in sorted(schemas.iterdir())
        if folder.is_dir() and folder.name not in NOT_SERVICES and any(folder.glob("*.json"))
    ]


def id_names(schemas):
    """Every x-id, also of a schema that cannot be generated yet: one author's slip must not take ids from others."""
    found = set()

    def walk(node):
        if isinstance(node, dict):
            if isinstance(node.get("x-id"), str):
                found.add(node["x-id"])
            for child in node.values():
                walk(child)
        elif isinstance(node, list):
            for child in node:
                walk(child)

    for folder in service_folders(schemas):
        for path in folder.glob("*.json"):
            try:
                walk(json.loads(path.read_text(encoding="utf-8")) if FILE_NAME.match(path.name) else None)
            except ValueError:
                continue  # read_service tells of it
    return found


def read_house(root):
    house = House(id_names=id_names(root / "schemas"))
    for folder in service_folders(root / "schemas"):
        problems = []
        service = read_service(folder, problems)
        if not problems:
            history.check_service(root, service, problems)
        if problems:
            house.problems += problems
        else:
            house.services.append(service)
    return house


def add_service(outputs, service):
    folder = f"schemas/generated/{service.name}"
    outputs.add_cpp(f"{folder}/messages.hpp", cpp.messages_header(service))
    outputs.add_cpp(f"{folder}/codecs.hpp", cpp.codecs_header(service))
    outputs.add_cpp(f"{folder}/codecs.cpp", cpp.codecs_source(service))
    outputs.add_cpp(f"{folder}/every_message.hpp", cpp.every_message_header(service))
    outputs.add_cpp(f"{folder}/golden_test.cpp", golden.cpp_test(service))
    types = cpp.all_types(service)
    outputs.add(f"common/sdk/python/gonghui/schemas/{service.name}.py", python.module(service, types))
    outputs.add(f"common/sdk/node/schemas/{service.name}.js", javascript.module(service, types))
    outputs.add(f"common/sdk/node/schemas/{service.name}.d.ts", javascript.declarations(service, types))


def outputs_of(root, house):
    outputs = Outputs(root)
    outputs.add_cpp("schemas/generated/ids.hpp", cpp.ids_header(house.id_names))
    for service in house.services:
        add_service(outputs, service)
    if not house.problems:
        outputs.add("schemas/generated/golden.json", golden.document(house.services))
        outputs.add("schemas/generated/asyncapi.json", asyncapi.document(house.services))
        outputs.add("schemas/generated/openapi.json", openapi.document(house.services))
        outputs.add_cpp("schemas/generated/catalogue.hpp", catalogue.header())
        outputs.add_cpp("schemas/generated/catalogue.cpp", catalogue.source(house.services))
    return outputs


def record(root, house):
    for service in house.services:
        for message, shapes in history.unrecorded(root, service, house.problems):
            path = history.file_of(root, message)
            write_atomically(path, history.document(shapes))
            print(path.relative_to(root))


def check(root, house, outputs):
    """Prints what has drifted; says whether nothing has."""
    complaints = [
        f"{path}: differs from what its schemas say; run scripts/generate and commit" for path in outputs.changed()
    ]
    for service in house.services:
        complaints += [
            f"schemas/{message.schema_id}.json: is not on record; run scripts/generate --record and commit"
            for message, _ in history.unrecorded(root, service, house.problems)
        ]
    for complaint in complaints:
        print(complaint, file=sys.stderr)
    return not complaints


def main(arguments=None, root=ROOT):
    parser = argparse.ArgumentParser(
        prog="scripts/generate",
        description="Writes schemas/generated/ and the SDKs' types from schemas/<service>/*.json; see schemas/README.md.",
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--check", action="store_true", help="write nothing; fail when a file has drifted")
    what.add_argument("--record", action="store_true", help="also put the present schemas on record in schemas/history")
    options = parser.parse_args(arguments)

    house = read_house(root)
    for problem in house.problems:
        print(problem, file=sys.stderr)
    outputs = outputs_of(root, house)
    if options.check:
        return 0 if check(root, house, outputs) and not house.problems else 1
    for path in outputs.write():
        print(path)
    if options.record:
        record(root, house)
    if house.problems:
        print("scripts/generate: what is made of all services waits until these are put right", file=sys.stderr)
    return 1 if house.problems else 0

"""The command line of scripts/generate."""

import argparse
import json
import sys
from pathlib import Path

from . import cpp
from .outputs import Outputs
from .reading import FILE_NAME, read_service

NOT_SERVICES = {"generated", "history"}
ROOT = Path(__file__).resolve().parents[2]


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


def generate(root, only):
    """The outputs of the services that are free of problems, and all problems."""
    outputs = Outputs(root)
    problems = []
    services = []
    for folder in service_folders(root / "schemas"):
        if only and folder.name not in only:
            continue
        own = []
        service = read_service(folder, own)
        if own:
            problems += own
        else:
            services.append(service)
    outputs.add_cpp("schemas/generated/ids.hpp", cpp.ids_header(id_names(root / "schemas")))
    for service in services:
        folder = f"schemas/generated/{service.name}"
        outputs.add_cpp(f"{folder}/messages.hpp", cpp.messages_header(service))
        outputs.add_cpp(f"{folder}/codecs.hpp", cpp.codecs_header(service))
        outputs.add_cpp(f"{folder}/codecs.cpp", cpp.codecs_source(service))
    return outputs, problems


def main(arguments=None):
    parser = argparse.ArgumentParser(
        prog="scripts/generate", description="Writes schemas/generated/ from schemas/<service>/*.json."
    )
    parser.add_argument("service", nargs="*", help="only these services (default: all)")
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a generated file has drifted")
    options = parser.parse_args(arguments)

    outputs, problems = generate(ROOT, options.service)
    for problem in problems:
        print(problem, file=sys.stderr)
    if options.check:
        drifted = outputs.changed()
        for path in drifted:
            print(f"{path}: differs from what its schemas say; run scripts/generate and commit", file=sys.stderr)
        return 1 if problems or drifted else 0
    for path in outputs.write():
        print(path)
    return 1 if problems else 0

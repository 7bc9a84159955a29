"""Types for a service outside the house, from its folder of schemas: what the SDK's CMake function gonghui_schemas runs.

    python3 -m schema_tools.plug_in <folder of schemas> <folder to write into>

Prints the service's name."""

import argparse
import json
import pathlib
import sys

from . import cpp, golden, main
from .outputs import read_or_none, write_atomically
from .reading import FILE_NAME, read_service


def name_in(folder):
    """The service that the first schema with an "$id" names; that the others name the same is checked when they are read."""
    for path in sorted(folder.glob("*.json")):
        if FILE_NAME.match(path.name):
            try:
                name, slash, _ = json.loads(path.read_text(encoding="utf-8"))["$id"].partition("/")
            except (ValueError, LookupError, AttributeError, TypeError):
                continue  # read_service tells of it
            if slash:
                return name
    return None


def ids_header(folder):
    # The house's own are the same types under the same names, which C++ lets one say twice.
    return '#include "schemas/generated/ids.hpp"\n' + cpp.ids_header(main.id_names_in(folder))


def run(arguments=None):
    parser = argparse.ArgumentParser(prog="schema_tools.plug_in", description=__doc__.splitlines()[0])
    parser.add_argument("schemas", type=pathlib.Path)
    parser.add_argument("into", type=pathlib.Path)
    options = parser.parse_args(arguments)
    name = name_in(options.schemas)
    if name is None:
        sys.exit(f"{options.schemas}: no schema here has an \"$id\" of the form <service>/<message>.v<version>")
    problems = []
    service = read_service(options.schemas, problems, name)
    if problems:
        sys.exit("\n".join(map(str, problems)))
    ids = f"schemas/generated/{name}/ids.hpp"
    files = {
        ids: ids_header(options.schemas),
        f"schemas/generated/{name}/messages.hpp": cpp.messages_header(service, ids),
        f"schemas/generated/{name}/codecs.hpp": cpp.codecs_header(service),
        f"schemas/generated/{name}/codecs.cpp": cpp.codecs_source(service),
        f"schemas/generated/{name}/golden_test.cpp": golden.cpp_test(service),
        f"schemas/generated/{name}/golden.json": golden.document([service]),
    }
    for path, text in files.items():
        if read_or_none(options.into / path) != text:
            write_atomically(options.into / path, text)
    print(name)


if __name__ == "__main__":
    run()

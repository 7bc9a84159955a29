"""What is wrong with a Service as it is written, all at once and before anything runs; each in a sentence."""

import contextlib
import difflib
import importlib
import importlib.util
import inspect
import sqlite3

from gonghui.store import TABLES


def faults_of(service):
    handlers = [*service.requests.values(), *service.evolvers.values(), *service.reactors.values()]
    return (service.misuses + _of_handlers({handler for _, handler in handlers}) + _of_requests(service) + _of_events(service)
            + _of_tables(service))


def _of_handlers(handlers):
    found = []
    for handler in handlers:
        try:
            inspect.signature(handler).bind(None, None)
        except TypeError:
            what = "request" if "request" in inspect.signature(handler).parameters else "event"
            found.append(f"{handler.__name__}{inspect.signature(handler)}: a handler takes two: (db, {what})")
    return sorted(found)


def _of_requests(service):
    return [f"{kind}: requests of this service are called {service.name}.<name>"
            for kind in service.requests if kind.partition(".")[0] != service.name]


def _of_events(service):
    """Of the house's services alone, which the SDK knows; a version that it does not know may be a newer one."""
    found = []
    for schema in sorted({*service.evolvers, *service.reactors}):
        source, _, name = schema.partition("/")
        if source == service.name or (known := _events_of(source)) is None or (name := _stem(name)) in known:
            continue
        found.append(f"{schema}: {source} has no such event" + _meant(name, known))
    return found


def _events_of(source):
    """None of a service that is not of the house."""
    if not source.isidentifier() or not importlib.util.find_spec(f"gonghui.schemas.{source}"):
        return None
    module = importlib.import_module(f"gonghui.schemas.{source}")
    return {_stem(one.dataschema.partition("/")[2]) for one in vars(module).values() if hasattr(one, "dataschema")}


def _stem(name):
    return name.rpartition(".")[0]


def _of_tables(service):
    """They are tried in memory, behind the host's."""
    found = []
    with contextlib.closing(sqlite3.connect(":memory:")) as db:
        for scripts in TABLES.values():
            for script in scripts:
                db.executescript(script)
        for number, script in enumerate(service.tables):
            try:
                db.executescript(script)
            except sqlite3.Error as error:
                found.append(f"tables[{number}]: {error}")
        known = {name for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    if found:
        return found
    for source, tables in service.read_models.items():
        if source not in service.follows():
            found.append(f"read_models: it follows no {source}" + _meant(source, service.follows()))
        found += [f"read_models[{source!r}]: no script of `tables` makes {table}" + _meant(table, known)
                  for table in tables if table not in known]
    return found


def _meant(word, known):
    near = difflib.get_close_matches(word, known, 1)
    return f"; did you mean {near[0]}?" if near else ""

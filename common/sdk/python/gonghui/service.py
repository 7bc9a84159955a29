"""What a plug-in's developer writes against: a Service with handlers. The host (host.py) calls them.

A command is decided and answers Accepted with events, or Refused. `evolve` is the only one that writes tables, for the
service's own events and for followed ones alike; `react` says what a followed event leads to. Each message is one piece
of one SQLite transaction, on one thread."""

import argparse
import dataclasses
import datetime
import os
import pathlib
import sys
import uuid

from gonghui.wire import Hub, KeyPair, derived_secret, read_toml


class Accepted:
    """`events` of the service's own, in order; `reply` as the command's schema says, if it says anything."""

    def __init__(self, *events, reply=None):
        self.events, self.reply = events, reply


class Refused:
    """An answer like any other, with the figures behind it: Refused("class_full", capacity=30)."""

    def __init__(self, code, **facts):
        self.code, self.facts = code, facts


@dataclasses.dataclass(frozen=True)
class Actor:
    """Who a request is made for. A person's rights are decided here, from the role and the service's own tables."""

    role: str
    person: uuid.UUID | None
    place: uuid.UUID | None
    service: str  # the caller, as the hub has stamped it


@dataclasses.dataclass(frozen=True)
class Request:
    id: uuid.UUID
    type: str
    data: object  # typed
    actor: Actor
    now: datetime.datetime
    traceparent: str | None = None  # for what is asked of others because of it; its own events carry it on anyway


@dataclasses.dataclass(frozen=True)
class Event:
    """Of a followed service, or of one's own."""

    id: uuid.UUID
    source: str
    type: str
    subject: str
    time: datetime.datetime
    dataschema: str
    epoch: int
    seq: int
    cause: uuid.UUID | None
    data: object  # typed
    traceparent: str | None = None


@dataclasses.dataclass(frozen=True)
class Place:
    """Where a service runs: its district, its hub, its key and its store."""

    district: str
    hub: Hub
    key: KeyPair
    store: pathlib.Path
    service_key: pathlib.Path

    @staticmethod
    def of_config(file, service):
        """As `gonghui up` writes it and passes it with --config. Where its keys are, the environment says first, as for every
        program of the house: a unit of systemd hands them over elsewhere."""
        config = read_toml(file)
        hub = config["hub"]
        keys = {name: os.environ.get(f"GONGHUI_KEYS_{name.upper()}", path) for name, path in config["keys"].items()}
        if config.get("partitions", 1) != 1:
            raise ValueError(f"{file}: partitions is {config['partitions']}, and this SDK holds one: set it to 1")
        return Place(config["district"], Hub(hub["request"], hub["subscribe"], hub["public_key"], hub["publish"]),
                     KeyPair.load(keys["identity"]), pathlib.Path(config["store"]["folder"]) / f"{service}-0.db",
                     pathlib.Path(keys["service"]))

    @staticmethod
    def of_folder(folder, service):
        """Beside a running district, in whose folder the operator has put a key (gonghui keys add)."""
        folder = pathlib.Path(folder)
        plan = read_toml(folder / "district.toml")
        return Place(plan["district"], Hub.of(folder), KeyPair.load(folder / "keys" / f"{service}-0.key"),
                     folder / "store" / f"{service}-0.db", folder / "keys" / f"{service}.service")


class _Parser(argparse.ArgumentParser):
    def error(self, message):
        """With the code for wrong usage that all programs of a district have."""
        self.print_usage(sys.stderr)
        self.exit(64, f"{self.prog}: {message}\n")


class Service:
    """`tables`: SQL scripts, run once each, in order; a later version of the program appends to the list.
    `read_models`: by followed service, the tables that its events write and nothing else does. When that service turns
    out to have another history (it was restored from a backup), they are emptied and built again."""

    def __init__(self, name, tables=(), read_models=None):
        self.name, self.tables, self.read_models = name, tables, read_models or {}
        self.requests = {}  # type -> (class, handler)
        self.evolvers, self.reactors = {}, {}  # dataschema -> (class, handler)
        self.misuses = []  # told by `run`, with whatever else is wrong
        self._key_file, self._secrets = None, {}

    def evolve(self, *events):
        """handler(db, event): writes what the event says, and nothing else."""
        return self._register(self.evolvers, events, "dataschema")

    def react(self, *events):
        """handler(db, event): the own events that a followed one leads to, if any. Not called again in a rebuild."""
        return self._register(self.reactors, events, "dataschema")

    def command(self, *requests):
        """handler(db, request): Accepted or Refused. Same request, same id: the first answer again."""
        return self._register(self.requests, requests, "request_type")

    def query(self, *requests):
        """handler(db, request): the reply, or Refused."""
        return self._register(self.requests, requests, "request_type")

    def _register(self, table, messages, name):
        kind = "an event" if name == "dataschema" else "a command or a query"
        self.misuses += [f"{getattr(one, '__name__', one)} is not {kind}: a handler is registered for those, "
                         "@service.evolve(SeatTaken)" for one in messages if not hasattr(one, name)]
        messages = [one for one in messages if hasattr(one, name)]

        def register(handler):
            for message in messages:
                if getattr(message, name) in table:
                    raise ValueError(f"{getattr(message, name)} has a handler already")
                table[getattr(message, name)] = message, handler
            return handler
        return register

    def secret(self, purpose):
        """32 bytes that this service alone knows, the same at every start and after every restore, others for each purpose:
        to sign with, or to make pseudonyms. They come from its own key in keys/ and stand in no store and no log. For
        handlers: there is none before `run`."""
        if purpose not in self._secrets:
            self._secrets[purpose] = derived_secret(self._key_file, purpose)
        return self._secrets[purpose]

    def keeps_nothing_about_people(self):
        """Answers `held_about`, which `gonghui export` asks of everyone, with nothing. Only if it is true."""
        self.requests[f"{self.name}.held_about"] = None, lambda db, request: None

    def follows(self):
        services = {schema.split("/")[0] for schema in (*self.evolvers, *self.reactors)}
        return services - {self.name}

    def keys_add(self):
        """The operator's command that lets it in and gives it its rights."""
        follows = "".join(f" --follow {one}" for one in sorted(self.follows()))
        return f"gonghui keys add {self.name} {self.name}-0 --publish {self.name}{follows}"

    def run(self, arguments=None):
        """Until SIGTERM or SIGINT: in the district's FOLDER, or with the --config that `gonghui up` passes."""
        from gonghui.faults import faults_of
        from gonghui.host import serve  # these know services, not the other way round
        parser = _Parser(description=f"The service {self.name} of a Gonghui district.")
        parser.add_argument("folder", nargs="?", metavar="FOLDER", help="of a district that `gonghui up` has set up")
        parser.add_argument("--config", metavar="FILE", help="as `gonghui up` writes it")
        options = parser.parse_args(arguments)
        if bool(options.folder) == bool(options.config):
            parser.error("give either FOLDER or --config FILE")
        if faults := faults_of(self):
            parser.exit(78, "".join(f"{self.name}: {fault}\n" for fault in faults))
        try:
            place = (Place.of_config(options.config, self.name) if options.config
                     else Place.of_folder(options.folder, self.name))
        except FileNotFoundError as error:
            if str(error.filename).endswith(f"{self.name}-0.key"):
                parser.exit(78, f"{error.filename} is missing; make it: {self.keys_add()}\n")
            parser.exit(78, f"{error.filename}: there is no such file; is this a district's folder?\n")
        except KeyError as error:
            parser.exit(78, f"{options.config or options.folder}: {error} is missing\n")
        except ValueError as error:
            parser.exit(78, f"{error}\n")
        try:
            derived_secret(place.service_key, "")
        except FileNotFoundError:
            parser.exit(78, f"{place.service_key} is missing: this service's own key, from which its secrets come. Put it back "
                            f"from your copy of keys/; what was made with it cannot be told by any other.\n")
        except ValueError:
            parser.exit(78, f"{place.service_key} holds no key: put it back from your copy of keys/.\n")
        self._key_file = place.service_key
        sys.exit(serve(self, place))

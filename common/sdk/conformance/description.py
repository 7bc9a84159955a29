"""What a developer writes about a service in conformance.toml, and the messages that are made of it."""

import dataclasses
import datetime
import pathlib
import re
import tomllib
import uuid

ID, NEW = "@id@", "@new@"
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
PARTS = {"service": str, "program": str, "rights": list, "before": list, "event": dict, "command": dict, "query": dict}


class Unreadable(Exception):
    pass


@dataclasses.dataclass(frozen=True)
class Message:
    type: str
    data: dict
    subject: str = ""
    key: str | None = None
    actor: dict | None = None

    def about(self, identity):
        return filled(self.data, identity)

    @property
    def names_the_event(self):
        return ID in repr((self.data, self.key, self.actor))


@dataclasses.dataclass(frozen=True)
class Description:
    folder: pathlib.Path
    service: str
    program: pathlib.Path
    rights: list  # of `gonghui keys add`
    before: list  # events of the followed service that must have been, once
    event: Message | None
    command: Message | None
    query: Message | None

    @property
    def followed(self):
        """The service whose part this program plays."""
        return self.event.type.split("/")[0] if self.event else None


def filled(value, identity):
    """As it travels: a uuid as its bytes, a date-time as microseconds, a date as text."""
    if isinstance(value, dict):
        return {name: filled(one, identity) for name, one in value.items()}
    if isinstance(value, list):
        return [filled(one, identity) for one in value]
    if value in (ID, NEW):
        return (identity if value == ID else uuid.uuid4()).bytes
    if isinstance(value, str) and UUID.fullmatch(value):
        return uuid.UUID(value).bytes
    if isinstance(value, datetime.datetime):
        return int(value.timestamp()) * 1_000_000 + value.microsecond
    return value.isoformat() if isinstance(value, datetime.date) else value


def read(path, program=None):
    """Of a folder with a conformance.toml, or of such a file."""
    path = pathlib.Path(path).resolve()
    file = path / "conformance.toml" if path.is_dir() else path
    values = _toml(file)
    for name, value in values.items():
        if name not in PARTS or not isinstance(value, PARTS[name]):
            raise Unreadable(f"{file}: {name}: " + ("no such key" if name not in PARTS else f"a {PARTS[name].__name__}"))
    if "service" not in values:
        raise Unreadable(f"{file}: service: missing")
    program = pathlib.Path(program).resolve() if program else file.parent / values.get("program", "run")
    before = [_message(file, f"before.{i}", one) for i, one in enumerate(values.get("before", []))]
    messages = [_message(file, part, values[part]) if part in values else None for part in ("event", "command", "query")]
    rights = values["rights"] if "rights" in values else _rights(file.parent / "rights.toml", values["service"])
    return Description(file.parent, values["service"], program, rights, before, *messages)


def _toml(file):
    try:
        return tomllib.loads(file.read_text())
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Unreadable(f"{file}: {error}") from None


def _rights(file, service):
    """As `gonghui plug` grants them."""
    given = _toml(file)
    granted = [(f"--{right}", one) for right in ("follow", "call") for one in given.get(right, [])]
    return ["--publish", service, *(word for pair in granted for word in pair)]


def _message(file, part, given):
    unknown = set(given) - {field.name for field in dataclasses.fields(Message)}
    if unknown or not isinstance(given.get("type"), str) or not isinstance(given.get("data"), dict):
        raise Unreadable(f"{file}: {part}: " + (", ".join(sorted(unknown)) or "type, data"))
    return Message(**given)

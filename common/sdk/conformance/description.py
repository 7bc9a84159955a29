"""What a developer writes about a service in conformance.toml, and the messages that are made of it."""

import base64
import dataclasses
import datetime
import pathlib
import re
import tomllib
import uuid

ID, NEW, BASE64 = "@id@", "@new@", "base64:"
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
PARTS = {"service": str, "program": str, "rights": list, "before": list, "event": dict, "command": dict, "query": dict}


KINDS = {str: ("文本", "a text"), list: ("列表", "a list"), dict: ("表", "a table")}


class Unreadable(Exception):
    """Where, and what is wrong there: in Chinese and in English."""

    def __init__(self, where, chinese, english):
        super().__init__(f"{where}: {english}")
        self.where, self.both = where, (chinese, english)


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
    """As it travels: a uuid and base64 as bytes, a date-time as microseconds, a date as text."""
    if isinstance(value, dict):
        return {name: filled(one, identity) for name, one in value.items()}
    if isinstance(value, list):
        return [filled(one, identity) for one in value]
    if value in (ID, NEW):
        return (identity if value == ID else uuid.uuid4()).bytes
    if isinstance(value, str) and UUID.fullmatch(value):
        return uuid.UUID(value).bytes
    if isinstance(value, str) and value.startswith(BASE64):
        return base64.b64decode(value.removeprefix(BASE64), validate=True)
    if isinstance(value, datetime.datetime):
        return int(value.timestamp()) * 1_000_000 + value.microsecond
    return value.isoformat() if isinstance(value, datetime.date) else value


def read(path, program=None):
    """Of a folder with a conformance.toml, or of such a file."""
    path = pathlib.Path(path).resolve()
    file = path / "conformance.toml" if path.is_dir() else path
    values = _toml(file)
    for name, value in values.items():
        if name not in PARTS:
            known = ", ".join(PARTS)
            raise Unreadable(f"{file}: {name}", f"没有这个键；可用：{known}", f"no such key; there are {known}")
        if not isinstance(value, PARTS[name]):
            chinese, english = KINDS[PARTS[name]]
            raise Unreadable(f"{file}: {name}", f"应为{chinese}", f"must be {english}")
    if "service" not in values:
        raise Unreadable(f"{file}: service", "缺少：写上服务的名称", "missing: write the service's name")
    program = pathlib.Path(program).resolve() if program else file.parent / values.get("program", "run")
    before = [_message(file, f"before.{i}", one) for i, one in enumerate(values.get("before", []))]
    messages = [_message(file, part, values[part]) if part in values else None for part in ("event", "command", "query")]
    rights = values["rights"] if "rights" in values else _rights(file.parent / "rights.toml", values["service"])
    return Description(file.parent, values["service"], program, rights, before, *messages)


def _toml(file):
    try:
        return tomllib.loads(file.read_text())
    except OSError as error:
        raise Unreadable(file, f"读不了（{error.strerror}）；gonghui new service 会写出这样的文件",
                         f"cannot be read ({error.strerror}); `gonghui new service` writes such a file") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Unreadable(file, f"不是 TOML：{error}", f"is no TOML: {error}") from None


def _rights(file, service):
    """As `gonghui plug` grants them."""
    given = _toml(file)
    granted = [(f"--{right}", one) for right in ("follow", "call") for one in given.get(right, [])]
    return ["--publish", service, *(word for pair in granted for word in pair)]


def _message(file, part, given):
    unknown = set(given) - {field.name for field in dataclasses.fields(Message)}
    if unknown:
        names = ", ".join(sorted(unknown))
        raise Unreadable(f"{file}: {part}", f"没有这些键：{names}", f"no such keys: {names}")
    if not isinstance(given.get("type"), str) or not isinstance(given.get("data"), dict):
        raise Unreadable(f"{file}: {part}", "需要 type（文本）和 data（表）", "needs type, a text, and data, a table")
    try:
        filled(given["data"], uuid.UUID(int=0))
    except ValueError as error:
        raise Unreadable(f"{file}: {part}.data", f"{BASE64} 之后不是 base64：{error}",
                         f"what stands behind {BASE64} is no base64: {error}") from None
    return Message(**given)

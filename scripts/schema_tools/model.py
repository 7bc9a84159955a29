"""What a message is, once it has been read and checked. Two types are the same when everything but their words is."""

from dataclasses import dataclass, field
from typing import Optional, Tuple, Union

ROLES = ("worker", "officer", "township", "district", "city", "service")
REACHES = ("nobody", "self", "place", "all")


@dataclass(frozen=True)
class Boolean:
    pass


@dataclass(frozen=True)
class Integer:
    minimum: Optional[int] = None
    maximum: Optional[int] = None


@dataclass(frozen=True)
class Text:
    min_length: Optional[int] = None
    max_length: Optional[int] = None


@dataclass(frozen=True)
class Personal:
    """Plain personal text: in commands, queries and replies."""

    min_length: Optional[int] = None
    max_length: Optional[int] = None


@dataclass(frozen=True)
class Sealed:
    """Personal text in an event: ciphertext, whose length says nothing about its bounds."""


@dataclass(frozen=True)
class Uuid:
    id_name: Optional[str] = None


@dataclass(frozen=True)
class Time:
    pass


@dataclass(frozen=True)
class Date:
    pass


@dataclass(frozen=True)
class Binary:
    min_length: Optional[int] = None
    max_length: Optional[int] = None


@dataclass(frozen=True)
class Parameters:
    """A free map of text to text."""

    min_count: Optional[int] = None
    max_count: Optional[int] = None


@dataclass(frozen=True)
class Choice:
    name: str
    values: Tuple[str, ...]


@dataclass(frozen=True)
class Array:
    item: "Type"
    min_count: Optional[int] = None
    max_count: Optional[int] = None


@dataclass(frozen=True)
class Field:
    name: str
    type: "Type"
    required: bool
    description: str = field(default="", compare=False)


@dataclass(frozen=True)
class Record:
    name: str
    fields: Tuple[Field, ...]
    description: str = field(default="", compare=False)

    def find(self, name):
        return next((one for one in self.fields if one.name == name), None)


Type = Union[
    Boolean, Integer, Text, Personal, Sealed, Uuid, Time, Date, Binary, Parameters, Choice, Array, Record
]


@dataclass(frozen=True)
class Message:
    service: str
    name: str  # the file's stem without the version: sign_up
    version: int
    is_newest: bool
    kind: str  # command, query or event
    body: Record
    reply: Optional[Record]  # of a command or query
    reach: Tuple[str, ...]  # of a command or query: one per role, in the order of ROLES
    refusals: Tuple[str, ...]
    key: Optional[str]
    subject: Optional[str]
    is_private: bool

    @property
    def title(self):
        return self.body.name

    @property
    def description(self):
        return self.body.description

    @property
    def schema_id(self):
        return f"{self.service}/{self.name}.v{self.version}"

    @property
    def request_type(self):
        """The first version of a request goes by its plain name; callers choose a later one by naming it."""
        plain = f"{self.service}.{self.name}"
        return plain if self.version == 1 else f"{plain}.v{self.version}"


@dataclass(frozen=True)
class Wording:
    zh_cn: str
    en: str


@dataclass
class Service:
    name: str
    messages: list  # of Message, ordered by kind, name and version
    refusals: dict  # code -> Wording

    def of_kind(self, kind):
        return [message for message in self.messages if message.kind == kind]


def nested_types(root):
    """The choices and records below a type, each after those that it is made of; the type itself last."""
    if isinstance(root, Array):
        yield from nested_types(root.item)
    elif isinstance(root, Record):
        for one in root.fields:
            yield from nested_types(one.type)
        yield root
    elif isinstance(root, Choice):
        yield root

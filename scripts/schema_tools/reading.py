"""JSON to model. Every mistake becomes a Problem that says where it is and what to do; an unknown key is a mistake."""

import json
import re
from dataclasses import dataclass

from . import model
from .naming import pascal_case, snake_case

DIALECT = "https://json-schema.org/draft/2020-12/schema"
FILE_NAME = re.compile(r"^([a-z][a-z0-9_]*)\.v([1-9][0-9]*)\.json$")
SNAKE = re.compile(r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$")
PASCAL = re.compile(r"^[A-Z][A-Za-z0-9]*$")

COMMON_KEYS = {"$schema", "$id", "title", "description", "x-kind", "type", "properties", "required"}
REQUEST_KEYS = COMMON_KEYS | {"x-key", "x-actors", "x-refusals", "x-reply"}
EVENT_KEYS = COMMON_KEYS | {"x-visibility", "x-subject"}

# What the generated struct itself is made of, besides its fields.
TAKEN_NAMES = {
    "command": {"type", "rights", "key"},
    "query": {"type", "rights", "key"},
    "event": {"dataschema", "event_type", "is_private", "subject"},
    "reply": set(),
}


@dataclass(frozen=True)
class Problem:
    file: str
    path: str
    message: str

    def __str__(self):
        return f"{self.file}: {self.path}: {self.message}"


class Reader:
    """One schema file. Goes on after a mistake, so that an author sees all of them at once."""

    def __init__(self, file, problems):
        self.file = file
        self.problems = problems

    def problem(self, path, message):
        self.problems.append(Problem(self.file, path, message))

    def only_keys(self, node, allowed, path):
        for key in node:
            if key not in allowed:
                self.problem(f"{path}.{key}", f"unknown key; here are known: {', '.join(sorted(allowed))}")

    def text(self, node, key, path, default=""):
        value = node.get(key, default)
        if isinstance(value, str):
            return value
        self.problem(f"{path}.{key}", "must be a string")
        return default

    def bound(self, node, key, path, lowest=0):
        value = node.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int):
            self.problem(f"{path}.{key}", "must be an integer")
            return None
        if lowest is not None and value < lowest:
            self.problem(f"{path}.{key}", f"must be {lowest} or more")
            return None
        return value

    def bounds(self, node, lower_key, upper_key, path, lowest=0):
        lower = self.bound(node, lower_key, path, lowest)
        upper = self.bound(node, upper_key, path, lowest)
        if lower is not None and upper is not None and lower > upper:
            self.problem(path, f"{lower_key} {lower} is above {upper_key} {upper}: nothing would fit")
        return lower, upper

    # --- types ---

    def type_of(self, node, path, owner, name, form):
        """`owner` and `name` give an untitled enum its name; `form` is the kind of message, or "reply"."""
        if not isinstance(node, dict):
            self.problem(path, "must be a schema: an object with a \"type\"")
            return model.Boolean()
        readers = {
            "boolean": self.boolean,
            "integer": self.integer,
            "string": self.string,
            "array": self.array,
            "object": self.object,
        }
        kind = node.get("type")
        if not isinstance(kind, str) or kind not in readers:
            advice = "use \"integer\" in the smallest unit" if kind == "number" else f"use one of {', '.join(readers)}"
            self.problem(f"{path}.type", f"{json.dumps(kind)} is not supported; {advice}")
            return model.Boolean()
        return readers[kind](node, path, owner, name, form)

    def boolean(self, node, path, *_):
        self.only_keys(node, {"type", "description"}, path)
        return model.Boolean()

    def integer(self, node, path, *_):
        self.only_keys(node, {"type", "description", "minimum", "maximum"}, path)
        return model.Integer(*self.bounds(node, "minimum", "maximum", path, None))

    def string(self, node, path, owner, name, form):
        if "enum" in node:
            return self.choice(node, path, owner, name, form)
        if "contentEncoding" in node:
            self.only_keys(node, {"type", "description", "contentEncoding", "minLength", "maxLength"}, path)
            if node["contentEncoding"] != "base64":
                self.problem(f"{path}.contentEncoding", "must be \"base64\"")
            return model.Binary(*self.bounds(node, "minLength", "maxLength", path))
        if "format" in node:
            return self.formatted(node, path)
        self.only_keys(node, {"type", "description", "minLength", "maxLength", "x-personal"}, path)
        bounds = self.bounds(node, "minLength", "maxLength", path)
        if "x-personal" not in node:
            return model.Text(*bounds)
        if node["x-personal"] is not True:
            self.problem(f"{path}.x-personal", "must be true; leave it out for what is not personal")
        return model.Sealed() if form == "event" else model.Personal(*bounds)

    def formatted(self, node, path):
        form = node["format"]
        if form == "uuid":
            self.only_keys(node, {"type", "description", "format", "x-id"}, path)
            id_name = node.get("x-id")
            if id_name is not None and not (isinstance(id_name, str) and SNAKE.match(id_name)):
                self.problem(f"{path}.x-id", "must be a snake_case name without \"_id\", as in \"person\"")
                id_name = None
            return model.Uuid(id_name)
        self.only_keys(node, {"type", "description", "format"}, path)
        if form == "date-time":
            return model.Time()
        if form == "date":
            return model.Date()
        self.problem(f"{path}.format", f"{json.dumps(form)} is not supported; use uuid, date-time or date")
        return model.Text()

    def choice(self, node, path, owner, name, form):
        self.only_keys(node, {"type", "description", "enum", "title"}, path)
        values = node["enum"]
        if not isinstance(values, list) or not values:
            self.problem(f"{path}.enum", "must be a list of at least one snake_case text")
            values = ["none"]
        for value in values:
            if not isinstance(value, str) or not SNAKE.match(value):
                self.problem(f"{path}.enum", f"{json.dumps(value, ensure_ascii=False)} must be a snake_case text")
        values = [value for value in values if isinstance(value, str)]
        if len(set(values)) != len(values):
            self.problem(f"{path}.enum", "names a value twice")
        title = self.title(node, path, owner + pascal_case(name))
        return model.Choice(title, tuple(values))

    def array(self, node, path, owner, name, form):
        self.only_keys(node, {"type", "description", "items", "minItems", "maxItems"}, path)
        item = self.type_of(node.get("items"), f"{path}.items", owner, name, form)
        if isinstance(item, model.Boolean) and isinstance(node.get("items"), dict):
            self.problem(f"{path}.items", "an array of booleans tells nothing; use an enum or an object")
        return model.Array(item, *self.bounds(node, "minItems", "maxItems", path))

    def object(self, node, path, owner, name, form):
        if "additionalProperties" in node:
            return self.parameters(node, path)
        if "title" not in node:
            self.problem(path, f"give it a \"title\": it becomes the C++ struct's name, as in \"{pascal_case(name)}\"")
        self.only_keys(node, {"type", "description", "title", "properties", "required"}, path)
        title = self.title(node, path, owner + pascal_case(name))
        return self.record(node, path, title, form)

    def parameters(self, node, path):
        self.only_keys(node, {"type", "description", "additionalProperties", "minProperties", "maxProperties"}, path)
        if node["additionalProperties"] != {"type": "string"}:
            self.problem(f"{path}.additionalProperties", "must be {\"type\": \"string\"}: a free map of text to text")
        return model.Parameters(*self.bounds(node, "minProperties", "maxProperties", path))

    def title(self, node, path, default):
        title = self.text(node, "title", path, default)
        if not PASCAL.match(title):
            self.problem(f"{path}.title", f"{json.dumps(title, ensure_ascii=False)} must be in PascalCase")
            return default
        return title + self.suffix

    def record(self, node, path, title, form):
        properties = node.get("properties", {})
        if not isinstance(properties, dict):
            self.problem(f"{path}.properties", "must be an object of field name to schema")
            properties = {}
        required = node.get("required", [])
        if not isinstance(required, list):
            self.problem(f"{path}.required", "must be a list of field names")
            required = []
        for name in required:
            if name not in properties:
                self.problem(f"{path}.required", f"{json.dumps(name)} is not among the properties")
        if len(set(map(str, required))) != len(required):
            self.problem(f"{path}.required", "names a field twice")
        owner = title[: len(title) - len(self.suffix)]
        fields = []
        for name, schema in properties.items():
            where = f"{path}.properties.{name}"
            if not SNAKE.match(name):
                self.problem(where, "a field's name must be in snake_case")
                continue
            kind = self.type_of(schema, where, owner, name, form)
            description = self.text(schema, "description", where) if isinstance(schema, dict) else ""
            fields.append(model.Field(name, kind, name in required, description))
        return model.Record(title, tuple(fields), self.text(node, "description", path))

    # --- messages ---

    def message(self, node, service, name, version, is_newest):
        self.suffix = "" if is_newest else f"V{version}"
        kind = node.get("x-kind")
        if kind not in ("command", "query", "event"):
            self.problem("$.x-kind", "must be \"command\", \"query\" or \"event\"")
            return None
        self.only_keys(node, EVENT_KEYS if kind == "event" else REQUEST_KEYS, "$")
        self.head(node, service, name, version)
        body = self.record(node, "$", pascal_case(name) + self.suffix, kind)
        for field in body.fields:
            if field.name in TAKEN_NAMES[kind]:
                self.problem(
                    f"$.properties.{field.name}",
                    f"every generated {kind} already has a member of this name; choose another, as in "
                    f"\"{field.name}_name\" or \"{name}_{field.name}\"",
                )
        return model.Message(
            service=service,
            name=name,
            version=version,
            is_newest=is_newest,
            kind=kind,
            body=body,
            reply=None if kind == "event" else self.reply(node, name),
            reach=() if kind == "event" else self.reach(node),
            refusals=tuple(self.refusals(node)),
            key=self.routing_key(node, body),
            subject=self.subject(node, body),
            is_private=self.is_private(node, kind),
        )

    def head(self, node, service, name, version):
        expected = {
            "$schema": DIALECT,
            "$id": f"{service}/{name}.v{version}",
            "title": pascal_case(name),
            "type": "object",
        }
        for key, value in expected.items():
            if key == "title" and isinstance(node.get(key), str) and snake_case(node[key]) == name:
                continue
            if node.get(key) != value:
                self.problem(f"$.{key}", f"must be \"{value}\": the file's name and folder say so")
        if not self.text(node, "description", "$"):
            self.problem("$.description", "is missing; say in one sentence what the message is for")

    def reply(self, node, name):
        default = pascal_case(name) + "Reply"
        if "x-reply" not in node:
            return model.Record(default + self.suffix, ())
        reply = node["x-reply"]
        if not isinstance(reply, dict) or reply.get("type") != "object":
            self.problem("$.x-reply", "must be a schema of \"type\": \"object\"")
            return model.Record(default + self.suffix, ())
        self.only_keys(reply, {"type", "title", "description", "properties", "required"}, "$.x-reply")
        return self.record(reply, "$.x-reply", self.title(reply, "$.x-reply", default), "reply")

    def reach(self, node):
        actors = node.get("x-actors")
        if not isinstance(actors, dict):
            self.problem("$.x-actors", "is missing; say how far each role reaches, as in {\"worker\": \"self\"}")
            return ("nobody",) * len(model.ROLES)
        for role, reach in actors.items():
            if role not in model.ROLES:
                self.problem(f"$.x-actors.{role}", f"unknown role; there are {', '.join(model.ROLES)}")
            elif reach not in model.REACHES:
                self.problem(f"$.x-actors.{role}", f"must be one of {', '.join(model.REACHES)}")
        reach = (actors.get(role, "nobody") for role in model.ROLES)
        return tuple(one if one in model.REACHES else "nobody" for one in reach)

    def refusals(self, node):
        codes = node.get("x-refusals", [])
        if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
            self.problem("$.x-refusals", "must be a list of codes from refusals.json")
            return []
        return codes

    def routing_key(self, node, body):
        name = node.get("x-key")
        if name is None:
            return None
        field = body.find(name)
        if field is None or not isinstance(field.type, model.Uuid):
            self.problem("$.x-key", f"{json.dumps(name)} must be a property of format uuid")
            return None
        return name

    def subject(self, node, body):
        name = node.get("x-subject")
        if name is None:
            return None
        field = body.find(name)
        if field is None or not field.required or not isinstance(field.type, (model.Uuid, model.Text)):
            self.problem("$.x-subject", f"{json.dumps(name)} must be a required property: a uuid or a plain text")
            return None
        return name

    def is_private(self, node, kind):
        if kind != "event":
            return False
        visibility = node.get("x-visibility")
        if visibility not in ("public", "private"):
            self.problem("$.x-visibility", "must be \"public\", or \"private\" for what only this service may read")
        return visibility == "private"


def _no_duplicates(pairs):
    """JSON lets a key stand twice and keeps the last; here that is always a slip."""
    keys = [key for key, _ in pairs]
    twice = {key for key in keys if keys.count(key) > 1}
    if twice:
        raise ValueError(f"the key {json.dumps(sorted(twice)[0])} stands twice in one object")
    return dict(pairs)


def load_json(path, shown, problems):
    """The object in a file, or None and a problem. `shown` is the file's name for people."""
    try:
        node = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=_no_duplicates)
    except OSError as error:
        problems.append(Problem(shown, "$", f"cannot be read: {error.strerror}"))
    except UnicodeDecodeError as error:
        problems.append(Problem(shown, "$", f"is not UTF-8: byte {error.start}"))
    except json.JSONDecodeError as error:
        problems.append(Problem(shown, f"line {error.lineno}, column {error.colno}", f"is not JSON: {error.msg}"))
    except ValueError as error:
        problems.append(Problem(shown, "$", str(error)))
    else:
        if isinstance(node, dict):
            return node
        problems.append(Problem(shown, "$", "must be one JSON object"))
    return None


def read_refusals(folder, name, problems):
    file = folder / "refusals.json"
    shown = f"schemas/{name}/refusals.json"
    if not file.exists():
        return {}
    wordings = {}
    for code, texts in (load_json(file, shown, problems) or {}).items():
        where = f"$.{code}"
        if not SNAKE.match(code):
            problems.append(Problem(shown, where, "a code must be in snake_case"))
        elif not isinstance(texts, dict) or set(texts) != {"zh-CN", "en"} or not all(
            isinstance(text, str) and text for text in texts.values()
        ):
            problems.append(Problem(shown, where, "must be {\"zh-CN\": \"...\", \"en\": \"...\"}"))
        else:
            wordings[code] = model.Wording(texts["zh-CN"], texts["en"])
    return wordings


def read_service(folder, problems, name=None):
    """The service in schemas/<name>. Its messages are those that could be read; `problems` tells of the others. The folder
    of a service outside the house may have another name than the service."""
    service_name = name or folder.name
    refusals = read_refusals(folder, service_name, problems)
    files = {}
    for path in sorted(folder.glob("*.json")):
        shown = f"schemas/{service_name}/{path.name}"
        match = FILE_NAME.match(path.name)
        if match:
            files.setdefault(match[1], {})[int(match[2])] = (path, shown)
        elif path.name != "refusals.json":
            problems.append(Problem(shown, "$", "must be named <message>.v<version>.json"))
    messages = []
    for name, versions in files.items():
        newest = max(versions)
        for version, (path, shown) in sorted(versions.items()):
            node = load_json(path, shown, problems)
            if node is None:
                continue
            reader = Reader(shown, problems)
            message = reader.message(node, service_name, name, version, version == newest)
            if message is None:
                continue
            for code in message.refusals:
                if code not in refusals:
                    reader.problem("$.x-refusals", f"{json.dumps(code)} is not in schemas/{service_name}/refusals.json")
            messages.append(message)
    order = {"command": 0, "query": 1, "event": 2}
    messages.sort(key=lambda message: (order[message.kind], message.name, message.version))
    service = model.Service(service_name, messages, refusals)
    check_names(service, problems)
    return service


def check_names(service, problems):
    """One name is one C++ type: two messages may share a record or an enum only when they agree on all of it."""
    seen = {}
    for message in service.messages:
        shown = f"schemas/{message.schema_id}.json"
        for root in (message.reply, message.body):
            for one in model.nested_types(root) if root else ():
                first, where = seen.setdefault(one.name, (one, shown))
                if first == one and (one is not message.body or where == shown):
                    continue
                problems.append(
                    Problem(
                        shown,
                        "$",
                        f"the title {one.name} is used for something else in {where}; make both the same, or give "
                        "one another \"title\" (a personal field is plain in a reply and sealed in an event)",
                    )
                )

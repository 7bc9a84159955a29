"""The Python types of a service, for the SDK: annotations say what a field takes, gonghui/messages.py reads them."""

import keyword

from . import model
from .outputs import NOTICE

PLAIN = {
    model.Boolean: "bool",
    model.Integer: "int",
    model.Text: "str",
    model.Personal: "str",
    model.Sealed: "bytes",
    model.Uuid: "UUID",
    model.Time: "datetime",
    model.Date: "date",
    model.Binary: "bytes",
    model.Parameters: "dict[str, str]",
}
WIDTH = 120


def words(text):
    return " ".join(text.split())


def python_name(name):
    return name + "_" if keyword.iskeyword(name) else name


def bounds_of(kind):
    if isinstance(kind, model.Integer):
        return kind.minimum, kind.maximum
    if isinstance(kind, (model.Text, model.Personal, model.Binary)):
        return kind.min_length, kind.max_length
    if isinstance(kind, (model.Parameters, model.Array)):
        return kind.min_count, kind.max_count
    return None, None


def annotation(kind):
    if isinstance(kind, model.Array):
        text = f"list[{annotation(kind.item)}]"
    elif isinstance(kind, (model.Choice, model.Record)):
        text = kind.name
    else:
        text = PLAIN[type(kind)]
    least, most = bounds_of(kind)
    return text if least is None and most is None else f"Annotated[{text}, Bounds({least}, {most})]"


def commented(line, text):
    if not text:
        return f"{line}\n"
    beside = f"{line}  # {text}"
    if len(beside) <= WIDTH:
        return f"{beside}\n"
    indent = line[: len(line) - len(line.lstrip())]
    return f"{indent}# {text}\n{line}\n"


def member(field):
    kind = annotation(field.type)
    declared = kind if field.required else f"{kind} | None = None"
    return commented(f"    {python_name(field.name)}: {declared}", words(field.description))


def decorator(one, bodies):
    message = bodies.get(one.name)
    if message is None:
        return "@record\n"
    if message.kind == "event":
        options = [f'subject="{message.subject}"'] if message.subject else []
        options += ["is_private=True"] if message.is_private else []
        return f"@event({', '.join([quoted(message.schema_id), *options])})\n"
    options = [f"reply={message.reply.name}"] + ([f'key="{message.key}"'] if message.key else [])
    return f"@{message.kind}({', '.join([quoted(message.request_type), *options])})\n"


def quoted(text):
    return f'"{text}"'


def definition(one, bodies):
    if isinstance(one, model.Choice):
        values = [quoted(value) for value in one.values]
        flat = f"{one.name} = Literal[{', '.join(values)}]\n"
        return flat if len(flat) <= WIDTH else f"{one.name} = Literal[\n    {f',{chr(10)}    '.join(values)},\n]\n"
    description = words(one.description)
    doc = f'    """{description}"""\n\n' if description and one.fields else f'    """{description}"""\n'
    members = "".join(member(field) for field in one.fields)
    body = (doc if description else "") + members
    return decorator(one, bodies) + f"class {one.name}:\n" + (body or "    pass\n")


def imports(text):
    def used(*names):
        return [name for name in names if f"{name}[" in text or f": {name}" in text or f"[{name}" in text
                or f"@{name}" in text or f"{name}(" in text]

    lines = []
    for module, names in (("datetime", used("date", "datetime")), ("typing", used("Annotated", "Literal")),
                          ("uuid", used("UUID"))):
        if names:
            lines.append(f"from {module} import {', '.join(names)}\n")
    own = used("Bounds", "command", "event", "query", "record")
    return "".join(lines) + ("\n" if lines else "") + f"from gonghui.messages import {', '.join(own)}\n"


def module(service, types):
    bodies = {message.title: message for message in service.messages}
    text = "\n\n".join(definition(one, bodies) for one in types)
    notice = NOTICE.format(source=f"{service.name}/*.json")
    return f'"""{notice}"""\n\n{imports(text)}\n\n{text}'

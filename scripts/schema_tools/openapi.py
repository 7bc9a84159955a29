"""The OpenAPI 3.1 document of the gateway: every request that people may make, and what stands beside them."""

import json

from . import asyncapi, model

VERSION = "3.1.0"

PROBLEM = {
    "title": "Problem",
    "description": "RFC 9457, in the language of Accept-Language.",
    "type": "object",
    "properties": {
        "type": {"type": "string", "description": "urn:gonghui:problem:<code>"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "Of the service's refusals, or the gateway's own."},
        "detail": {"type": "string", "description": "A sentence for a person."},
        "facts": {"type": "object", "description": "The figures behind a refusal; names that end with _at are times."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {name: {"type": "string"} for name in ("path", "code", "message")},
                "required": ["path", "code", "message"],
            },
        },
        "retry_after_ms": {"type": "integer"},
        "ticket": {"type": "string", "description": "Keeps the place in line: send it as Gonghui-Ticket."},
    },
    "required": ["type", "title", "status", "code", "detail"],
}
UUID = asyncapi.UUID_TEXT
TIME = {"type": "string", "format": "date-time"}
ROLE = {
    "title": "Role",
    "type": "object",
    "properties": {
        "role": {"type": "string", "enum": ["worker", "officer", "township", "district", "city"]},
        "place": {**UUID, "description": "Where it is held; absent for a worker."},
        "name": {"type": "string", "description": "Of the place."},
    },
    "required": ["role"],
}
SESSION = {
    "title": "Session",
    "type": "object",
    "properties": {
        "session_id": UUID,
        "person_id": UUID,
        "kind": {"type": "string", "enum": ["worker", "officer"]},
        "roles": {"type": "array", "items": ROLE},
        "role": ROLE,
        "expires_at": TIME,
        "has_password": {"type": "boolean", "description": "A worker may log in with one, beside the code."},
        "proved_until": {**TIME, "description": "Of a worker who came in by a code: until then the password is changed "
                                                "without the present one."},
    },
    "required": ["session_id", "person_id", "kind", "roles", "role", "expires_at", "has_password"],
}
TEXT = {"type": "string"}
TAGS = {
    "session": "Logging in and out, and in which role one asks.",
    "stream": "What a page is told without asking.",
    "operations": "How the district's partitions are.",
    "health": "For whatever watches the gateway.",
    "gateway": "Officers' accounts, and who is logged in.",
    "matchmaking": "Profiles, evenings, secret choices.",
    "notifications": "Inbox, preferences, e-mails.",
    "registration": "Organisations, members, applications, roles, and who saw whose data.",
    "training": "Courses, campaigns, classes, seats and lines.",
}


def _object(**properties):
    return {"type": "object", "properties": properties, "required": list(properties)}


def _reference(kind, name):
    return {"$ref": f"#/components/{kind}/{name}"}


def _json(schema):
    return {"application/json": {"schema": schema}}


def _problems(*codes):
    """Whoever asks too often is told so at every address."""
    return {code: _reference("responses", f"Problem{code}") for code in sorted({*codes, "429"})}


def _answers(status, description, schema, *problems):
    answer = {"description": description, "content": _json(schema)} if schema else {"description": description}
    return {status: answer} | _problems(*problems)


def _operation(name, tag, summary, answers, **more):
    return {"operationId": name, "tags": [tag], "summary": summary, **more, "responses": answers}


GUARDED = [_reference("parameters", "Guard")]
NO_SESSION = {"security": []}


def _of_sessions():
    """What is not of the catalogue."""
    log_in = {"oneOf": [_object(phone=TEXT, code=TEXT), _object(phone=TEXT, password=TEXT),
                        _object(login=TEXT, password=TEXT, totp=TEXT)]}
    chosen = {**_object(password=TEXT, current=TEXT, totp=TEXT), "required": ["password"]}
    present = {**_object(current=TEXT), "required": []}
    one = {"name": "session_id", "in": "path", "required": True, "schema": UUID, "description": "As the list has it."}
    listed = _object(session_id=UUID, kind=TEXT, opened_at=TIME, expires_at=TIME, is_this={"type": "boolean"})
    campaign = {"name": "campaign_id", "in": "query", "schema": UUID, "description": "Adds the seats of its classes."}
    partition = _object(source=TEXT, instance=TEXT, held={"type": "boolean"}, status={"type": ["object", "null"]})
    return {
        "/session/code": {"post": _operation(
            "session.code", "session", "Send a one-time code to a mobile number.",
            _answers("202", "On its way, whoever has the number.", _object(), "403", "409", "422", "503"),
            parameters=GUARDED, requestBody={"required": True, "content": _json(_object(phone=TEXT))}, **NO_SESSION)},
        "/session": {
            "post": _operation(
                "session.open", "session", "Log in by phone, with a code or a password; or as an officer with a password and a time-based code.",
                _answers("200", "Logged in; the cookie is set.", _reference("schemas", "Session"), "400", "401", "403", "409",
                         "422", "503"),
                parameters=GUARDED, requestBody={"required": True, "content": _json(log_in)}, **NO_SESSION),
            "get": _operation("session.show", "session", "Who is logged in, and as what.",
                              _answers("200", "The session.", _reference("schemas", "Session"), "401")),
            "delete": _operation("session.close", "session", "Log out.", _answers("204", "Over.", None, "401", "403"),
                                 parameters=GUARDED),
        },
        "/session/role": {"put": _operation(
            "session.role", "session", "Ask in another role from now on.",
            _answers("200", "The session.", _reference("schemas", "Session"), "401", "403", "422"), parameters=GUARDED,
            requestBody={"required": True, "content": _json({**_object(role=TEXT, place=UUID), "required": ["role"]})})},
        "/session/password": {"put": _operation(
            "session.password", "session", "Choose a password. `current` unless a code was shown at the log-in a moment ago; "
            "an officer gives `current` and `totp`. One's other sessions end.",
            _answers("204", "It is the password from now on.", None, "401", "403", "409", "422", "429", "503"),
            parameters=GUARDED, requestBody={"required": True, "content": _json(chosen)})},
        "/session/password/removal": {"post": _operation(
            "session.password.removal", "session", "Log in by codes alone again. `current` as above.",
            _answers("204", "There is no password any more.", None, "401", "403", "409", "429", "503"),
            parameters=GUARDED, requestBody={"required": True, "content": _json(present)})},
        "/session/phone": {"put": _operation(
            "session.phone", "session", "Another mobile number, with the code that was sent to it.",
            _answers("204", "It is the number from now on.", None, "401", "403", "409", "422", "429", "503"),
            parameters=GUARDED, requestBody={"required": True, "content": _json(_object(phone=TEXT, code=TEXT))})},
        "/sessions": {"get": _operation(
            "sessions.list", "session", "Where one is logged in.",
            _answers("200", "All of them.", _object(sessions={"type": "array", "items": listed}), "401"))},
        "/sessions/{session_id}": {"delete": _operation(
            "sessions.close", "session", "Log out elsewhere.", _answers("204", "Over.", None, "401", "403", "404"),
            parameters=[one, *GUARDED])},
        "/stream": {"get": _operation(
            "stream", "stream", "Server-sent events: inbox, seats, line, refusals.",
            {"200": {"description": "A stream without an end.", "content": {"text/event-stream": {"schema": TEXT}}},
             **_problems("401")},
            parameters=[campaign])},
        "/operations/status": {"get": _operation(
            "operations.status", "operations", "What every partition says of itself; for a district and its city.",
            _answers("200", "Every partition; `status` is null where it is silent.",
                     _object(partitions={"type": "array", "items": partition}), "401", "403", "503"))},
        "/health": {"get": _operation("health", "health", "Whether the bus is there.", {
            "200": {"description": "It is.", "content": _json(_object(ready={"type": "boolean"}))},
            "503": {"description": "It is not.", "content": _json(_object(ready={"type": "boolean"}))}, **_problems()},
            **NO_SESSION)},
    }


def is_for_people(message):
    return message.kind != "event" and any(
        reach != "nobody" for role, reach in zip(model.ROLES, message.reach) if role != "service")


def fits_an_address(message):
    """Addresses are written down by browsers and proxies: nothing personal stands in one, and records do not fit."""
    kinds = (field.type.item if isinstance(field.type, model.Array) else field.type for field in message.body.fields)
    return not any(isinstance(kind, (model.Personal, model.Record, model.Parameters, model.Array)) for kind in kinds)


def _own_person(message, field):
    """A worker's own id may be left out: it is the session's."""
    return field.name == "person_id" and dict(zip(model.ROLES, message.reach))["worker"] != "nobody"


def _body(message):
    schema = asyncapi.schema_of_type(message.body)
    required = [field.name for field in message.body.fields if field.required and not _own_person(message, field)]
    schema.pop("required", None)
    return {**schema, **({"required": required} if required else {})}


def _parameters(message):
    for field in message.body.fields:
        is_required = field.required and not _own_person(message, field)
        yield {
            "name": field.name,
            "in": "query",
            **({"required": True} if is_required else {}),
            **({"description": field.description} if field.description else {}),
            **({"style": "form", "explode": True} if isinstance(field.type, model.Array) else {}),
            "schema": asyncapi.schema_of_type(field.type),
        }


def _of_a_message(message):
    reply = _reference("schemas", f"{message.service}.{message.name}.v{message.version}.reply")
    more = {"x-actors": dict(zip(model.ROLES, message.reach)), "x-refusals": list(message.refusals)}
    name = message.request_type
    if message.kind == "query":
        answers = _answers("200", "The answer.", reply, "401", "403", "409", "422", "502", "503")
        if not fits_an_address(message):
            return {"post": _operation(name, message.service, message.description, answers,
                                       parameters=[_reference("parameters", one) for one in ("Guard", "After")],
                                       requestBody={"required": True, "content": _json(_body(message))}, **more)}
        parameters = [*_parameters(message), _reference("parameters", "After")]
        return {"get": _operation(name, message.service, message.description, answers, parameters=parameters, **more)}
    answers = _answers("200", "Done, and on disk.", reply, "400", "401", "403", "409", "415", "422", "502", "503")
    parameters = [_reference("parameters", one) for one in ("Guard", "IdempotencyKey", "After", "Ticket")]
    return {"post": _operation(name, message.service, message.description, answers, parameters=parameters,
                               requestBody={"required": True, "content": _json(_body(message))}, **more)}


def _header(name, description, schema, required=False):
    return {"name": name, "in": "header", "description": description, "schema": schema,
            **({"required": True} if required else {})}


def document(services):
    paths = _of_sessions()
    schemas = {"Problem": PROBLEM, "Session": SESSION}
    for service in services:
        for message in service.messages:
            if not is_for_people(message):
                continue
            paths["/" + message.request_type.replace(".", "/", 1)] = _of_a_message(message)
            schemas[f"{message.service}.{message.name}.v{message.version}.reply"] = asyncapi.schema_of_type(message.reply)
    problems = {
        f"Problem{code}": {"description": words, "content": {"application/problem+json": {
            "schema": _reference("schemas", "Problem")}}}
        for code, words in (
            ("400", "No JSON."), ("401", "Nobody is logged in."), ("403", "Not permitted, or not from a page of ours."),
            ("404", "Not there."), ("409", "A rule said no."), ("415", "Not JSON."), ("422", "Fields are not right."),
            ("429", "Too much of it."), ("502", "A fault of ours."), ("503", "Not now; again with the same key."))}
    parameters = {
        "Guard": _header("X-Gonghui", "With an Origin of ours: no other site can send it.", {"const": "1"}, required=True),
        "IdempotencyKey": _header("Idempotency-Key", "A UUID of version 7, one per tap.", UUID, required=True),
        "After": _header("Gonghui-After", "Gonghui-At of earlier answers, with commas.", TEXT),
        "Ticket": _header("Gonghui-Ticket", "Of a problem under the same Idempotency-Key.", TEXT),
    }
    whole = {
        "openapi": VERSION,
        "info": {"title": "Gonghui gateway", "version": "1", "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
                 "description": "JSON over HTTP in front of a district's bus. See services/gateway/API.md."},
        "servers": [{"url": "/api/v1"}],
        "security": [{"cookie": []}],
        "tags": [{"name": name, "description": TAGS.get(name, f"What people ask of {name}.")}
                 for name in ("session", "stream", "operations", "health", *(service.name for service in services))],
        "paths": paths,
        "components": {
            "securitySchemes": {"cookie": {"type": "apiKey", "in": "cookie", "name": "__Host-gonghui"}},
            "parameters": parameters, "responses": problems, "schemas": schemas},
    }
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"

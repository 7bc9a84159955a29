"""What every chapter of the season works with: the district, a client that plays people, the data, a teller."""

import functools
import json
import pathlib
import random
import uuid

from gonghui import Request
from telling import Bar

SCHEMAS = pathlib.Path(__file__).resolve().parents[2] / "schemas"


class Unexpected(Exception):
    """The district answered what the season has no place for."""


@functools.cache
def key_field(kind):
    """Which field of a message routes it."""
    service, message = kind.split(".")
    return json.loads((SCHEMAS / service / f"{message}.v1.json").read_text()).get("x-key")


def command(kind, data, actor=None, after=None):
    field = key_field(kind)
    return Request(kind, data, key=data.get(field) if field else None, actor=actor, after=after)


class Scene:
    def __init__(self, district, teller, data, results, seed):
        self.district, self.teller = district, teller
        self.data, self.results = data, results
        self.bus = district.bus("season")
        self.random = random.Random(seed)
        self.seed = seed
        self.figures = {}
        self.import_id = None  # of the roster, once it is in
        self.at = {}  # service -> where its last reply stood

    def read(self, name):
        return json.loads((self.data / name).read_text())

    def fixed_id(self, name):
        """The same in every season of this seed, as the generator gives it."""
        return uuid.uuid5(uuid.UUID(int=self.seed), name)

    def ask(self, kind, data, actor=None, after=None):
        return self.ask_all(None, [command(kind, data, actor, after)])[0]

    def ask_all(self, title, requests, but=()):
        """Every reply must be `accepted`, or refused with a code of `but`; shows a bar when there is a title."""
        if title:
            with Bar(self.teller, self.teller.say(title), len(requests)) as bar:
                replies = self.bus.ask_all(requests, progress=bar)
        else:
            replies = self.bus.ask_all(requests)
        for request, reply in zip(requests, replies):
            if reply.outcome != "accepted" and not (reply.outcome == "refused" and reply.code in but):
                raise Unexpected(f"{request.type}: {reply}")
            self.remember(reply)
        return replies

    def remember(self, reply):
        service = reply.at["source"].split("/")[1] if reply.at["source"] else ""
        if reply.at["seq"] >= self.at.get(service, {"seq": -1})["seq"]:
            self.at[service] = reply.at

    def after(self, service):
        """For a request that must not be answered before its receiver knows what this season did at `service`."""
        return self.at.get(service)

"""The messages of the service `popular`, as its developer would write them."""

import pathlib
import sys
import uuid
from typing import Annotated

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "common/sdk/python"))

from gonghui.messages import Bounds, command, event, query, record  # noqa: E402


@record
class VoteReply:
    votes: int


@command("popular.vote", reply=VoteReply)
class Vote:
    organisation_id: uuid.UUID
    stars: Annotated[int, Bounds(1, 5)]


@record
class KnownReply:
    organisations: int
    votes: int


@query("popular.known", reply=KnownReply)
class Known:
    pass


@event("popular/voted.v1", subject="organisation_id")
class Voted:
    organisation_id: uuid.UUID
    stars: Annotated[int, Bounds(1, 5)]


@event("popular/welcomed.v1", subject="organisation_id")
class Welcomed:
    organisation_id: uuid.UUID
    name: str

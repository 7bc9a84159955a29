#!/usr/bin/python3
"""A service with all that the SDK knows: it follows registration, keeps tables, decides, reacts and publishes."""

import os
import pathlib
import signal

import voting  # finds the SDK for the next lines, too
from gonghui import Accepted, Refused, Service
from gonghui.schemas.registration import OrganisationFounded
from gonghui.wire import Connection

service = Service("popular", tables=[
    "CREATE TABLE organisations (organisation_id BLOB PRIMARY KEY, name TEXT NOT NULL) STRICT",
    "CREATE TABLE votes (organisation_id BLOB PRIMARY KEY, votes INTEGER NOT NULL, stars INTEGER NOT NULL) STRICT",
], read_models={"registration": [os.environ.get("READ_MODEL", "organisations")]})
service.keeps_nothing_about_people()


@service.evolve(OrganisationFounded)
def founded(db, event):
    poison = os.environ.get("POISON")  # a file: while it is there, organisations of this name cannot be applied
    if poison and pathlib.Path(poison).exists() and event.data.name == pathlib.Path(poison).read_text():
        raise RuntimeError("poison")
    db.execute("INSERT INTO organisations VALUES (?, ?)", (event.data.organisation_id, event.data.name))


@service.react(OrganisationFounded)
def welcome(db, event):
    return [voting.Welcomed(organisation_id=event.data.organisation_id, name=event.data.name)]


@service.evolve(voting.Voted)
def voted(db, event):
    db.execute("INSERT INTO votes VALUES (?, 1, ?) ON CONFLICT DO UPDATE SET votes = votes + 1, stars = stars + ?",
               (event.data.organisation_id, event.data.stars, event.data.stars))


@service.command(voting.Vote)
def vote(db, request):
    organisation = request.data.organisation_id
    if not db.execute("SELECT 1 FROM organisations WHERE organisation_id = ?", (organisation,)).fetchone():
        return Refused("unknown_organisation", known=db.execute("SELECT count(*) FROM organisations").fetchone()[0])
    if os.environ.get("WRITES_WHERE_IT_DECIDES"):
        db.execute("INSERT INTO votes VALUES (?, 9, 9)", (organisation,))
    (votes,) = db.execute("SELECT coalesce(sum(votes), 0) FROM votes").fetchone()
    return Accepted(voting.Voted(organisation_id=organisation, stars=request.data.stars),
                    reply=voting.VoteReply(votes=votes + 1))


@service.query(voting.Known)
def known(db, request):
    return voting.KnownReply(organisations=db.execute("SELECT count(*) FROM organisations").fetchone()[0],
                             votes=db.execute("SELECT coalesce(sum(votes), 0) FROM votes").fetchone()[0])


if os.environ.get("DIES_ONCE_COMMITTED"):  # before anything of a vote has left
    say = Connection.say

    def die(self, word, *rest):
        if word == "reply" and b"votes" in rest[1]:
            os.kill(os.getpid(), signal.SIGKILL)
        say(self, word, *rest)

    Connection.say = die

service.run()

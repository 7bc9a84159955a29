#!/usr/bin/python3
"""Follows `popular`: what it hears of votes, in a table of its own."""

import voting
from gonghui import Service
from gonghui.messages import query, record


@record
class HeardReply:
    votes: int
    stars: int


@query("fans.heard", reply=HeardReply)
class Heard:
    pass


service = Service("fans", tables=["CREATE TABLE heard (seq INTEGER PRIMARY KEY, stars INTEGER NOT NULL) STRICT"],
                  read_models={"popular": ["heard"]})
service.keeps_nothing_about_people()


@service.evolve(voting.Voted)
def voted(db, event):
    db.execute("INSERT INTO heard VALUES (?, ?)", (event.seq, event.data.stars))


@service.query(Heard)
def heard(db, request):
    votes, stars = db.execute("SELECT count(*), coalesce(sum(stars), 0) FROM heard").fetchone()
    return HeardReply(votes=votes, stars=stars)


service.run()

"""Keeps notes about the organisations that registration knows."""
from gonghui import Accepted, Refused, Service
from gonghui.schemas.registration import OrganisationFounded

from messages import Note, Noted, Notes, NotesReply

PERMITTED = ("district", "service")
service = Service("@name@", tables=[
    "CREATE TABLE organisations (organisation_id BLOB PRIMARY KEY) STRICT;"
    "CREATE TABLE notes (organisation_id BLOB NOT NULL, text TEXT NOT NULL) STRICT",
], read_models={"registration": ["organisations"]})
service.keeps_nothing_about_people()


@service.evolve(OrganisationFounded)
def founded(db, event):
    db.execute("INSERT INTO organisations VALUES (?)", (event.data.organisation_id,))


@service.command(Note)
def note(db, request):
    if request.actor.role not in PERMITTED:
        return Refused("not_permitted")
    organisation = request.data.organisation_id
    if not db.execute("SELECT 1 FROM organisations WHERE organisation_id = ?", (organisation,)).fetchone():
        return Refused("unknown_organisation")
    return Accepted(Noted(organisation_id=organisation, text=request.data.text))


@service.evolve(Noted)
def noted(db, event):
    db.execute("INSERT INTO notes VALUES (?, ?)", (event.data.organisation_id, event.data.text))


@service.query(Notes)
def notes(db, request):
    if request.actor.role not in PERMITTED:
        return Refused("not_permitted")
    rows = db.execute("SELECT text FROM notes WHERE organisation_id = ?", (request.data.organisation_id,))
    return NotesReply(notes=[text for (text,) in rows])


service.run()

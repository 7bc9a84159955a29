"""The messages of @name@, as schemas/ describes them."""
from typing import Annotated
from uuid import UUID

from gonghui.messages import Bounds, command, event, query, record

NoteText = Annotated[str, Bounds(1, 200)]


@command("@name@.note")
class Note:
    organisation_id: UUID
    text: NoteText


@event("@name@/noted.v1", subject="organisation_id")
class Noted:
    organisation_id: UUID
    text: NoteText


@record
class NotesReply:
    notes: list[str]


@query("@name@.notes", reply=NotesReply)
class Notes:
    organisation_id: UUID

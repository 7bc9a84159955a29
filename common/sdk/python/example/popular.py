#!/usr/bin/python3
"""How popular each class is: how many have taken a seat in it, as training's events tell. Answers popular.classes."""
from uuid import UUID

from gonghui import Service
from gonghui.messages import query, record
from gonghui.schemas.training import ClassOpened, SeatTaken

@record
class Class:
    class_id: UUID
    capacity: int
    taken: int

@record
class ClassesReply:
    classes: list[Class]

@query("popular.classes", reply=ClassesReply)
class Classes:
    pass

service = Service("popular", tables=["CREATE TABLE classes (class_id BLOB PRIMARY KEY, capacity INTEGER, taken INTEGER)"],
                  read_models={"training": ["classes"]})
service.keeps_nothing_about_people()

@service.evolve(ClassOpened)
def opened(db, event):
    db.execute("INSERT INTO classes VALUES (?, ?, 0)", (event.data.class_id, event.data.capacity))

@service.evolve(SeatTaken)
def taken(db, event):
    db.execute("UPDATE classes SET taken = taken + 1 WHERE class_id = ?", (event.data.class_id,))

@service.query(Classes)
def classes(db, request):
    rows = db.execute("SELECT class_id, capacity, taken FROM classes")
    return ClassesReply(classes=[Class(class_id=UUID(bytes=one), capacity=of, taken=by) for one, of, by in rows])

service.run()

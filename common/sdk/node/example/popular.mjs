#!/usr/bin/env node
// How popular each class is: how many have taken a seat in it, as training's events tell. Answers popular.classes.
import { Service } from 'gonghui';
import { integer, list, query, record, uuid } from 'gonghui/messages';
import { ClassOpened, SeatTaken } from 'gonghui/schemas/training';

const Class = record('Class', { class_id: uuid(), capacity: integer(), taken: integer() });
const ClassesReply = record('ClassesReply', { classes: list(Class) });
const Classes = query('popular.classes', {}, { reply: ClassesReply });

const service = new Service('popular', {
  tables: ['CREATE TABLE classes (class_id TEXT PRIMARY KEY, capacity INTEGER, taken INTEGER)'],
  readModels: { training: ['classes'] },
});
service.keepsNothingAboutPeople();

service.evolve(ClassOpened, (db, { data }) => {
  db.prepare('INSERT INTO classes VALUES (?, ?, 0)').run(data.class_id, data.capacity);
});

service.evolve(SeatTaken, (db, { data }) => {
  db.prepare('UPDATE classes SET taken = taken + 1 WHERE class_id = ?').run(data.class_id);
});

service.query(Classes, db => new ClassesReply({ classes: db.prepare('SELECT * FROM classes').all() }));

await service.run();

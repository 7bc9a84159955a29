// Keeps notes about the organisations that registration knows.
import { Service, accepted, refused } from 'gonghui';
import { OrganisationFounded } from 'gonghui/schemas/registration';
import { Note, Noted, Notes, NotesReply } from './messages.mjs';

const PERMITTED = ['district', 'service'];
const service = new Service('@name@', {
  tables: [`CREATE TABLE organisations (organisation_id TEXT PRIMARY KEY) STRICT;
            CREATE TABLE notes (organisation_id TEXT NOT NULL, text TEXT NOT NULL) STRICT`],
  readModels: { registration: ['organisations'] },
});
service.keepsNothingAboutPeople();

service.evolve(OrganisationFounded, (db, { data }) => {
  db.prepare('INSERT INTO organisations VALUES (?)').run(data.organisation_id);
});

service.command(Note, (db, { actor, data }) => {
  if (!PERMITTED.includes(actor.role)) return refused('not_permitted');
  if (!db.prepare('SELECT 1 FROM organisations WHERE organisation_id = ?').get(data.organisation_id))
    return refused('unknown_organisation');
  return accepted([new Noted(data)]);
});

service.evolve(Noted, (db, { data }) => {
  db.prepare('INSERT INTO notes VALUES (?, ?)').run(data.organisation_id, data.text);
});

service.query(Notes, (db, { actor, data }) => {
  if (!PERMITTED.includes(actor.role)) return refused('not_permitted');
  const notes = db.prepare('SELECT text FROM notes WHERE organisation_id = ?').pluck().all(data.organisation_id);
  return new NotesReply({ notes });
});

await service.run();

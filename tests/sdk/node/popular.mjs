#!/usr/bin/env node
// A service with all that the SDK knows: it follows registration, keeps tables, decides, reacts and publishes.
import { existsSync, readFileSync } from 'node:fs';
import { Service, accepted, refused } from '../../../common/sdk/node/index.js';
import { OrganisationFounded } from '../../../common/sdk/node/schemas/registration.js';
import { Connection } from '../../../common/sdk/node/wire.js';
import { Known, KnownReply, Vote, VoteReply, Voted, Welcomed } from './voting.mjs';

const { POISON: poison, DIES_ONCE_COMMITTED: dies, WRITES_WHERE_IT_DECIDES: writes } = process.env;
const count = (db, sql, ...values) => db.prepare(sql).pluck().get(...values);

const service = new Service('popular', {
  tables: [
    'CREATE TABLE organisations (organisation_id BLOB PRIMARY KEY, name TEXT NOT NULL) STRICT',
    'CREATE TABLE votes (organisation_id TEXT PRIMARY KEY, votes INTEGER NOT NULL, stars INTEGER NOT NULL) STRICT',
  ],
  readModels: { registration: [process.env.READ_MODEL ?? 'organisations'] },
});
service.keepsNothingAboutPeople();

const blob = id => Buffer.from(id.replaceAll('-', ''), 'hex'); // as the same plug-in in Python keeps it

service.evolve(OrganisationFounded, (db, { data }) => {
  // A file: while it is there, organisations of this name cannot be applied.
  if (poison && existsSync(poison) && data.name === readFileSync(poison, 'utf8')) throw new Error('poison');
  db.prepare('INSERT INTO organisations VALUES (?, ?)').run(blob(data.organisation_id), data.name);
});

service.react(OrganisationFounded, (db, { data }) => [new Welcomed({ organisation_id: data.organisation_id,
  name: data.name })]);

service.evolve(Voted, (db, { data }) => {
  db.prepare('INSERT INTO votes VALUES (?, 1, ?) ON CONFLICT DO UPDATE SET votes = votes + 1, stars = stars + ?')
    .run(data.organisation_id, data.stars, data.stars);
});

service.command(Vote, (db, { data }) => {
  const { organisation_id, stars } = data;
  if (!count(db, 'SELECT 1 FROM organisations WHERE organisation_id = ?', blob(organisation_id)))
    return refused('unknown_organisation', { known: count(db, 'SELECT count(*) FROM organisations') });
  if (writes) db.prepare('INSERT INTO votes VALUES (?, 9, 9)').run(organisation_id);
  const votes = count(db, 'SELECT coalesce(sum(votes), 0) FROM votes') + 1;
  return accepted([new Voted({ organisation_id, stars })], new VoteReply({ votes }));
});

service.query(Known, db => new KnownReply({ organisations: count(db, 'SELECT count(*) FROM organisations'),
  votes: count(db, 'SELECT coalesce(sum(votes), 0) FROM votes') }));

if (dies) { // before anything of a vote has left
  const { say } = Connection.prototype;
  Connection.prototype.say = function die(word, ...rest) {
    if (word === 'reply' && rest[1].includes('votes')) process.kill(process.pid, 'SIGKILL');
    say.call(this, word, ...rest);
  };
}

await service.run();

#!/usr/bin/env node
// Follows `popular`: what it hears of votes, in a table of its own.
import { Service } from '../../../common/sdk/node/index.js';
import { integer, query, record } from '../../../common/sdk/node/messages.js';
import { Voted } from './voting.mjs';

const HeardReply = record('HeardReply', { votes: integer(), stars: integer() });
const Heard = query('fans.heard', {}, { reply: HeardReply });

const service = new Service('fans', {
  tables: ['CREATE TABLE heard (seq INTEGER PRIMARY KEY, stars INTEGER NOT NULL) STRICT'],
  readModels: { popular: ['heard'] },
});
service.keepsNothingAboutPeople();

service.evolve(Voted, (db, event) => {
  db.prepare('INSERT INTO heard VALUES (?, ?)').run(event.seq, event.data.stars);
});

service.query(Heard, db => new HeardReply(
  db.prepare('SELECT count(*) AS votes, coalesce(sum(stars), 0) AS stars FROM heard').get()));

await service.run();

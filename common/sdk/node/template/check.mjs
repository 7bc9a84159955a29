// Asks the service, in the district of GONGHUI_DISTRICT_FOLDER, with the operator's key.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import test, { after } from 'node:test';
import { Bus, hubOf, loadKey, worker } from 'gonghui';
import { FoundOrganisation } from 'gonghui/schemas/registration';
import { Note, Notes } from './messages.mjs';

const folder = process.env.GONGHUI_DISTRICT_FOLDER;
const bus = new Bus(hubOf(folder), loadKey(`${folder}/keys/ctl.key`));
after(() => bus.close());

test('a note is kept', async () => {
  const city = randomUUID();
  const founded = await bus.ask(new FoundOrganisation({ organisation_id: city, kind: 'city', name: '试验市总工会' }));
  assert.equal(founded.outcome, 'accepted', founded.code);
  const reply = await bus.ask(new Note({ organisation_id: city, text: '你好' }), { after: founded.at });
  assert.equal(reply.outcome, 'accepted', reply.code);
  assert.deepEqual((await bus.ask(new Notes({ organisation_id: city }))).data.notes, ['你好']);
});

test('what it refuses', async () => {
  const nowhere = new Note({ organisation_id: randomUUID(), text: 'x' });
  assert.equal((await bus.ask(nowhere)).code, 'unknown_organisation');
  assert.equal((await bus.ask(nowhere, { actor: worker(randomUUID()) })).code, 'not_permitted');
});

// Everything that the services hold about a person, for that person: their right under the law on personal information
// (PIPL, article 45).
import { command, query } from '@gonghui/shared/api';
import { uuidv7 } from '@gonghui/shared/uuid';

// All pages of one answer: its lists put together, everything else as on the first page.
async function whole(message, fields) {
  const all = await query(message, fields);
  let { next } = all;
  while (next) {
    const page = await query(message, { ...fields, after: next });
    for (const [name, value] of Object.entries(page)) if (Array.isArray(value)) all[name].push(...value);
    ({ next } = page);
  }
  delete all.next;
  return all;
}

// What registration seals it shows for a look, which is on record like any other look.
async function lookAt(person, purpose) {
  const look_id = uuidv7();
  try {
    await command('registration.unmask_member', { look_id, person_id: person, purpose });
    return { look_id };
  } catch (problem) {
    if (problem.code === 'unknown_person') return {};
    throw problem;
  }
}

export async function copyOf(person, purpose) {
  const look = await lookAt(person, purpose);
  const asked = { person_id: person };
  return {
    person_id: person,
    made_at: new Date().toISOString(),
    registration: await whole('registration.held_about', { ...asked, ...look }),
    training: await whole('training.held_about', asked),
    matchmaking: await whole('matchmaking.held_about', asked),
    notifications: await whole('notifications.held_about', asked),
  };
}

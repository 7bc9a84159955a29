// Who somebody is of whom a service has told the id alone.
import { query } from '@gonghui/shared/api';

const atOnce = 100; // as many as registration answers for

/** Person id -> masked row, of those whom the officer may see. */
export async function readPeople(ids) {
  const once = [...new Set(ids)];
  const pages = Array.from({ length: Math.ceil(once.length / atOnce) }, (_, page) => once.slice(page * atOnce, (page + 1) * atOnce));
  const replies = await Promise.all(pages.map((some) => query('registration.people', { person_ids: some })));
  return new Map(replies.flatMap(({ people }) => people.map((one) => [one.person_id, one])));
}

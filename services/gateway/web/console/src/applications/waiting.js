// Applications that wait at the active place, the oldest first.
import { query } from '@gonghui/shared/api';
import { place } from '../roles.js';

const most = 1000; // the schema's bound

export async function readWaiting() {
  const reply = await query('registration.pending_applications', { organisation_id: place.value, limit: most });
  return reply.applications;
}

/** What of a masked row an applicant can say at a table: surname, or the last digits of the phone. */
export function matches(application, words) {
  const wanted = words.trim().toLowerCase();
  return !wanted || application.name.toLowerCase().includes(wanted) || application.phone.endsWith(wanted);
}

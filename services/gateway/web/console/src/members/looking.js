// To see somebody in full: a look is asked for with a reason, which is recorded, and read within five minutes.
import { command, query } from '@gonghui/shared/api';
import { uuidv7 } from '@gonghui/shared/uuid';

export async function lookAt(personId, purpose) {
  const lookId = uuidv7();
  const { until } = await command('registration.unmask_member', { look_id: lookId, person_id: personId, purpose });
  return { ...(await query('registration.read_unmasked', { look_id: lookId })), until };
}

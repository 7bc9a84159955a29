// What <input type="datetime-local"> holds is the wall clock of the district, wherever the device thinks that it is.
import { ZONE } from '@gonghui/shared/times';

const offset = '+08:00'; // of ZONE, all year round

export function fromField(text) {
  return new Date(`${text}:00${offset}`).toISOString();
}

export function toField(moment) {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: ZONE, dateStyle: 'short', timeStyle: 'short' })
    .format(new Date(moment))
    .replace(' ', 'T');
}

/** The next full hour `days` days on. */
export function soon(days, hour) {
  const day = new Intl.DateTimeFormat('sv-SE', { timeZone: ZONE }).format(new Date(Date.now() + days * 86_400_000));
  return `${day}T${String(hour).padStart(2, '0')}:00`;
}

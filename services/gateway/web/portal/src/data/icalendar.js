// RFC 5545: what a phone's calendar takes in. Times in UTC, so that no time zone needs to be described.

const stamp = (at) => new Date(at).toISOString().replace(/[-:]|\.\d+/g, '');
const text = (value) => value.replace(/[\\;,]/g, '\\$&').replace(/\r?\n/g, '\\n');

// Lines of at most 75 octets; a continuation begins with a space (section 3.1).
function folded(line) {
  const encoder = new TextEncoder();
  const parts = [];
  let part = '';
  let octets = 0;
  for (const character of line) {
    const more = encoder.encode(character).length;
    if (octets + more > 74) {
      parts.push(part);
      [part, octets] = ['', 0];
    }
    part += character;
    octets += more;
  }
  return [...parts, part].join('\r\n ');
}

// `entries`: {id, starts_at, ends_at, title, venue}
export function calendarFile(entries, now = Date.now()) {
  const events = entries.flatMap(({ id, starts_at, ends_at, title, venue }) => [
    'BEGIN:VEVENT',
    `UID:${id}@gonghui`,
    `DTSTAMP:${stamp(now)}`,
    `DTSTART:${stamp(starts_at)}`,
    `DTEND:${stamp(ends_at)}`,
    `SUMMARY:${text(title)}`,
    `LOCATION:${text(venue)}`,
    'BEGIN:VALARM',
    'ACTION:DISPLAY',
    `DESCRIPTION:${text(title)}`,
    'TRIGGER:-PT1H',
    'END:VALARM',
    'END:VEVENT',
  ]);
  const lines = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Gonghui//Portal//ZH', ...events, 'END:VCALENDAR'];
  return lines.map((line) => folded(line) + '\r\n').join('');
}

// Times as a person in the district reads them. Classes and evenings happen there, so its time zone counts and not the
// device's.
import { language } from './language.js';

export const ZONE = 'Asia/Shanghai';
const formats = new Map();

function format(options) {
  const key = language.value + JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(language.value, { timeZone: ZONE, ...options }));
  return formats.get(key);
}

const TIME = { hour: '2-digit', minute: '2-digit', hour12: false };
const DAY = { month: 'short', day: 'numeric', weekday: 'short' };

export const timeOf = (at) => format(TIME).format(new Date(at));
export const dayOf = (at) => format(DAY).format(new Date(at));
export const dateOf = (at) => format({ year: 'numeric', month: 'short', day: 'numeric' }).format(new Date(at));
export const momentOf = (at) => format({ ...DAY, ...TIME }).format(new Date(at));

// 2026-03-01 in the district's zone: to tell days apart.
export function dayKey(at) {
  return new Intl.DateTimeFormat('en-CA', { timeZone: ZONE }).format(new Date(at));
}

// Days, hours, minutes and seconds until a moment; all zero when it has come.
export function partsUntil(at, now) {
  const seconds = Math.max(0, Math.ceil((new Date(at) - now) / 1000));
  return {
    days: Math.floor(seconds / 86400),
    hours: Math.floor(seconds / 3600) % 24,
    minutes: Math.floor(seconds / 60) % 60,
    seconds: seconds % 60,
  };
}

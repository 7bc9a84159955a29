// Commands that a person has given and that have no answer yet. They are on the device before they are sent and go out
// again, under the same key, when the page is loaded anew or the network is back: a tap is neither lost nor doubled.
// For commands without personal data only, since what is on the device can be read there.
import { reactive } from 'vue';
import { command } from './api.js';
import { uuidv7 } from './uuid.js';

const KEPT = 'gonghui.pending';

// slot -> {slot, message, body, key, waiting: {offline, ahead, until} | null}. One slot takes one command at a time: the second
// tap finds it taken.
export const pending = reactive(new Map());
const running = new Map();

function keep() {
  const entries = [...pending.values()].map(({ slot, message, body, key }) => ({ slot, message, body, key }));
  localStorage.setItem(KEPT, JSON.stringify(entries));
}

function run(entry) {
  const stop = new AbortController();
  const answer = command(entry.message, entry.body, {
    key: entry.key,
    patient: true,
    signal: stop.signal,
    onWaiting: (waiting) => {
      pending.get(entry.slot).waiting = waiting;
    },
  }).finally(() => {
    running.delete(entry.slot);
    pending.delete(entry.slot);
    keep();
  });
  running.set(entry.slot, { answer, stop });
  return answer;
}

export function submit(slot, message, body) {
  if (running.has(slot)) return running.get(slot).answer;
  const entry = { slot, message, body, key: uuidv7(), waiting: null };
  pending.set(slot, entry);
  keep();
  return run(entry);
}

// Stops asking. What was already sent may have been done all the same: the caller reads the state anew.
export function giveUp(slot) {
  running.get(slot)?.stop.abort();
}

// What an earlier page of this person left behind; `onAnswer` hears (entry, reply or Problem).
export function resume(personId, onAnswer) {
  let kept = [];
  try {
    kept = JSON.parse(localStorage.getItem(KEPT) ?? '[]');
  } catch {
    localStorage.removeItem(KEPT);
  }
  for (const entry of kept) {
    if (entry.body.person_id !== personId || running.has(entry.slot)) continue;
    pending.set(entry.slot, { ...entry, waiting: null });
    run(entry).then(
      (reply) => onAnswer(entry, reply),
      (problem) => onAnswer(entry, problem),
    );
  }
  keep();
}

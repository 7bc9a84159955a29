// The gateway's API for the browser. A command keeps its idempotency key through every retry, so that it happens at most
// once, however often it was sent.
import { noteDate } from './clock.js';
import { language } from './language.js';
import { Problem, problemOf } from './problem.js';
import { uuidv7 } from './uuid.js';

const ROOT = '/api/v1/';
const ANSWER_WITHIN_MS = 15_000;
const RETRY_FIRST_MS = 500;
const RETRY_AT_MOST_MS = 10_000;

// How far each service's log stood in its last answer: sent back, so that who has written reads it again.
const seen = new Map();

const noSession = new Set();
export function onNoSession(listener) {
  noSession.add(listener);
}

function noteAnswer(response, asked) {
  noteDate(response.headers.get('Date'), asked, Date.now());
  const at = response.headers.get('Gonghui-At');
  // "331083/training/0@1:42": where, and how far; the newest of each place counts.
  for (const mark of at?.split(',') ?? []) seen.set(mark.trim().split(/[@:]/)[0], mark.trim());
}

// One attempt. Throws a Problem for everything but success.
async function attempt(method, path, { body, headers } = {}) {
  const asked = Date.now();
  let response;
  try {
    response = await fetch(ROOT + path, {
      method,
      headers: {
        'Accept-Language': language.value,
        ...(method !== 'GET' && { 'X-Gonghui': '1' }),
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
        ...(seen.size > 0 && { 'Gonghui-After': [...seen.values()].join(', ') }),
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
  } catch {
    throw new Problem({ code: 'offline' });
  }
  noteAnswer(response, asked);
  if (!response.ok) {
    const problem = await problemOf(response);
    if (problem.code === 'no_session') noSession.forEach((listener) => listener());
    throw problem;
  }
  if (response.status === 204) return {};
  try {
    const text = await response.text();
    return text ? JSON.parse(text) : {};
  } catch {
    throw new Problem({ code: 'offline' });
  }
}

function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(new Problem({ code: 'given_up' }));
      return;
    }
    const stop = () => {
      clearTimeout(timer);
      reject(new Problem({ code: 'given_up' }));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    signal?.addEventListener('abort', stop, { once: true });
  });
}

// Repeats an attempt while the gateway says "later", and while no answer comes if `patient`; tells `onWaiting` how long, and how
// many come before, if anybody counts them.
async function untilAnswered(once, { patient, onWaiting, signal, giveUpAfterMs = Infinity }) {
  const since = Date.now();
  let ticket;
  for (let tries = 0; ; ++tries) {
    try {
      return await once(ticket);
    } catch (problem) {
      const later = problem.isBusy || (problem.code === 'offline' && patient);
      if (!later || Date.now() - since > giveUpAfterMs) throw problem;
      ticket = problem.ticket ?? ticket;
      const backoff = Math.min(RETRY_AT_MOST_MS, RETRY_FIRST_MS * 2 ** Math.min(tries, 10));
      const wait = problem.isBusy ? problem.retryAfterMs : backoff;
      onWaiting?.({ offline: problem.code === 'offline', ahead: problem.facts.ahead, until: Date.now() + wait });
      // Spread out, so that those who were turned away together do not come back together.
      await pause(wait * (1 + Math.random() / 5), signal);
    }
  }
}

export function query(message, fields = {}, { signal } = {}) {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) {
    for (const one of [value].flat()) if (one !== undefined && one !== '') parameters.append(name, one);
  }
  const path = message.replace('.', '/') + (parameters.size > 0 ? `?${parameters}` : '');
  return untilAnswered(() => attempt('GET', path), { signal, giveUpAfterMs: ANSWER_WITHIN_MS });
}

// A query whose fields are many, or are no business of an address that stands in logs.
export function queryByBody(message, body, { signal } = {}) {
  const once = () => attempt('POST', message.replace('.', '/'), { body });
  return untilAnswered(once, { signal, giveUpAfterMs: ANSWER_WITHIN_MS });
}

// `patient`: goes on through lost connections until there is an answer or `signal` is aborted.
export function command(message, body, { key = uuidv7(), patient = false, onWaiting, signal } = {}) {
  const once = (ticket) =>
    attempt('POST', message.replace('.', '/'), {
      body,
      headers: { 'Idempotency-Key': key, ...(ticket && { 'Gonghui-Ticket': ticket }) },
    });
  return untilAnswered(once, { patient, onWaiting, signal, giveUpAfterMs: patient || onWaiting ? Infinity : ANSWER_WITHIN_MS });
}

// What is the gateway's own and no message: session, sessions, operations.
export const edge = {
  get: (path) => attempt('GET', path),
  post: (path, body = {}) => attempt('POST', path, { body, headers: { 'Idempotency-Key': uuidv7() } }),
  put: (path, body = {}) => attempt('PUT', path, { body, headers: { 'Idempotency-Key': uuidv7() } }),
  remove: (path) => attempt('DELETE', path),
};

// Who is logged in. The cookie is the gateway's business; here is what it says of its owner.
import { ref } from 'vue';
import { edge, onNoSession } from './api.js';

// null: nobody. {person_id, kind, roles, role, expires_at, has_password, proved_until}
export const session = ref(null);

onNoSession(() => {
  session.value = null;
});

export async function readSession() {
  try {
    session.value = await edge.get('session');
  } catch (problem) {
    if (problem.code !== 'no_session') throw problem;
    session.value = null;
  }
  return session.value;
}

export const askForCode = (phone) => edge.post('session/code', { phone });

// With {phone, code}, {phone, password} or {login, password, totp}.
export async function logIn(proof) {
  await edge.post('session', proof);
  return readSession();
}

export async function chooseRole({ role, place }) {
  await edge.put('session/role', { role, place });
  return readSession();
}

// What one changes about one's own log-in. `current`: the present password, unless a code was shown a moment ago.
export async function setPassword({ password, current, totp }) {
  await edge.put('session/password', { password, current, totp });
  return readSession();
}

export async function removePassword({ current }) {
  await edge.post('session/password/removal', { current });
  return readSession();
}

export const changePhone = ({ phone, code }) => edge.put('session/phone', { phone, code });

// The gateway's answer clears what this site keeps on the device; how the device's owner reads is not the session's.
export async function logOut() {
  const kept = ['gonghui.language', 'gonghui.large_type'].map((name) => [name, localStorage.getItem(name)]);
  await edge.remove('session');
  for (const [name, value] of kept) if (value !== null) localStorage.setItem(name, value);
  session.value = null;
}

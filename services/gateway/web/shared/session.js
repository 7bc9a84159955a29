// Who is logged in. The cookie is the gateway's business; here is what it says of its owner.
import { ref } from 'vue';
import { edge, onNoSession } from './api.js';

// null: nobody. {person_id, kind, roles, role, expires_at}
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

// With {phone, code} or {login, password, totp}.
export async function logIn(proof) {
  await edge.post('session', proof);
  return readSession();
}

export async function chooseRole({ role, place }) {
  await edge.put('session/role', { role, place });
  return readSession();
}

// The gateway's answer clears what this site keeps on the device; how the device's owner reads is not the session's.
export async function logOut() {
  const kept = ['gonghui.language', 'gonghui.large_type'].map((name) => [name, localStorage.getItem(name)]);
  await edge.remove('session');
  for (const [name, value] of kept) if (value !== null) localStorage.setItem(name, value);
  session.value = null;
}

// What a service answers to a query, kept while the app is open: a page that is opened again shows what it knew and
// asks anew.
import { onMounted, onUnmounted, reactive, toRefs } from 'vue';
import { query } from '@gonghui/shared/api';
import { session } from '@gonghui/shared/session';

const known = new Map();

export function forgetEverything() {
  known.clear();
}

export function useQuery(message, fields = () => ({}), { everyMs } = {}) {
  const state = reactive({ data: null, problem: null, loading: false });
  const key = () => `${session.value?.person_id} ${message} ${JSON.stringify(fields())}`;
  state.data = known.get(key()) ?? null;

  async function load() {
    const asked = key();
    state.loading = true;
    try {
      const answer = await query(message, fields());
      known.set(asked, answer);
      if (asked === key()) Object.assign(state, { data: answer, problem: null });
    } catch (problem) {
      if (asked === key()) state.problem = problem;
    } finally {
      state.loading = false;
    }
    return state.data;
  }

  let timer;
  onMounted(() => {
    load();
    addEventListener('online', load);
    if (everyMs) timer = setInterval(() => document.visibilityState === 'visible' && load(), everyMs);
  });
  onUnmounted(() => {
    clearInterval(timer);
    removeEventListener('online', load);
  });
  return { ...toRefs(state), load };
}

// For what is about the person who is logged in.
export function useMine(message, fields = () => ({}), options) {
  return useQuery(message, () => ({ person_id: session.value?.person_id, ...fields() }), options);
}

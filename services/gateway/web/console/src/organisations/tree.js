// The organisations below the active place, read once for all screens; who changes the tree reads it again.
import { computed, shallowRef, watch } from 'vue';
import { query } from '@gonghui/shared/api';
import { say } from '@gonghui/shared/language';
import { place } from '../roles.js';

export const organisations = shallowRef([]);
const byId = computed(() => new Map(organisations.value.map((one) => [one.organisation_id, one])));
export const unions = computed(() => organisations.value.filter(({ kind, closed }) => kind === 'union' && !closed));

let reading = null;
watch(place, () => {
  reading = null;
  organisations.value = [];
});

export function readTree() {
  reading ??= query('registration.organisation_tree', { organisation_id: place.value }).then(
    (reply) => {
      organisations.value = reply.organisations;
    },
    (problem) => {
      reading = null;
      throw problem;
    },
  );
  return reading;
}

export function readTreeAgain() {
  reading = null;
  return readTree();
}

export const organisation = (id) => byId.value.get(id);

/** Those outside the active place go by no name here. */
export function nameOf(id) {
  if (!id) return say('common.none');
  return byId.value.get(id)?.name ?? say('organisations.elsewhere');
}

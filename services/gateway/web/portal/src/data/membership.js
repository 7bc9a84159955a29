// The card, which most pages want to know: null until it is known, {none: true} for who never applied.
import { computed, ref } from 'vue';
import { query } from '@gonghui/shared/api';
import { session } from '@gonghui/shared/session';

export const card = ref(null);

export async function loadCard() {
  try {
    card.value = await query('registration.member_card', { person_id: session.value.person_id });
  } catch (problem) {
    if (problem.code !== 'unknown_person') throw problem;
    card.value = { none: true };
  }
  return card.value;
}

export const standing = computed(() => (card.value?.none ? 'none' : (card.value?.member.state ?? null)));
export const isMember = computed(() => ['member', 'retained'].includes(standing.value));

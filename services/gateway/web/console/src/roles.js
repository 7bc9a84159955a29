// What the active role may see. Services decide what it may do; here only screens are offered that make sense to somebody.
import { computed, ref } from 'vue';
import { session } from '@gonghui/shared/session';

const levels = ['officer', 'township', 'district', 'city'];

// Who lost their role asks as a worker until they choose another.
export const activeRole = computed(() => (levels.includes(session.value?.role?.role) ? session.value.role : null));
// Everybody is a worker as well, which is the portal's business.
export const heldRoles = computed(() => (session.value?.roles ?? []).filter(({ role }) => levels.includes(role)));
export const place = computed(() => activeRole.value?.place ?? null);

// Who has just logged in and holds several roles says in which they begin.
export const isChoosing = ref(false);

// What one may give and take, as registration sees it.
export const rolesBelow = computed(() => levels.slice(0, Math.max(0, levels.indexOf(activeRole.value?.role))));

export function isAtLeast(role) {
  return activeRole.value !== null && levels.indexOf(activeRole.value.role) >= levels.indexOf(role);
}

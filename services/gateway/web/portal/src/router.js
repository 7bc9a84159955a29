import { nextTick, watch } from 'vue';
import { createRouter, createWebHistory } from 'vue-router';
import { language, say } from '@gonghui/shared/language';
import { readSession, session } from '@gonghui/shared/session';

// `open`: for who is not logged in, too. `tab`: the place in the navigation that it belongs to. `title`: a text's path.
const routes = [
  { path: '/welcome', component: () => import('./pages/Welcome.vue'), meta: { open: true, title: 'welcome.title' } },
  { path: '/', component: () => import('./pages/Home.vue'), meta: { tab: '/', title: 'nav.home' } },
  { path: '/join', component: () => import('./pages/Join.vue'), meta: { tab: '/', title: 'join.title' } },
  { path: '/card', component: () => import('./pages/Card.vue'), meta: { tab: '/me', title: 'card.title' } },
  { path: '/courses', component: () => import('./pages/Campaigns.vue'), meta: { tab: '/courses', title: 'courses.title' } },
  {
    path: '/courses/:campaign',
    component: () => import('./pages/Campaign.vue'),
    props: true,
    meta: { tab: '/courses', title: 'courses.title' },
  },
  { path: '/calendar', component: () => import('./pages/Calendar.vue'), meta: { tab: '/courses', title: 'calendar.title' } },
  { path: '/evenings', component: () => import('./pages/Evenings.vue'), meta: { tab: '/evenings', title: 'evenings.title' } },
  { path: '/evenings/profile', component: () => import('./pages/Profile.vue'), meta: { tab: '/evenings', title: 'profile.title' } },
  { path: '/evenings/people', component: () => import('./pages/People.vue'), meta: { tab: '/evenings', title: 'people.title' } },
  {
    path: '/evenings/:evening',
    component: () => import('./pages/Evening.vue'),
    props: true,
    meta: { tab: '/evenings', title: 'evenings.title' },
  },
  { path: '/inbox', component: () => import('./pages/Inbox.vue'), meta: { tab: '/inbox', title: 'inbox.title' } },
  { path: '/me', component: () => import('./pages/Me.vue'), meta: { tab: '/me', title: 'me.title' } },
  { path: '/me/contact', component: () => import('./pages/Contact.vue'), meta: { tab: '/me', title: 'contact.title' } },
  { path: '/me/password', component: () => import('./pages/Password.vue'), meta: { tab: '/me', title: 'password.title' } },
  { path: '/me/notices', component: () => import('./pages/Notices.vue'), meta: { tab: '/me', title: 'notices.title' } },
  { path: '/me/privacy', component: () => import('./pages/Privacy.vue'), meta: { tab: '/me', title: 'privacy.title' } },
  { path: '/me/devices', component: () => import('./pages/Devices.vue'), meta: { tab: '/me', title: 'devices.title' } },
  { path: '/:lost(.*)', redirect: '/' },
];

export const router = createRouter({
  history: createWebHistory(),
  routes,
  scrollBehavior: (to, from, saved) => saved ?? { top: 0 },
});

let known = false;
router.beforeEach(async (to) => {
  if (!known) {
    // Without a network the page opens all the same and says so.
    await readSession().catch(() => {});
    known = true;
  }
  if (!session.value && !to.meta.open) return { path: '/welcome', query: to.path === '/' ? {} : { then: to.fullPath } };
  if (session.value && to.path === '/welcome') return '/';
});

watch(session, (now, before) => {
  if (before && !now && !router.currentRoute.value.meta.open) router.replace('/welcome');
});

function nameThePage() {
  const { title } = router.currentRoute.value.meta;
  document.title = title ? `${say(title)} · ${say('name')}` : say('name');
}
watch(language, nameThePage);

// A screen reader goes on at the new page's heading.
router.afterEach((to, from) => {
  nameThePage();
  if (to.path !== from.path && from.matched.length > 0) nextTick(() => document.querySelector('h1')?.focus({ preventScroll: true }));
});

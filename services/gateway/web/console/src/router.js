import { createRouter, createWebHashHistory } from 'vue-router';

// The order is that of the navigation; `least` is the lowest role that has any use for a screen, `key` goes there after `g`.
export const screens = [
  { name: 'stall', path: '/stall', icon: 'stall', key: 's', least: 'officer', group: 'members', component: () => import('./stall/Stall.vue') },
  { name: 'applications', path: '/applications', icon: 'inbox', key: 'a', least: 'officer', group: 'members', component: () => import('./applications/Applications.vue') },
  { name: 'members', path: '/members', icon: 'person', key: 'm', least: 'officer', group: 'members', component: () => import('./members/Members.vue') },
  { name: 'roster', path: '/roster', icon: 'upload', key: 'i', least: 'officer', group: 'members', component: () => import('./roster/Roster.vue') },
  { name: 'organisations', path: '/organisations', icon: 'tree', key: 'o', least: 'officer', group: 'members', component: () => import('./organisations/Organisations.vue') },
  { name: 'officers', path: '/officers', icon: 'badge', key: 'r', least: 'township', group: 'members', component: () => import('./officers/Officers.vue') },
  { name: 'campaigns', path: '/campaigns', icon: 'book', key: 'c', least: 'officer', group: 'services', component: () => import('./campaigns/Campaigns.vue') },
  { name: 'lines', path: '/lines', icon: 'line', key: 'w', least: 'officer', group: 'services', component: () => import('./campaigns/Lines.vue') },
  { name: 'evenings', path: '/evenings', icon: 'heart', key: 'e', least: 'officer', group: 'services', component: () => import('./evenings/Evenings.vue') },
  { name: 'messages', path: '/messages', icon: 'bell', key: 'n', least: 'officer', group: 'services', component: () => import('./messages/Messages.vue') },
  { name: 'audit', path: '/audit', icon: 'eye', key: 'l', least: 'officer', group: 'oversight', component: () => import('./audit/Audit.vue') },
  { name: 'operations', path: '/operations', icon: 'pulse', key: 'p', least: 'district', group: 'oversight', component: () => import('./operations/Operations.vue') },
];

export const router = createRouter({
  // The gateway then serves one page, whatever screen a bookmark names.
  history: createWebHashHistory(),
  routes: [
    { path: '/', redirect: '/stall' },
    ...screens.map(({ name, path, component }) => ({ name, path, component })),
    { name: 'campaign', path: '/campaigns/:campaignId', component: () => import('./campaigns/Campaign.vue'), props: true, meta: { under: 'campaigns' } },
    { name: 'evening', path: '/evenings/:eveningId', component: () => import('./evenings/Evening.vue'), props: true, meta: { under: 'evenings' } },
    { path: '/:nowhere(.*)', redirect: '/stall' },
  ],
});

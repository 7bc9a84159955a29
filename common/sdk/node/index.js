// Plug-ins for a Gonghui district: ask (Bus), follow and answer with a store of one's own (Service).
export { Bus, Reply, Request, Unanswered, officer, worker } from './client.js';
export { Service, accepted, refused } from './service.js';
export { hubOf, loadKey } from './wire.js';

import { site } from '../site.js';

export default site({ name: 'portal', base: '/' });

import { site } from '../site.js';

export default site({ name: 'console', base: '/console/' });

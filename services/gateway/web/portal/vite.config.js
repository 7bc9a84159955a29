import { site } from '../site.js';

export default site({ name: 'portal', base: '/', first: /node_modules|\/shared\/|\/src\/(data|parts|style)\// });

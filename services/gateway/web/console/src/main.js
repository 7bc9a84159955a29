import { createApp } from 'vue';
import { useTexts } from '@gonghui/shared/language';
import App from './App.vue';
import { router } from './router.js';
import './styles/element.css';
import './styles/console.css';

await useTexts({ 'zh-CN': () => import('./texts/zh-CN.js'), en: () => import('./texts/en.js') });
createApp(App).use(router).mount('#app');

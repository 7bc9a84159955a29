import { createApp } from 'vue';
import '@gonghui/shared/appearance';
import { useTexts } from '@gonghui/shared/language';
import App from './App.vue';
import { router } from './router.js';
import 'vant/es/style/base.css';
import './style/base.css';

await useTexts({ 'zh-CN': () => import('./texts/zh-CN.js'), en: () => import('./texts/en.js') });
createApp(App).use(router).mount('#app');

// Chinese first, English as a switch. An app gives its texts as two modules of the same shape, and one of them is loaded.
import { ref, shallowRef, watchEffect } from 'vue';

export const LANGUAGES = { 'zh-CN': '中文', en: 'English' };
const KEPT = 'gonghui.language';

function first() {
  const kept = localStorage.getItem(KEPT);
  if (kept in LANGUAGES) return kept;
  return navigator.languages.some((tag) => tag.startsWith('zh')) || !navigator.language.startsWith('en') ? 'zh-CN' : 'en';
}

export const language = ref(first());
const texts = shallowRef({});
let load;

// `loaders` maps each language to () => import(its texts). Resolves when the first texts are there.
export async function useTexts(loaders) {
  load = async (wanted) => {
    texts.value = (await loaders[wanted]()).default;
    language.value = wanted;
    localStorage.setItem(KEPT, wanted);
  };
  watchEffect(() => {
    document.documentElement.lang = language.value;
  });
  await load(language.value);
}

export async function setLanguage(wanted) {
  await load(wanted);
}

// The text at a path such as 'courses.enroll', with {name} replaced by facts.name. A text that is missing shows its path:
// the test of the texts finds it.
export function say(path, facts = {}) {
  const text = path.split('.').reduce((branch, key) => branch?.[key], texts.value);
  if (typeof text !== 'string') return path;
  return text.replace(/\{(\w+)\}/g, (whole, name) => facts[name] ?? whole);
}

// What a service gives in both languages: `of(course, 'title')` is title_zh or title_en.
export function of(thing, field) {
  return thing[`${field}_${language.value === 'en' ? 'en' : 'zh'}`];
}

// The language's name in the messages of schemas/.
export function wireLanguage() {
  return language.value === 'en' ? 'en' : 'zh_cn';
}

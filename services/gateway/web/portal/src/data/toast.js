// One short word at a time, read out by screen readers.
import { ref } from 'vue';

const SHOWN_MS = 3500;
export const word = ref(null);  // {text, kind: done|sorry}
let timer;

function show(text, kind) {
  clearTimeout(timer);
  word.value = { text, kind };
  timer = setTimeout(() => {
    word.value = null;
  }, SHOWN_MS);
}

export const done = (text) => show(text, 'done');
export const sorry = (text) => show(text, 'sorry');

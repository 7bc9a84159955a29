// Keys outside of fields and dialogs. A shortcut is one key, or two one after the other: 's', 'g s'.
import { onScopeDispose } from 'vue';

const known = new Map();
let first = '';
let firstAt = 0;
const together = 1200; // milliseconds between the two keys of one

function isTyping(target) {
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.closest('[role=dialog]');
}

window.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isTyping(event.target)) return;
  const both = event.timeStamp - firstAt < together ? `${first} ${event.key}` : '';
  const action = known.get(both) ?? known.get(event.key);
  [first, firstAt] = action ? ['', 0] : [event.key, event.timeStamp];
  if (!action) return;
  event.preventDefault();
  action();
});

/** For as long as the component is there. */
export function useShortcuts(shortcuts) {
  for (const [keys, action] of Object.entries(shortcuts)) known.set(keys, action);
  onScopeDispose(() => {
    for (const [keys, action] of Object.entries(shortcuts)) if (known.get(keys) === action) known.delete(keys);
  });
}

// Large type, for all pages of this device: the root's font size grows, and everything is measured in rem.
import { ref, watchEffect } from 'vue';

const KEPT = 'gonghui.large_type';
export const largeType = ref(localStorage.getItem(KEPT) === 'yes');

watchEffect(() => {
  document.documentElement.classList.toggle('large-type', largeType.value);
  localStorage.setItem(KEPT, largeType.value ? 'yes' : 'no');
});

import { ref } from 'vue';

// Messages that were not read; the stream and the inbox keep it.
export const unread = ref(0);

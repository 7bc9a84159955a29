// The number that was just used to log in, so that joining need not ask for it again. In memory alone.
import { ref } from 'vue';

export const phone = ref('');

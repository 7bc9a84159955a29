// The gateway's time, once a second, for countdowns.
import { onMounted, onUnmounted, ref } from 'vue';
import { gatewayNow } from '@gonghui/shared/clock';

export function useNow() {
  const now = ref(gatewayNow());
  let timer;
  onMounted(() => {
    timer = setInterval(() => {
      now.value = gatewayNow();
    }, 1000);
  });
  onUnmounted(() => clearInterval(timer));
  return now;
}

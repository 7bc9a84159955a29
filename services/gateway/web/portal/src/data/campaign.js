// One campaign with one's own places in it: seats follow the stream, places are asked for whenever something may have
// changed them.
import { computed, onMounted, onUnmounted, watch } from 'vue';
import { pending } from '@gonghui/shared/pending';
import { showSeats } from './live.js';
import { unread } from './unread.js';
import { useMine, useQuery } from './use-query.js';

export function useCampaign(campaignId) {
  const menu = useQuery('training.campaign_status', () => ({ campaign_id: campaignId }), { everyMs: 20_000 });
  const mine = useMine('training.my_enrollments', () => ({}), { everyMs: 30_000 });
  const places = computed(() => new Map((mine.data.value?.enrollments ?? []).map((place) => [place.class_id, place])));

  function seats({ class_id, taken, offered, waiting, capacity }) {
    const shown = menu.data.value?.classes.find((one) => one.class_id === class_id);
    if (shown) Object.assign(shown, { taken, offered, waiting, capacity });
  }
  function line({ class_id, rank }) {
    const place = places.value.get(class_id);
    if (place?.state === 'waiting' && rank > 0) place.rank = rank;
    else mine.load();
  }
  let stop = () => {};
  onMounted(() => {
    stop = showSeats({ campaignId, seats, line });
  });
  onUnmounted(() => stop());

  // Something that was under way, perhaps since before a reload, has its answer.
  watch(
    () => pending.size,
    (now, before) => now < before && Promise.all([mine.load(), menu.load()]),
  );
  // A seat that is offered comes with a message.
  watch(unread, () => mine.load());
  return { menu, mine, places };
}

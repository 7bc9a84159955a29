// What changes while a page is open: the gateway's server-sent events, one connection per page. Handlers by event:
//   closed() when the gateway does not let the page in, perhaps because nobody is logged in any more
//   inbox({unread}) · seats({campaign_id, class_id, taken, offered, waiting, capacity}) · line({class_id, rank})
// The browser connects again by itself when a connection breaks, but not when it was answered with an error, as by a
// gateway that is about to end.
const AGAIN_AFTER_MS = 5_000;

export function follow({ closed, ...handlers }, { campaignId } = {}) {
  let source;
  let timer;
  function connect() {
    source = new EventSource('/api/v1/stream' + (campaignId ? `?campaign_id=${campaignId}` : ''));
    for (const [event, handle] of Object.entries(handlers)) {
      source.addEventListener(event, ({ data }) => handle(JSON.parse(data)));
    }
    source.addEventListener('error', () => {
      if (source.readyState !== EventSource.CLOSED) return;
      timer = setTimeout(connect, AGAIN_AFTER_MS);
      closed?.();
    });
  }
  connect();
  return () => {
    clearTimeout(timer);
    source.close();
  };
}

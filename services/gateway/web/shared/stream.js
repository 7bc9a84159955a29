// What changes while a page is open: the gateway's server-sent events, one connection per page.
// Handlers by event: {inbox({unread}), seats({campaign_id, class_id, taken, waiting, capacity}), line({class_id, rank})}.
export function follow(handlers, { campaignId } = {}) {
  const source = new EventSource('/api/v1/stream' + (campaignId ? `?campaign_id=${campaignId}` : ''));
  for (const [event, handle] of Object.entries(handlers)) {
    source.addEventListener(event, ({ data }) => handle(JSON.parse(data)));
  }
  return () => source.close();
}

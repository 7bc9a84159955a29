/** planned | open | closed, by the gateway's clock. */
export function phaseOf({ opens_at, closes_at }, now) {
  if (now < new Date(opens_at)) return 'planned';
  return now < new Date(closes_at) ? 'open' : 'closed';
}

// What a partition's own words mean for whoever keeps it running; the order is that of how much it matters.

const dayMs = 86_400_000;

/** How many events of those that it follows it has not applied; null when it is silent. */
export function behindOf(status, heads) {
  if (!status) return null;
  return status.follows.reduce((all, one) => all + Math.max(0, (heads.get(one.source) ?? one.head ?? one.cursor) - one.cursor), 0);
}

/** `{level: good | warn | bad, reason, behind, parked, head}` of one partition among `partitions`. */
export function levelOf(one, partitions, now) {
  const heads = new Map(partitions.filter(({ status }) => status).map(({ source, status }) => [source, status.head]));
  const { status } = one;
  if (!status) return { level: 'bad', reason: 'silent', behind: null, parked: null, head: null };
  const figures = { behind: behindOf(status, heads), parked: status.parked, head: status.head };
  if (status.parked > 0) return { level: 'bad', reason: 'parked', ...figures };
  if (status.follows.some(({ diverged }) => diverged)) return { level: 'bad', reason: 'diverged', ...figures };
  if (figures.behind > 1000) return { level: 'warn', reason: 'behind', ...figures };
  const newest = status.backup?.newest_at;
  if (!newest || now - new Date(newest) > dayMs) return { level: 'warn', reason: 'backup', ...figures };
  return { level: 'good', reason: 'level', ...figures };
}

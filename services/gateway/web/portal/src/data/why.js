// A problem in words: the service's own where it has some, ours where no answer came.
import { say } from '@gonghui/shared/language';
import { momentOf } from '@gonghui/shared/times';

const OURS = ['offline', 'busy', 'fault', 'no_session'];

// Facts that are times come as microseconds since 1970.
export function why(problem) {
  if (OURS.includes(problem.code)) return say(`problem.${problem.code}`);
  if (problem.code === 'campaign_not_open' && problem.facts.opens_at)
    return `${problem.message} · ${momentOf(Number(problem.facts.opens_at) / 1000 || problem.facts.opens_at)}`;
  return problem.message;
}

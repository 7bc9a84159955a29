// A problem in words: the service's own where it has some, ours where no answer came.
import { say } from '@gonghui/shared/language';
import { momentOf } from '@gonghui/shared/times';

const OURS = ['offline', 'busy', 'fault', 'no_session'];

export function why(problem) {
  if (OURS.includes(problem.code)) return say(`problem.${problem.code}`);
  if (problem.code === 'campaign_not_open' && problem.facts.opens_at)
    return `${problem.message} · ${momentOf(problem.facts.opens_at)}`;
  return problem.message;
}

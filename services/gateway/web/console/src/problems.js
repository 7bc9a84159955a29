// What is said when something did not work: the service's own words, or ours where no service was heard.
import { say } from '@gonghui/shared/language';

const ours = ['offline', 'busy', 'fault', 'no_session', 'given_up'];

export function whatIsWrong(problem) {
  if (ours.includes(problem.code)) return say(`problems.${problem.code}`);
  return problem.detail || problem.title || say('problems.fault');
}

/** Which field of a form a refusal is about: {field: words}; empty when it is about none. */
export function fieldProblems(problem) {
  if (problem.facts?.field) return { [problem.facts.field]: whatIsWrong(problem) };
  return Object.fromEntries((problem.errors ?? []).map(({ path, message }) => [path.split(/[./]/).at(-1), message]));
}

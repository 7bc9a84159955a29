// Why a request did not do what it was asked for. `code` is the service's refusal, or one of:
//   no_session     nobody is logged in, or no longer
//   offline        no answer came: the device has no network, or the gateway is away
//   busy           come back after `retryAfterMs`; so are all answers with `isBusy`, whatever their code
//   fault          the answer makes no sense, or a service failed
export class Problem extends Error {
  constructor({ status = 0, code, title = '', detail = '', facts = {}, errors = [], ...rest }) {
    super(detail || title || code);
    Object.assign(this, { name: 'Problem', status, code, title, detail, facts, errors, ...rest });
  }

  // What is wrong with one field of the request; '' when nothing is. A form that does not decode has `errors`; a rule that
  // refuses a value names its field among the facts.
  of(field) {
    const found = this.errors.find(({ path }) => path.split(/[./]/).includes(field));
    return found?.message ?? (this.facts.field === field ? this.message : '');
  }
}

export async function problemOf(response) {
  let said = {};
  try {
    said = await response.json();
  } catch {
    // A proxy's page, or nothing: the status is all there is.
  }
  const isBusy = response.status === 503 || response.status === 429;
  return new Problem({
    ...said,
    status: response.status,
    code: response.status === 401 ? (said.code ?? 'no_session') : (said.code ?? (isBusy ? 'busy' : 'fault')),
    ...(isBusy && { isBusy, retryAfterMs: said.retry_after_ms ?? 1000 * (Number(response.headers.get('Retry-After')) || 1) }),
  });
}

// Why a request did not do what it was asked for. `code` is the service's refusal, or one of:
//   no_session     nobody is logged in, or no longer
//   offline        no answer came: the device has no network, or the gateway is away
//   busy           the service asks to come back after `retryAfter` seconds
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
  const retryAfter = Number(response.headers.get('Retry-After'));
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
    ...(isBusy && { isBusy, retryAfter: retryAfter > 0 ? retryAfter : 1 }),
  });
}

/** What the service, or the way to it, answered instead of what was asked for. */
class Refusal extends Error {
  constructor(code, { detail = '', fields = [], retryAfterSeconds = null } = {}) {
    super(detail);
    this.code = code;
    this.fields = fields;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/**
 * The service as this page uses it. The access token lives in this object alone: not in the browser's storage, not in a
 * URL. With the page it is gone.
 */
export class ServiceClient {
  #accessToken = null;

  get isSignedIn() {
    return this.#accessToken !== null;
  }

  /** Returns the ticket that waits for a code, or null: then it is done. */
  async signIn(name, password) {
    const identifier = name.includes('@') ? { email: name } : { username: name };
    // no cookie: a session that a page of any later day could use is more than this one needs
    const answer = await this.#ask('POST', '/auth/login', { ...identifier, password, cookie: false });
    if (answer.mfa) return answer.ticket;
    this.#accessToken = answer.jwt_token;
    return null;
  }

  async completeSignIn(ticket, code) {
    const answer = await this.#ask('POST', '/auth/mfa/totp', { ticket, code });
    this.#accessToken = answer.jwt_token;
  }

  account() {
    return this.#ask('GET', '/user/me');
  }

  locks() {
    return this.#ask('GET', '/admin/locks');
  }

  lift({ id }) {
    return this.#ask('POST', `/admin/locks/${encodeURIComponent(id)}/lift`);
  }

  /** Ends the session at the service too, even while the page is being closed. Whether or not that works, it is over here. */
  async signOut() {
    if (!this.isSignedIn) return;
    const end = this.#ask('POST', '/auth/token/revoke', undefined, { keepalive: true });
    this.#accessToken = null;
    await end.catch(() => undefined);
  }

  async #ask(method, path, body, options = {}) {
    const headers = {
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(this.isSignedIn ? { authorization: `Bearer ${this.#accessToken}` } : {}),
    };
    const request = { method, headers, cache: 'no-store', redirect: 'error', ...options };
    if (body !== undefined) request.body = JSON.stringify(body);
    const response = await fetch(path, request).catch(() => {
      throw new Refusal('unreachable');
    });
    const answer = response.status === 204 ? null : await response.json().catch(() => null);
    if (!response.ok) throw refusalOf(response, answer);
    return answer;
  }
}

function refusalOf({ status, headers }, problem) {
  const retryAfter = Number.parseInt(headers.get('retry-after') ?? '', 10);
  return new Refusal(problem?.code ?? `status-${status}`, {
    detail: problem?.detail,
    fields: problem?.errors,
    retryAfterSeconds: Number.isNaN(retryAfter) ? null : retryAfter,
  });
}

import type { Response } from 'light-my-request';

export interface VaultProblem {
  readonly status: number;
  readonly code: string;
}

interface VaultErrorBody {
  readonly error: { readonly message: string; readonly code: string; readonly details?: Record<string, unknown> };
}

/** What an answer refuses, after looking at everything that this contract's errors have in common. */
export function vaultProblemOf(response: Response): VaultProblem {
  const status = response.statusCode;
  expect(response.headers['content-type']).toBe('application/json; charset=utf-8');
  expect(response.headers['cache-control']).toBe('no-store');
  const body = response.json<VaultErrorBody>();
  const { code, details } = body.error;
  expect(body).toEqual({
    error: { message: expect.stringMatching(/\.$/), code, ...(details === undefined ? {} : { details }) },
  });
  if (status === 401) expect(response.headers['www-authenticate']).toMatch(/^Bearer realm="latchkey"/);
  else expect(response.headers['www-authenticate']).toBeUndefined();
  if (status === 429) {
    const seconds = Number(response.headers['retry-after']);
    expect(seconds).toBeGreaterThan(0);
    expect(details?.['retry_after']).toBe(seconds);
  }
  return { status, code };
}

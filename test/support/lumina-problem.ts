import type { Response } from 'light-my-request';

export interface LuminaProblem {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  /** What is wrong in the body. */
  readonly names?: readonly string[];
}

interface LuminaProblemBody {
  readonly code: string;
  readonly detail: string;
  readonly ticket?: string;
  readonly errors?: { readonly 'General.Validation': readonly string[] };
  readonly fields?: readonly unknown[];
}

/** What an answer refuses, after looking at everything that this contract's errors have in common (RFC 9457). */
export function luminaProblemOf(response: Response): LuminaProblem {
  const status = response.statusCode;
  expect(response.headers['content-type']).toBe('application/problem+json; charset=utf-8');
  expect(response.headers['cache-control']).toBe('no-store');
  const { code, detail, errors, fields, ticket, ...body } = response.json<LuminaProblemBody>();
  expect(body).toEqual({
    type: expect.stringMatching(new RegExp(`^https?://[^/]+/problems/${code}$`)),
    title: expect.stringMatching(/^[A-Z][a-z ]+$/),
    status,
    instance: expect.stringMatching(/^urn:uuid:[0-9a-f-]{36}$/),
  });
  expect(detail).toMatch(/^[A-Z][A-Za-z.]+/);
  expect(ticket === undefined).toBe(code !== 'mfa-required');
  if (status === 401) expect(response.headers['www-authenticate']).toMatch(/^Bearer realm="latchkey"/);
  else expect(response.headers['www-authenticate']).toBeUndefined();
  if (errors === undefined) return { status, code, detail };
  expect(Object.keys(errors)).toEqual(['General.Validation']);
  for (const fault of fields ?? []) expect(fault).toEqual({ field: expect.any(String), message: expect.any(String) });
  return { status, code, detail, names: errors['General.Validation'] };
}

import type { Response } from 'light-my-request';

export interface Problem {
  readonly status: number;
  readonly code: string;
  /** Names of the faulty fields, where the problem is about a body. */
  readonly fields?: readonly string[];
}

interface ProblemBody {
  readonly code: string;
  readonly errors?: readonly { readonly field: string; readonly message: string }[];
}

/** What an answer refuses, after looking at everything that native's errors have in common (RFC 9457). */
export function problemOf(response: Response): Problem {
  const status = response.statusCode;
  expect(response.headers['content-type']).toBe('application/problem+json; charset=utf-8');
  expect(response.headers['cache-control']).toBe('no-store');
  const { code, errors, ...body } = response.json<ProblemBody>();
  expect(body).toEqual({
    type: expect.stringMatching(new RegExp(`^https?://[^/]+/problems/${code}$`)),
    title: expect.stringMatching(/^[A-Z][a-z ]+$/),
    status,
    detail: expect.stringMatching(/\.$/),
    instance: expect.stringMatching(/^urn:uuid:[0-9a-f-]{36}$/),
  });
  if (status === 401) expect(response.headers['www-authenticate']).toMatch(/^Bearer realm="latchkey"/);
  else expect(response.headers['www-authenticate']).toBeUndefined();
  if (errors === undefined) return { status, code };
  for (const fault of errors) expect(fault).toEqual({ field: expect.any(String), message: expect.any(String) });
  return { status, code, fields: errors.map(({ field }) => field) };
}

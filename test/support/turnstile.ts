import type { Response } from 'light-my-request';
import { aPerson, expectStatus, type Person } from './accounts';
import type { TestApp } from './test-app';

export interface Visitor extends Person {
  readonly username: string;
}

let count = 0;

export function aVisitor(traits: Partial<Visitor> = {}): Visitor {
  count += 1;
  return { ...aPerson(), username: `visitor-${String(count)}`, ...traits };
}

export function enter(
  service: TestApp,
  { email: mail, password: phrase }: Pick<Person, 'email' | 'password'>,
  more: { readonly alias?: string; readonly digits?: string } = {},
  headers: Record<string, string> = {},
): Promise<Response> {
  return service.post('/turnstile/enter', { mail, phrase, ...more }, headers);
}

export function passIn(answer: Response): { readonly access: string; readonly device: string } {
  const { pass } = expectStatus(answer, 200).json<{ pass: string }>();
  return { access: pass, device: String(answer.headers['x-device-token']) };
}

/** Somebody who has come for the first time. */
export async function aTurnstileAccount(service: TestApp, traits: Partial<Visitor> = {}): Promise<Visitor> {
  const visitor = aVisitor(traits);
  expectStatus(await enter(service, visitor, { alias: visitor.username }), 200);
  // delivered before anything else is asked for: of mails due at one instant any may come first
  await service.mailsTo(visitor.email);
  return visitor;
}

/** What an answer refuses, after looking at everything that this contract's errors have in common. */
export function refusalOf(answer: Response): { readonly status: number; readonly code: string; fields?: string[] } {
  const status = answer.statusCode;
  expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
  const { refused: code, fields, ...body } = answer.json<{ refused: string; fields: string[] }>();
  const ticket = code === 'mfa-required' ? { ticket: expect.stringMatching(/^\S{1,256}$/) as string } : {};
  expect(body).toEqual({ because: expect.stringMatching(/\.$/), ...ticket });
  return { status, code, ...(fields.length === 0 ? {} : { fields }) };
}

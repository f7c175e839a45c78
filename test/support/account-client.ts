import { eventually } from './eventually';

/** Whatever answers the contract's requests over a port. */
export interface Service {
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
  get(path: string, headers?: Record<string, string>): Promise<Response>;
}

export interface Tokens {
  readonly access: string;
  readonly refresh: string;
  readonly device: string;
}

export const PASSWORD = 'between 6-128 characters';

export const bearer = ({ access }: Pick<Tokens, 'access'>): Record<string, string> => ({
  authorization: `Bearer ${access}`,
});

/** The texts of the mails to an address in the development mailbox, newest first. */
export async function mailsTo(service: Service, address: string): Promise<{ subject: string; text: string }[]> {
  const answer = await service.get(`/dev/mailbox.json?to=${encodeURIComponent(address)}`);
  return (await answer.json()) as { subject: string; text: string }[];
}

/** What a mailed link carries: `ticket` or `token`. */
export function secretIn(text: string): string {
  const secret = /[?&](?:ticket|token)=([\w-]+)/.exec(text)?.[1];
  if (secret === undefined) throw new Error('no link in this mail');
  return secret;
}

export async function expectStatus(answer: Promise<Response>, status: number): Promise<Response> {
  const got = await answer;
  if (got.status !== status) throw new Error(`${status} was expected: ${got.status} ${await got.text()}`);
  return got;
}

/** Registers and activates, as a person with the development mailbox does. */
export async function createAccount(service: Service, email: string): Promise<void> {
  await expectStatus(service.post('/auth/register', { email, password: PASSWORD }), 204);
  const ticket = await eventually(async () => secretIn((await mailsTo(service, email))[0]?.text ?? ''));
  await expectStatus(service.post('/auth/activate', { ticket }), 204);
}

export async function signIn(service: Service, email: string): Promise<Tokens> {
  return tokensOf(await expectStatus(service.post('/auth/login', { email, password: PASSWORD, cookie: false }), 200));
}

export async function tokensOf(answer: Response): Promise<Tokens> {
  const body = (await answer.json()) as { jwt_token: string; refresh_token: string; device_token?: string };
  return { access: body.jwt_token, refresh: body.refresh_token, device: body.device_token ?? '' };
}

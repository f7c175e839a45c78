import { bearer, expectStatus, mailsTo, type Service } from './account-client';
import { eventually } from './eventually';
import type { SealedTokens, SealingKey } from './sealed';
import { sealedClients } from './sealed-clients';

interface SealedLife {
  readonly service: Service;
  readonly person: { readonly email: string; readonly username: string };
  readonly passwords: { readonly first: string; readonly next: string; readonly wrong: string };
  /** Gets whatever of that life must be seen by nobody. */
  readonly secrets: Set<string>;
}

/** The life of an account whose passwords come encrypted, with the failures that logs like to quote. */
export async function liveBySealed({ service, person, passwords, secrets }: SealedLife): Promise<void> {
  const { username, email } = person;
  secrets.add(username).add(email);
  const seal = async (password: string, client: string) => {
    const { id, key } = await bodyOf<SealingKey>(service.get('/auth/key'));
    const encryptedPassword = (await sealedClients[client]?.(password, key)) ?? '';
    secrets.add(encryptedPassword).add(key);
    return { encryptedPassword, keyID: id };
  };
  const keep = (tokens: SealedTokens) => {
    for (const token of [tokens.accessToken, tokens.refreshToken]) secrets.add(token);
    return tokens;
  };

  const sealed = await seal(passwords.first, 'jsencrypt');
  await service.post('/auth/register', { ...person, encryptedPassword: `${sealed.encryptedPassword}A`, keyID: 0 });
  keep((await bodyOf<{ tokens: SealedTokens }>(service.post('/auth/register', { ...person, ...sealed }))).tokens);
  await service.post('/auth/register', { ...person, ...sealed });
  await service.post('/auth/login', { username, ...(await seal(passwords.wrong, 'WebCrypto, SHA-256')) });
  await service.post('/auth/login', { username, ...sealed, password: passwords.first });
  const body = { username, ...(await seal(passwords.first, 'WebCrypto, SHA-1')) };
  const { tokens } = await bodyOf<{ tokens: SealedTokens }>(service.post('/auth/login', body));
  keep(tokens);
  await service.post('/auth/login', body);
  for (const token of [tokens.accessToken, `${tokens.accessToken}x`]) {
    await service.get('/user/me', { 'access-token': token });
  }
  await service.get(`/auth/refresh-token?refresh-token=${tokens.refreshToken}`);
  await service.get('/auth/refresh-token', { 'refresh-token': `${tokens.refreshToken}x` });
  keep(await bodyOf(service.get('/auth/refresh-token', { 'refresh-token': tokens.refreshToken })));

  const { challage } = await bodyOf<{ challage: string }>(service.post('/auth/forget-password', { email }));
  secrets.add(challage);
  const path = `/auth/validate-otp/${challage}`;
  await service.get(path, bearer({ access: tokens.accessToken }));
  await service.post(path, { oneTimePassword: challage });
  await service.post(`${path}/${challage}?challage=${challage}`);
  const oneTimePassword = await mailedCode(service, email);
  const { uuid } = await bodyOf<{ uuid: string }>(service.post(path, { oneTimePassword }));
  secrets.add(uuid);
  const resetWith = async (oneTimeToken: string) =>
    service.post('/auth/reset-password', { oneTimeToken, ...(await seal(passwords.next, 'jsencrypt')) });
  await service.post(`/auth/reset-password/${uuid}?oneTimeToken=${uuid}`, { oneTimeToken: uuid });
  await resetWith(`${uuid}x`);
  await expectStatus(resetWith(uuid), 200);
  await resetWith(uuid);
}

async function bodyOf<Body>(answer: Promise<Response>): Promise<Body> {
  const got = await answer;
  if (!got.ok) throw new Error(`${String(got.status)}: ${await got.text()}`);
  return (await got.json()) as Body;
}

async function mailedCode(service: Service, email: string): Promise<string> {
  return eventually(async () => {
    const [mail] = (await mailsTo(service, email)).filter(({ subject }) => subject.includes('code'));
    const code = /^\d{6}$/m.exec(mail?.text ?? '')?.[0];
    if (code === undefined) throw new Error('no code was mailed');
    return code;
  });
}

import { anAccount, bearer, signIn, type Person, type Tokens } from '../../support/accounts';
import { problemOf } from '../../support/problem';
import { startDescribedApp } from '../../support/described-app';
import type { TestApp } from '../../support/test-app';

let service: TestApp;
beforeAll(async () => {
  service = await startDescribedApp();
});
afterAll(() => service.close());

interface Account {
  readonly username: string | null;
  readonly display_name: string | null;
  readonly locale: string | null;
  readonly updated: string;
}

const patch = (body: unknown, tokens?: Tokens) =>
  service.inject({
    method: 'PATCH',
    url: '/user/me',
    headers: tokens ? bearer(tokens) : {},
    ...(body === undefined ? {} : { payload: body as object }),
  });
const me = async (tokens: Tokens) => (await service.get('/user/me', bearer(tokens))).json<Account>();

async function somebody(traits: Partial<Person> = {}): Promise<Tokens> {
  return signIn(service, await anAccount(service, traits));
}

describe('PATCH /user/me', () => {
  it('answers the account as it is then', async () => {
    const tokens = await somebody();
    service.clock.advanceSeconds(60);
    const body = { username: 'Zoë', display_name: 'Zoë Ångström 🔑', locale: 'pt-BR' };
    const answer = await patch(body, tokens);
    expect([answer.statusCode, answer.headers['cache-control']]).toEqual([200, 'no-store']);
    expect(answer.json()).toMatchObject({ ...body, updated: service.clock.now().toISOString() });
    expect(answer.json()).toEqual(await me(tokens));
  });

  it('what is absent stays, what is null is emptied', async () => {
    const tokens = await somebody({ username: 'absent' });
    await patch({ display_name: 'Somebody', locale: 'en' }, tokens);
    expect(await me(tokens)).toMatchObject({ username: 'absent', display_name: 'Somebody', locale: 'en' });
    for (const nothing of [{}, undefined]) {
      expect((await patch(nothing, tokens)).json()).toMatchObject({ display_name: 'Somebody', locale: 'en' });
    }
    await patch({ locale: null }, tokens);
    expect(await me(tokens)).toMatchObject({ username: 'absent', display_name: 'Somebody', locale: null });
    await patch({ display_name: null }, tokens);
    expect(await me(tokens)).toMatchObject({ username: 'absent', display_name: null, locale: null });
  });

  it.each<[Record<string, unknown>, string[]]>([
    [{ username: null }, ['username']],
    [{ username: 'ab' }, ['username']],
    [{ username: 'some body' }, ['username']],
    [{ username: 'somebody@example.com' }, ['username']],
    [{ username: 'some＠body' }, ['username']],
    [{ username: 'some\0body' }, ['username']],
    [{ username: 'some\ud800body' }, ['username']],
    [{ display_name: '' }, ['display_name']],
    [{ display_name: '   ' }, ['display_name']],
    [{ display_name: 'a\nb' }, ['display_name']],
    [{ display_name: 'a\0b' }, ['display_name']],
    [{ display_name: 'a\udc00b' }, ['display_name']],
    [{ display_name: 'x'.repeat(256) }, ['display_name']],
    [{ display_name: ['x'] }, ['display_name']],
    [{ locale: '' }, ['locale']],
    [{ locale: 'en_GB' }, ['locale']],
    [{ locale: 'e' }, ['locale']],
    [{ locale: '../../etc' }, ['locale']],
    [{ locale: 'en-'.repeat(20) }, ['locale']],
    [{ locale: 7 }, ['locale']],
    [{ locale: 'xx-yy-zz-', display_name: 7, username: 8 }, ['display_name', 'locale', 'username']],
    [{ email: 'x@example.com' }, ['email']],
    [{ roles: ['admin'] }, ['roles']],
    [{ profile: {} }, ['profile']],
  ])('%j is refused by name, and nothing is changed', async (body, fields) => {
    const tokens = await somebody();
    const before = await me(tokens);
    const problem = problemOf(await patch({ display_name: 'Somebody', ...body }, tokens));
    expect({ ...problem, fields: [...(problem.fields ?? [])].sort() }).toEqual({
      status: 400,
      code: 'validation',
      fields,
    });
    expect(await me(tokens)).toEqual(before);
  });

  it.each(['en', 'EN-gb', 'zh-Hant-TW', 'sl-rozaj-biske', 'de-CH-1996'])('%s is a language tag', async (locale) => {
    expect((await patch({ locale }, await somebody())).statusCode).toBe(200);
  });

  it('a username that an account has is 409, in whatever case, and nothing is changed', async () => {
    await somebody({ username: 'Wanda' });
    const tokens = await somebody({ username: 'other' });
    for (const username of ['Wanda', 'wANDA', 'Ｗanda']) {
      const answer = await patch({ username, display_name: 'Not kept' }, tokens);
      expect(problemOf(answer)).toEqual({ status: 409, code: 'username-taken' });
    }
    expect(await me(tokens)).toMatchObject({ username: 'other', display_name: null });
  });

  it('one’s own may be written otherwise; a former one is free', async () => {
    const person = await anAccount(service, { username: 'casing' });
    const tokens = await signIn(service, person);
    expect((await patch({ username: 'CaSing' }, tokens)).json()).toMatchObject({ username: 'CaSing' });
    await patch({ username: 'renamed' }, tokens);
    const { password } = person;
    expect((await service.post('/auth/login', { username: 'Renamed', password })).statusCode).toBe(200);
    expect((await service.post('/auth/login', { username: 'casing', password })).statusCode).toBe(401);
    expect((await patch({ username: 'casing' }, await somebody())).statusCode).toBe(200);
  });

  it('refuses nobody’s request, and a token by cookie from elsewhere', async () => {
    const { access } = await somebody();
    expect(problemOf(await patch({ locale: 'en' }))).toEqual({ status: 401, code: 'invalid-token' });
    const headers = { cookie: `sv_at=${access}`, origin: 'https://evil.example.com' };
    const answer = await service.inject({ method: 'PATCH', url: '/user/me', headers, payload: { locale: 'en' } });
    expect(problemOf(answer)).toEqual({ status: 403, code: 'cross-site' });
  });
});

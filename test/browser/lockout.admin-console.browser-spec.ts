import { anAccount, bearer, signIn } from '../support/accounts';
import { openBrowser } from '../support/browser';
import { openConsole, type AdminConsole } from '../support/admin-console';
import { startBrowsedApp, type BrowsedApp } from '../support/browsed-app';
import { anOwner, CAFE, DEN, entry, from, lockOut } from '../support/lockout-way-back';
import { requireProgram } from '../support/required-program';
import { aSecuredAccount, freshCode, wrongCode } from '../support/second-factor';

const chromium = requireProgram('chromium');
const admin = { email: 'admin@example.com', password: 'between 6-128 characters' };
const secured = { email: 'careful-admin@example.com', password: 'between 6-128 characters' };

(chromium === null ? describe.skip : describe)('the admin console in a browser', () => {
  let service: BrowsedApp;
  let desk: AdminConsole;
  let secret: string;

  beforeAll(async () => {
    service = await startBrowsedApp({ environment: { ADMIN_EMAILS: `${admin.email},${secured.email}` } });
    await anAccount(service, admin);
    ({ secret } = await aSecuredAccount(service, secured));
  });
  afterAll(() => service.close());

  beforeEach(async () => {
    desk = await openConsole(chromium ?? '', service.url);
  }, 60_000);
  afterEach(async () => {
    await desk.close();
    expect(desk.complaints).toEqual([]);
    service.clock.advanceSeconds(86_400); // locks end
  });

  it('shows who is locked, in words, and lifts it: strangers can try again', async () => {
    const owner = await anOwner(service, { username: 'Pia' });
    await lockOut(service, owner);
    await desk.signIn(admin);
    const row = desk.rowOf(owner.email);
    const cells = (await row.getByRole('cell').allInnerTexts()).slice(0, 5);
    expect(cells).toEqual([`${owner.email}\nPia`, 'Password', 'Everybody but known devices and networks', '10', DEN]);
    const times = row.locator('time');
    const [since, until] = [await times.nth(0).getAttribute('datetime'), await times.nth(1).getAttribute('datetime')];
    expect(since).toBe(service.clock.now().toISOString());
    expect(Date.parse(until ?? '') - Date.parse(since ?? '')).toBe(600_000);
    expect(await entry(service, owner, from(CAFE))).toBe(429);
    await row.getByRole('button', { name: 'Lift' }).click();
    await desk.page.getByText(`The lock of ${owner.email} is lifted.`).waitFor();
    expect(await row.count()).toBe(0);
    expect(await entry(service, owner, from(CAFE))).toBe(200);
  });

  it('is worked by keyboard alone', async () => {
    const owners = [await anOwner(service), await anOwner(service)];
    for (const owner of owners) await lockOut(service, owner);
    const { keyboard } = desk.page;
    await desk.page.locator('#name:focus').waitFor();
    await keyboard.type(admin.email);
    await keyboard.press('Tab');
    await keyboard.type(admin.password);
    await keyboard.press('Enter');
    await desk.page.getByText('2 locks').waitFor();
    // from the button that refreshes, over the one that signs out, to the first row's
    for (const key of ['Tab', 'Tab', 'Enter']) await keyboard.press(key);
    await desk.page.getByText('1 lock,').waitFor();
    await keyboard.press('Enter');
    await desk.page.getByText('No account is locked.').waitFor();
    expect(await desk.page.locator(':focus').innerText()).toBe('Refresh');
  });

  it('asks an admin with a second factor for its code', async () => {
    await desk.enter(secured);
    await desk.page.getByLabel(/^Code/).fill(await wrongCode(service, secret));
    await desk.page.getByRole('button', { name: 'Continue' }).click();
    expect(await desk.problem()).toBe('That code is not right.');
    await desk.page.getByLabel(/^Code/).fill(await freshCode(service, secret));
    await desk.page.getByRole('button', { name: 'Continue' }).click();
    await desk.page.getByRole('button', { name: 'Refresh' }).waitFor();
  });

  it('shows whatever strangers chose as text', async () => {
    const username = `<img/src=x/onerror="document.title='owned'">`;
    const owner = await anOwner(service, { username });
    await lockOut(service, owner);
    await desk.signIn(admin);
    expect(await desk.rowOf(owner.email).innerText()).toContain(username);
    await desk.rowOf(owner.email).getByRole('button').click();
    await desk.page.getByRole('status').getByText('is lifted').waitFor();
    expect(await desk.page.locator('img').count()).toBe(0);
    expect(await desk.page.title()).toBe('Locked accounts · Latchkey');
  });

  it('tells who is no admin, and signs them out', async () => {
    const person = await anAccount(service);
    await desk.enter(person);
    expect(await desk.problem()).toBe('This account is no admin.');
    expect(await desk.page.getByLabel('Password').inputValue()).toBe('');
    await desk.isEnded(desk.token);
  });

  it('keeps the token out of storage, cookies and URLs', async () => {
    await desk.signIn(admin);
    const { token } = desk;
    expect(token).toMatch(/^ey/);
    const kept = await desk.everythingKept();
    expect(kept).toContain('"localStorage":{},"sessionStorage":{}');
    expect(kept).not.toContain(token);
    expect(await desk.cookies()).toEqual([]);
    expect(desk.urls.filter((url) => url.includes('?') || url.includes(token))).toEqual([]);
    expect(kept + desk.urls.join()).not.toContain(admin.password);
  });

  it('ends the session by its button, and when the page is left', async () => {
    await desk.signIn(admin);
    await desk.page.getByRole('button', { name: 'Sign out' }).click();
    await desk.page.getByText('You are signed out.').waitFor();
    await desk.isEnded(desk.token);
    await desk.signIn(admin);
    const second = desk.token;
    expect((await service.get('/user/me', bearer({ access: second }))).statusCode).toBe(200);
    await desk.page.goto('about:blank');
    await desk.isEnded(second);
  });

  it('asks for a new sign-in when the session is over', async () => {
    await desk.signIn(admin);
    service.clock.advanceSeconds(16 * 60);
    await desk.page.getByRole('button', { name: 'Refresh' }).click();
    expect(await desk.problem()).toMatch(/Sign in again\.$/);
    await desk.signIn(admin);
  });

  it('says that a lock has ended meanwhile', async () => {
    const owner = await anOwner(service);
    await lockOut(service, owner);
    await desk.signIn(admin);
    const headers = bearer(await signIn(service, admin));
    const [lock] = (await service.get('/admin/locks', headers)).json<{ id: string }[]>();
    await service.post(`/admin/locks/${lock?.id ?? ''}/lift`, undefined, headers);
    await desk.rowOf(owner.email).getByRole('button').click();
    await desk.page.getByText(`The lock of ${owner.email} had ended already.`).waitFor();
    expect(await desk.page.getByText('No account is locked.').isVisible()).toBe(true);
  });

  it('says when to try again, who is locked out', async () => {
    const nobody = { email: 'nobody@example.com', password: 'whatever it may be' };
    await lockOut(service, nobody);
    await desk.enter(nobody);
    expect(await desk.problem()).toBe(
      'Too many failed attempts: signing in is refused from here. Try again in 10 minutes.',
    );
  });

  it.each([
    ['is out of reach', null, /^The service cannot be reached/],
    ['is busy', { code: 'busy', seconds: '7' }, /^The service is busy\. Try again in 7 seconds\.$/],
    ['says something that nobody knows', { code: undefined, seconds: '' }, /^The service gave an answer/],
  ])('says it when the service %s, and goes on afterwards', async (_what, answer, words) => {
    await desk.signIn(admin);
    await desk.page.route('**/admin/locks', (route) =>
      answer === null
        ? route.abort()
        : route.fulfill({ status: 503, headers: { 'retry-after': answer.seconds }, json: { code: answer.code } }),
    );
    await desk.page.getByRole('button', { name: 'Refresh' }).click();
    expect(await desk.problem()).toMatch(words);
    await desk.page.unroute('**/admin/locks');
    await lockOut(service, await anOwner(service));
    await desk.page.getByRole('button', { name: 'Refresh' }).click();
    await desk.page.getByText('1 lock,').waitFor();
    expect(await desk.page.getByRole('alert').count()).toBe(0);
  });
});

(chromium === null ? describe.skip : describe)('the admin console where admins need a second factor', () => {
  let service: BrowsedApp;
  let desk: AdminConsole;

  beforeAll(async () => {
    const environment = { ADMIN_EMAILS: `${admin.email},${secured.email}`, PROFILE: 'hardened' };
    service = await startBrowsedApp({ environment });
    desk = await openConsole(chromium ?? '', service.url);
  }, 60_000);
  afterAll(async () => {
    await desk.close();
    await service.close();
  });

  it('tells an admin without one', async () => {
    await anAccount(service, admin);
    await desk.enter(admin);
    expect(await desk.problem()).toMatch(/^Here, admins need a second factor\./);
    await desk.isEnded(desk.token);
  });

  it('lets one in who has one', async () => {
    const { secret } = await aSecuredAccount(service, secured);
    await desk.enter(secured);
    await desk.page.getByLabel(/^Code/).fill(await freshCode(service, secret));
    await desk.page.keyboard.press('Enter');
    await desk.page.getByText('No account is locked.').waitFor();
  });
});

(chromium === null ? it.skip : it)('the admin console asks for nothing where scripts do not run', async () => {
  const service = await startBrowsedApp();
  const browser = await openBrowser(chromium ?? '', false);
  const page = await browser.context.newPage();
  await page.goto(`${service.url}/admin`);
  expect(await page.getByText('This page needs JavaScript').isVisible()).toBe(true);
  expect(await page.locator('input:visible, button:visible').count()).toBe(0);
  await browser.close();
  await service.close();
});

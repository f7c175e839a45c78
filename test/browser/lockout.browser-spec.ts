import type { Page } from 'playwright-core';
import { anAccount } from '../support/accounts';
import { openBrowser, type TestBrowser } from '../support/browser';
import { startBrowsedApp, type BrowsedApp } from '../support/browsed-app';
import { tellOfLocks } from '../support/lockout-mails';
import {
  anOwner,
  CAFE,
  DEN,
  entry,
  from,
  lockOut,
  newestUnlockLink,
  TRAIN,
  type Owner,
} from '../support/lockout-way-back';
import { requireProgram } from '../support/required-program';

const chromium = requireProgram('chromium');

// without script: what a mail opens must work in any browser
(chromium === null ? describe.skip : describe).each([{ script: false }, { script: true }])(
  'the unlock page in a browser, script: $script',
  ({ script }) => {
    const admin = 'admin@example.com';
    let service: BrowsedApp;
    let browser: TestBrowser;
    let page: Page;
    const complaints: string[] = [];

    beforeAll(async () => {
      service = await startBrowsedApp({ environment: { ADMIN_EMAILS: admin } });
    });
    afterAll(() => service.close());

    beforeEach(async () => {
      browser = await openBrowser(chromium ?? '', script);
      await sitIn(TRAIN);
      page = await browser.context.newPage();
      page.on('console', (message) => {
        if (/Content Security Policy|Refused/i.test(message.text())) complaints.push(message.text());
      });
    }, 60_000);
    afterEach(() => browser.close());

    const sitIn = (network: string) => browser.context.setExtraHTTPHeaders(from(network));
    const title = () => page.locator('h1').innerText();
    const pageOf = (token: string) => `${service.url}/unlock?token=${encodeURIComponent(token)}`;
    const deviceCookies = async () => (await browser.context.cookies()).filter(({ name }) => name === 'device');

    /** What the right password brings in this browser. */
    async function signInHere({ email, password }: Owner): Promise<number> {
      const data = { email, password };
      return (await browser.context.request.post(`${service.url}/auth/login`, { data })).status();
    }

    it('opening an owner’s link, again and again and by its head, spends nothing', async () => {
      const owner = await anOwner(service);
      await lockOut(service, owner);
      const link = pageOf(await newestUnlockLink(service, owner));
      await fetch(link, { method: 'HEAD' });
      for (let times = 0; times < 3; times += 1) await page.goto(link);
      expect(await deviceCookies()).toEqual([]);
      expect([await signInHere(owner), await entry(service, owner, from(TRAIN))]).toEqual([429, 429]);
      await page.getByRole('button', { name: 'Unlock' }).click();
      expect(await title()).toBe('You can sign in again');
    });

    it('its button lets this browser in anywhere, its network for now, and not who was guessing', async () => {
      const owner = await anOwner(service);
      await lockOut(service, owner);
      await page.goto(pageOf(await newestUnlockLink(service, owner)));
      await page.locator('button:focus').press('Enter');
      await page.getByRole('heading', { name: 'You can sign in again' }).waitFor();
      expect(await deviceCookies()).toMatchObject([{ httpOnly: true, sameSite: 'Lax', path: '/' }]);
      expect(await entry(service, owner, from(DEN))).toBe(429);
      expect(await entry(service, owner, from(CAFE))).toBe(429);
      expect(await entry(service, owner, from(TRAIN))).toBe(200);
      await sitIn(CAFE);
      expect(await signInHere(owner)).toBe(200);
    });

    it('a link that was used says so, and does nothing', async () => {
      const owner = await anOwner(service);
      await lockOut(service, owner);
      const link = pageOf(await newestUnlockLink(service, owner));
      await page.goto(link);
      await page.getByRole('button').click();
      expect(await title()).toBe('You can sign in again');
      await browser.context.clearCookies();
      await sitIn(CAFE);
      await page.goto(link);
      await page.getByRole('button').click();
      expect(await page.getByRole('alert').innerText()).toContain('not valid any more');
      expect(await deviceCookies()).toEqual([]);
      expect(await entry(service, owner, from(CAFE))).toBe(429);
    });

    it('an admin’s link lifts the lock for everybody, and makes the admin’s browser nobody’s device', async () => {
      const owner = await anOwner(service);
      await anAccount(service, { email: admin });
      // admins get a link for a lock that stands alone; of those that follow within minutes they are told in one mail
      service.clock.advanceSeconds(16 * 60);
      await tellOfLocks(service);
      service.clock.advanceSeconds(16 * 60);
      await lockOut(service, owner);
      await page.goto(pageOf(await newestUnlockLink(service, { email: admin })));
      expect(await entry(service, owner, from(CAFE))).toBe(429);
      await page.getByRole('button', { name: 'Unlock' }).click();
      expect(await title()).toBe('The locks are lifted');
      expect(await deviceCookies()).toEqual([]);
      expect(await entry(service, owner, from(CAFE))).toBe(200);
    });

    it('whatever stands for a token in a link is text', async () => {
      const token = `"><img src=x onerror="document.title='owned'">`;
      await page.goto(pageOf(token));
      expect(await page.locator('input[name=token]').inputValue()).toBe(token);
      await page.getByRole('button').click();
      await page.getByRole('alert').waitFor();
      expect(await page.locator('img').count()).toBe(0);
      expect(await page.locator('input[name=token]').inputValue()).toBe(token);
    });

    it('nothing on this page breaks its own policy', () => {
      expect(complaints).toEqual([]);
    });
  },
);

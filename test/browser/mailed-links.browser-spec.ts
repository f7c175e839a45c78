import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { openBrowser, type TestBrowser } from '../support/browser';
import { eventually } from '../support/eventually';
import { requireProgram } from '../support/required-program';
import { ServiceProcess } from '../support/service-process';

const chromium = requireProgram('chromium');
const account = { email: 'hello@example.com', password: 'between 6-128 characters' };

// without script: what a mail opens must work in any browser
(chromium === null ? describe.skip : describe).each([{ script: false }, { script: true }])(
  'mailed links in a browser, script: $script',
  ({ script }) => {
    const folder = mkdtempSync(join(tmpdir(), 'latchkey-pages-'));
    let service: ServiceProcess;
    let browser: TestBrowser;
    let page: Page;
    const complaints: string[] = [];

    beforeAll(async () => {
      service = await ServiceProcess.start({ dataDir: folder });
      browser = await openBrowser(chromium ?? '', script);
      page = await browser.context.newPage();
      page.on('console', (message) => {
        if (/Content Security Policy|Refused/i.test(message.text())) complaints.push(message.text());
      });
    }, 90_000);

    afterAll(async () => {
      await browser.close();
      await service.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    const linkOf = (subject: RegExp) =>
      eventually(async () => {
        const mails = (await (await service.get('/dev/mailbox.json')).json()) as { subject: string; text: string }[];
        const link = /https?:\S+/.exec(mails.find((mail) => subject.test(mail.subject))?.text ?? '')?.[0];
        if (link === undefined) throw new Error('no such mail yet');
        return link;
      });

    const canSignIn = async (password: string) =>
      (await service.post('/auth/login', { email: account.email, password })).status === 200;

    it('the development mailbox shows the mail', async () => {
      expect((await service.post('/auth/register', account)).status).toBe(204);
      await page.goto(new URL('/dev/mailbox', await linkOf(/registration/i)).href);
      expect(await page.locator('article').first().innerText()).toContain('hello@example.com');
    });

    it('opening the activation link, and looking at its head, spends nothing', async () => {
      const link = await linkOf(/registration/i);
      await fetch(link, { method: 'HEAD' });
      await page.goto(link);
      await page.goto(link);
      expect(await canSignIn(account.password)).toBe(false);
    });

    it('a wrong password keeps the account closed and says so', async () => {
      await page.fill('#password', 'a stranger cannot know it');
      await page.click('button');
      expect(await page.getByRole('alert').innerText()).toContain('not right');
      expect(await canSignIn(account.password)).toBe(false);
    });

    it('the right one opens it, and the browser is a known device', async () => {
      await page.fill('#password', account.password);
      await page.click('button');
      expect(await page.locator('h1').innerText()).toBe('Your account is ready');
      expect(await canSignIn(account.password)).toBe(true);
      const cookies = await browser.context.cookies();
      expect(cookies).toMatchObject([{ name: 'device', httpOnly: true, sameSite: 'Lax' }]);
    });

    it('a reset link sets a new password', async () => {
      await service.post('/auth/change-password/request', { email: account.email });
      await page.goto(await linkOf(/password/i));
      await page.fill('#password', 'another one entirely');
      await page.fill('#password_again', 'not the same');
      await page.click('button');
      expect(await page.getByRole('alert').innerText()).toContain('not the same');
      await page.fill('#password', 'another one entirely');
      await page.fill('#password_again', 'another one entirely');
      await page.click('button');
      expect(await page.locator('h1').innerText()).toBe('Your password is set');
      expect(await canSignIn('another one entirely')).toBe(true);
      expect(await canSignIn(account.password)).toBe(false);
    });

    it('nothing on these pages breaks their own policy', () => {
      expect(complaints).toEqual([]);
    });
  },
);

import type { Cookie, Locator, Page } from 'playwright-core';
import type { Person } from './accounts';
import { openBrowser } from './browser';
import { eventually } from './eventually';

type Named = Pick<Person, 'email' | 'password'>;

/** The page `/admin` in a browser of its own, and what came of it. */
export interface AdminConsole {
  readonly page: Page;
  /** Every URL that was asked for. */
  readonly urls: readonly string[];
  /** What the page threw, and what its policy refused. */
  readonly complaints: readonly string[];
  enter(person: Named): Promise<void>;
  /** Enters, and waits until the list is there. */
  signIn(person: Named): Promise<void>;
  rowOf(name: string): Locator;
  /** What went wrong, in the page's words. */
  problem(): Promise<string>;
  /** The access token of the latest sign-in by password alone. */
  readonly token: string;
  /** Whatever a browser has for keeping things, and the page itself, as JSON. */
  everythingKept(): Promise<string>;
  /** Waits until a token is good for nothing. */
  isEnded(token: string): Promise<void>;
  cookies(): Promise<Cookie[]>;
  close(): Promise<void>;
}

const EVERYTHING = `(async () => JSON.stringify({
  localStorage, sessionStorage, cookie: document.cookie, databases: await indexedDB.databases(), caches: await caches.keys(),
  url: location.href, history: history.state, requests: performance.getEntries(), page: document.documentElement.outerHTML,
}))()`;

export async function openConsole(chromium: string, url: string): Promise<AdminConsole> {
  const browser = await openBrowser(chromium, true);
  const page = await browser.context.newPage();
  const watched = watch(page);
  let access = '';
  await page.goto(`${url}/admin`);
  const enter = async ({ email, password }: Named): Promise<void> => {
    await page.getByLabel('Address or username').fill(email);
    await page.getByLabel('Password').fill(password);
    const answered = page.waitForResponse('**/auth/login');
    await page.getByRole('button', { name: 'Sign in' }).click();
    const answer = (await (await answered).json()) as { jwt_token?: string };
    access = answer.jwt_token ?? access;
  };
  return {
    page,
    ...watched,
    enter,
    signIn: async (person) => {
      await enter(person);
      await page.getByRole('button', { name: 'Refresh' }).waitFor();
    },
    get token() {
      return access;
    },
    everythingKept: () => page.evaluate<string>(EVERYTHING),
    rowOf: (name) => page.getByRole('row').filter({ hasText: name }),
    problem: () => page.getByRole('alert').innerText(),
    isEnded: (token) =>
      eventually(async () => {
        const { status } = await fetch(`${url}/user/me`, { headers: { authorization: `Bearer ${token}` } });
        if (status !== 401) throw new Error(`the session goes on: ${String(status)}`);
      }),
    cookies: () => browser.context.cookies(),
    close: () => browser.close(),
  };
}

function watch(page: Page) {
  const urls: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => urls.push(request.url()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (/Content Security Policy|Refused/i.test(message.text())) complaints.push(message.text());
  });
  return { urls, complaints };
}

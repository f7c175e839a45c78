import { bearer, createAccount, expectStatus, signIn } from '../support/account-client';
import { DataFolder } from '../support/data-folder';
import { eventually } from '../support/eventually';
import type { ServiceProcess } from '../support/service-process';

/** Two processes of one service, so one public URL; without it each would be an issuer of its own. */
const environment = { PUBLIC_URL: 'http://localhost' };

describe('two services on one DATA_DIR', () => {
  let folder: DataFolder;

  beforeEach(() => (folder = new DataFolder()));
  afterEach(() => folder.dispose());

  const start = (): Promise<ServiceProcess> => folder.start({ environment });

  /** An account made at one of them is an account of the other, and so are its sessions. */
  async function expectOne(first: ServiceProcess, second: ServiceProcess, email: string): Promise<void> {
    await createAccount(first, email);
    const tokens = await signIn(second, email);
    await expectStatus(first.get('/user/me', bearer(tokens)), 200);
    await expectStatus(first.post('/auth/token/refresh', { refresh_token: tokens.refresh }), 200);
    await expectStatus(first.post('/auth/token/revoke', {}, bearer(tokens)), 204);
    await eventually(() => expectStatus(second.get('/user/me', bearer(tokens)), 401), 2_000);
  }

  async function expectWorking(service: ServiceProcess, email: string): Promise<void> {
    await createAccount(service, email);
    await expectStatus(service.get('/user/me', bearer(await signIn(service, email))), 200);
    await expectStatus(service.get('/readyz'), 200);
  }

  it('that start at once on an empty folder are one service', async () => {
    const [first, second] = await Promise.all([start(), start()]);
    await expectOne(first, second, 'one@example.org');
    await expectOne(second, first, 'other@example.org');
  }, 90_000);

  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    for (const leaver of ['first', 'second'] as const) {
      it(`go on when the ${leaver} one leaves by ${signal}, and the last one takes the server along`, async () => {
        const first = await start();
        const second = await start();
        await expectOne(first, second, 'before@example.org');
        const [leaving, staying] = leaver === 'first' ? [first, second] : [second, first];

        const tokens = await signIn(staying, 'before@example.org');
        let refused = 0;
        const watching = new AbortController();
        const watch = (async () => {
          while (!watching.signal.aborted) {
            if ((await staying.get('/user/me', bearer(tokens))).status !== 200) refused += 1;
          }
        })();
        await leaving.end(signal);
        await expectWorking(staying, 'after@example.org');
        watching.abort();
        await watch;
        expect(refused).toBe(0);

        const successor = await start();
        await expectOne(successor, staying, 'successor@example.org');
        await Promise.all([successor.end(signal), staying.end(signal)]);
        await folder.expectNothingLeft();
      }, 120_000);
    }
  }
});

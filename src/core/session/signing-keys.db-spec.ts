import { signAccess, startSessionProcess } from '../../../test/support/session-process';
import { TestClock } from '../../../test/support/test-clock';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database';

const [OLD, NEW] = [1, 2].map((byte) => Buffer.alloc(32, byte).toString('base64'));

describe('signing keys under a changed master key', () => {
  const clock = new TestClock();
  let test: TestDatabase;

  beforeEach(async () => {
    test = await createTestDatabase();
  });

  afterEach(() => test.drop());

  it('stay the same keys, sealed anew, so that the former master key can go', async () => {
    const before = await startSessionProcess(test.url, clock, { MASTER_KEY: `${OLD}` });
    const { kid } = before.signingKeys.current();
    const { token } = signAccess(before, clock.now());
    await before.stop();
    const between = await startSessionProcess(test.url, clock, { MASTER_KEY: `${NEW},${OLD}` });
    await between.stop();
    const after = await startSessionProcess(test.url, clock, { MASTER_KEY: `${NEW}` });
    try {
      expect(after.signingKeys.current().kid).toBe(kid);
      await expect(after.accessTokens.verify(token)).resolves.toBeDefined();
      await expect(after.accessTokens.verify(signAccess(after, clock.now()).token)).resolves.toBeDefined();
    } finally {
      await after.stop();
    }
  });
});

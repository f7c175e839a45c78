import { startSessionProcess, TEST_MASTER_KEY } from '../../test/support/session-process';
import { createTestDatabase, type TestDatabase } from '../../test/support/test-database';
import { TestClock } from '../../test/support/test-clock';
import { eventually } from '../../test/support/eventually';
import { parseSettings } from '../config/settings';
import { rotateKeys } from './rotate-keys';

describe('npm run keys:rotate', () => {
  let test: TestDatabase;

  beforeAll(async () => {
    test = await createTestDatabase();
  });

  afterAll(() => test.drop());

  function settings() {
    return parseSettings({ DATABASE_URL: test.url, MASTER_KEY: TEST_MASTER_KEY, LOG_LEVEL: 'silent' });
  }

  it('publishes the next key, and drops a compromised one, beside a running service', async () => {
    const service = await startSessionProcess(test.url, new TestClock(new Date()));
    try {
      const first = service.signingKeys.current().kid;
      const said = await rotateKeys(settings(), []);
      const next = /^Key (\S+) signs from \S+ on\.$/.exec(said)?.[1] ?? '';
      await eventually(() => {
        expect(service.signingKeys.find(next)).not.toBeNull();
      });
      expect(service.signingKeys.current().kid).toBe(first);
      await expect(rotateKeys(settings(), ['--compromised'])).resolves.toContain(next);
      await eventually(() => {
        expect(service.signingKeys.find(first)).toBeNull();
      });
      expect(service.signingKeys.current().kid).toBe(next);
    } finally {
      await service.stop();
    }
  });

  it('does nothing for an option it does not know', async () => {
    await expect(rotateKeys(settings(), ['--comprmised'])).rejects.toThrow('Usage');
  });

  it('fails, naming no value, when the master key is not the one that sealed the key', async () => {
    const other = Buffer.alloc(32, 9).toString('base64');
    const failing = rotateKeys(parseSettings({ DATABASE_URL: test.url, MASTER_KEY: other, LOG_LEVEL: 'silent' }), []);
    await expect(failing).rejects.toThrow(/encrypted under another master key/);
    await expect(failing).rejects.not.toThrow(other);
  });
});

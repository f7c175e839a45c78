import { walkThrough } from '../support/documented-walk';

describe('the README', () => {
  it('has a walk that works as it is written', async () => {
    const lines = await walkThrough('README.md');
    expect(lines).toHaveLength(7);
    const [registered, activated, me, sessions, letter, revoked, afterwards] = lines;
    expect([registered, activated, revoked, afterwards]).toEqual(['204', '204', '204', '401']);
    expect(letter).toBe('Dear friend');
    expect(JSON.parse(me ?? '')).toMatchObject({ email: 'hello@example.com', email_verified: true });
    expect(JSON.parse(sessions ?? '')).toMatchObject([{ contract: 'native', current: true }]);
  }, 110_000);
});

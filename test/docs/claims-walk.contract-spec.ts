import { walkThrough } from '../support/documented-walk';

describe('the page of the claims contract', () => {
  it('has a walk that works as it is written', async () => {
    const lines = await walkThrough('docs/contracts/claims.md');
    expect(lines).toHaveLength(5);
    const [registered, me, verified, left, afterwards] = lines.map((line) => JSON.parse(line) as object);
    expect(registered).toEqual({ message: 'registered' });
    expect(me).toMatchObject({ claims: { email: 'user@example.com', email_verified: false } });
    expect(verified).toMatchObject({ token: { token_type: 'access', email: 'user@example.com' } });
    expect(left).toEqual({ message: 'logout successful' });
    expect(afterwards).toMatchObject({ code: 'invalid-token' });
  }, 110_000);
});

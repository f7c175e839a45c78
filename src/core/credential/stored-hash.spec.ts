import { costOf, formatStoredHash, parseStoredHash, schemeOf } from './stored-hash';

const rest = 'abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234';

describe('a stored hash', () => {
  it('says scheme, cost and pepper', () => {
    const text = formatStoredHash('0a1b2c3d', `$2b$12$${rest}`);
    expect(text).toBe(`bcrypt:0a1b2c3d:$2b$12$${rest}`);
    expect(parseStoredHash(text)).toEqual({ pepperId: '0a1b2c3d', cost: 12, bcrypt: `$2b$12$${rest}` });
  });

  it('written by other programs as $2y$ or $2a$ is read as $2b$', () => {
    for (const version of ['2a', '2y']) {
      expect(parseStoredHash(`bcrypt:0a1b2c3d:$${version}$10$${rest}`)?.bcrypt).toBe(`$2b$10$${rest}`);
    }
  });

  it.each([
    '',
    'x',
    `$2b$10$${rest}`,
    `bcrypt:0a1b2c3d:$2b$10$${rest}x`,
    `bcrypt:0a1b2c3d:$2b$10$short`,
    `bcrypt::$2b$10$${rest}`,
  ])('of another form is not read: %j', (text) => {
    expect(parseStoredHash(text)).toBeNull();
  });
});

describe('a scheme', () => {
  it('names the cost and gives it back', () => {
    expect(schemeOf(4)).toBe('bcrypt-04');
    for (const cost of [4, 9, 10, 15]) expect(costOf(schemeOf(cost))).toBe(cost);
  });

  it('of a later version of this service has no cost here', () => {
    expect(costOf('argon2id-m19-t2')).toBeNull();
  });
});

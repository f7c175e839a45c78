import type { AccessClaims } from '../../core/session/access-claims';
import { VerifiedTokens } from './verified-tokens.cache';

const entry = (kid: string) => ({ kid, claims: { sub: kid } as AccessClaims });

describe('verified tokens', () => {
  it('are found by the whole token and nothing less', () => {
    const tokens = new VerifiedTokens(10);
    tokens.keep('header.claims.signature', entry('a'));
    expect(tokens.find('header.claims.signature')).toEqual(entry('a'));
    expect(tokens.find('header.claims.signaturf')).toBeNull();
    expect(tokens.find('header.claims')).toBeNull();
  });

  it('are never more than there is room for; the one unseen for longest goes', () => {
    const tokens = new VerifiedTokens(3);
    for (const name of ['a', 'b', 'c']) tokens.keep(name, entry(name));
    tokens.find('a');
    tokens.keep('d', entry('d'));
    expect(['a', 'b', 'c', 'd'].filter((name) => tokens.find(name))).toEqual(['a', 'c', 'd']);
  });

  it('are gone once dropped', () => {
    const tokens = new VerifiedTokens(3);
    tokens.keep('a', entry('a'));
    tokens.drop('a');
    expect(tokens.find('a')).toBeNull();
  });
});

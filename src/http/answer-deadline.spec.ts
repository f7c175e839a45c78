import { asItWaits } from './answer-deadline';

it('a long text waits as its bytes, a short one and all else as it is', () => {
  const long = 'é'.repeat(20_000);
  expect(asItWaits(long)).toEqual(Buffer.from(long));
  for (const payload of ['short', Buffer.alloc(20_000), undefined, null]) expect(asItWaits(payload)).toBe(payload);
});

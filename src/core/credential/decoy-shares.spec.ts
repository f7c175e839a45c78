import { sha256 } from '../../platform/crypto/digest';
import { decoyCost } from './decoy-shares';

const counts = [
  { cost: 10, count: 700 },
  { cost: 12, count: 300 },
];

function costs(names: number): number[] {
  return Array.from({ length: names }, (_, i) => decoyCost(sha256(`name ${i}`), counts, 8));
}

it('decoys over many names have the proportions of the stored hashes', () => {
  const share = costs(20_000).filter((cost) => cost === 12).length / 20_000;
  expect(share).toBeGreaterThan(0.28);
  expect(share).toBeLessThan(0.32);
});

it('the decoy of one name is always the same', () => {
  expect(costs(500)).toEqual(costs(500));
});

it('stays the same for a name when both counts grow alike', () => {
  const grown = counts.map(({ cost, count }) => ({ cost, count: count * 3 }));
  for (let i = 0; i < 500; i += 1) {
    const digest = sha256(`name ${i}`);
    expect(decoyCost(digest, grown, 8)).toBe(decoyCost(digest, counts, 8));
  }
});

it('has the cost asked for now while nothing is stored', () => {
  expect(decoyCost(sha256('name'), [], 8)).toBe(8);
});

it('covers both ends of the digests', () => {
  expect(decoyCost(Buffer.alloc(32, 0x00), counts, 8)).toBe(10);
  expect(decoyCost(Buffer.alloc(32, 0xff), counts, 8)).toBe(12);
});

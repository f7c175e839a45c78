import { canonicalAddress, enclosingNetworks, networkOf } from './network-address';

describe('canonicalAddress', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['::FFFF:c000:0207', '192.0.2.7'],
    ['0:0:0:0:0:ffff:192.0.2.7', '192.0.2.7'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8:0:0:0:0:0:1'],
    ['2001:db8::1', '2001:db8:0:0:0:0:0:1'],
    ['fe80::1%eth0', 'fe80:0:0:0:0:0:0:1'],
    ['::', '0::'],
  ])('spells %s as %s', (text, expected) => {
    expect(canonicalAddress(text)).toBe(expected);
  });

  it.each([undefined, '', 'unknown', '192.0.2', '192.0.2.7:80', '[::1]', '::ffff:999.0.2.7', '1::2::3'])(
    'takes %p for no address',
    (text) => {
      expect(canonicalAddress(text)).toBeNull();
    },
  );
});

describe('networkOf', () => {
  it('is the address itself for IPv4', () => {
    expect(networkOf('192.0.2.7')).toBe('192.0.2.7');
  });

  it('is the same for all addresses of an IPv6 /64, however they are spelt', () => {
    const spellings = ['2001:db8:0:1::1', '2001:0DB8:0:0001:ffff:ffff:ffff:ffff', '2001:db8:0:1:0:0:0:0'];
    expect(new Set(spellings.map(networkOf))).toEqual(new Set(['2001:db8:0:1::/64']));
    expect(networkOf('2001:db8:0:2::1')).not.toBe('2001:db8:0:1::/64');
  });
});

describe('enclosingNetworks', () => {
  it('has none for IPv4', () => {
    expect(enclosingNetworks('192.0.2.7')).toEqual([]);
  });

  it('has the /56 and the /48 for IPv6', () => {
    expect(enclosingNetworks(networkOf('2001:db8:aa:12ff::9'))).toEqual([
      { prefixLength: 56, network: '2001:db8:aa:1200::/56' },
      { prefixLength: 48, network: '2001:db8:aa::/48' },
    ]);
  });
});

import { isIP } from 'node:net';

/** An IPv6 network that encloses a caller's own, for budgets of those who hold a whole prefix. */
export interface EnclosingNetwork {
  readonly prefixLength: 56 | 48;
  readonly network: string;
}

const MAPPED_IPV4 = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i;

/**
 * One spelling of an address: no zone, no port, IPv4-mapped IPv6 unwrapped. Null when it is none, as a proxy that
 * forwards what it was told may send.
 */
export function canonicalAddress(text: string | undefined): string | null {
  const bare = (text ?? '').replace(/%.*$/, '');
  const mapped = MAPPED_IPV4.exec(bare)?.[1];
  if (mapped !== undefined && isIP(mapped) === 4) return mapped;
  if (isIP(bare) === 4) return bare;
  if (isIP(bare) !== 6) return null;
  const groups = groupsOf(bare);
  return mappedIpv4(groups) ?? spell(groups);
}

/** `::ffff:0:0/96` written in hexadecimal is IPv4 all the same (RFC 4291 §2.5.5.2). */
function mappedIpv4(groups: readonly number[]): string | null {
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (!isMapped) return null;
  const [high = 0, low = 0] = groups.slice(6);
  return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.');
}

/** The network an address counts as: itself for IPv4, its /64 for IPv6 (what one household or server is given). */
export function networkOf(address: string): string {
  if (isIP(address) !== 6) return address;
  return `${spell([...groupsOf(address).slice(0, 4), 0, 0, 0, 0])}/64`;
}

/** The /56 and /48 around an IPv6 network; none around an IPv4 address. */
export function enclosingNetworks(network: string): EnclosingNetwork[] {
  const address = network.replace(/\/64$/, '');
  if (isIP(address) !== 6) return [];
  const [first = 0, second = 0, third = 0, fourth = 0] = groupsOf(address);
  const within56 = [first, second, third, fourth & 0xff00, 0, 0, 0, 0];
  const within48 = [first, second, third, 0, 0, 0, 0, 0];
  return [
    { prefixLength: 56, network: `${spell(within56)}/56` },
    { prefixLength: 48, network: `${spell(within48)}/48` },
  ];
}

/** The eight 16-bit groups of a valid IPv6 address. */
function groupsOf(address: string): number[] {
  const [head = '', tail] = address.split('::');
  const left = groupsOfPart(head);
  if (tail === undefined) return left;
  const right = groupsOfPart(tail);
  return [...left, ...Array<number>(8 - left.length - right.length).fill(0), ...right];
}

function groupsOfPart(part: string): number[] {
  if (part === '') return [];
  return part.split(':').flatMap((group) => {
    if (!group.includes('.')) return [parseInt(group, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number);
    return [(a << 8) | b, (c << 8) | d];
  });
}

/** Eight groups without leading zeros, trailing zero groups shortened: one spelling for one address, if not RFC 5952's. */
function spell(groups: readonly number[]): string {
  const text = groups.map((group) => group.toString(16)).join(':');
  return text.replace(/(?::0)+$/, '::');
}

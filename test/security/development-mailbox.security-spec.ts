import type { InjectOptions } from 'light-my-request';
import { aPerson, register } from '../support/accounts';
import { problemOf } from '../support/problem';
import { startTestApp, type TestApp } from '../support/test-app';

let service: TestApp;
beforeAll(async () => {
  service = await startTestApp();
  const person = aPerson();
  await register(service, person);
  await service.mailsTo(person.email);
});
afterAll(() => service.close());

const PATHS = ['/dev/mailbox', '/dev/mailbox.json', '/dev/mailbox/', '/dev/mailbox?to=person-1@example.com'];

const ask = (url: string, { remoteAddress = '127.0.0.1', headers = {} }: Partial<InjectOptions>) =>
  service.inject({ url, remoteAddress, headers: { host: 'localhost:3000', ...headers } });

describe.each(PATHS)('%s', (url) => {
  it.each<[string, Partial<InjectOptions>]>([
    ['by IPv4', {}],
    ['by IPv6', { remoteAddress: '::1', headers: { host: '[::1]:3000' } }],
    ['by IPv4 within IPv6', { remoteAddress: '::ffff:127.0.0.1' }],
    ['by another loopback address', { remoteAddress: '127.8.8.8', headers: { host: '127.8.8.8' } }],
    ['by a name of its own', { headers: { host: 'latchkey.localhost:3000' } }],
  ])('answers this machine: %s', async (_how, request) => {
    const answer = await ask(url, request);
    expect([answer.statusCode, answer.headers['cache-control']]).toEqual([200, 'no-store']);
    expect(answer.body).toContain('activate?ticket');
  });

  it.each<[string, Partial<InjectOptions>]>([
    ['a peer on another machine', { remoteAddress: '192.0.2.7' }],
    ['such a peer within IPv6', { remoteAddress: '::ffff:192.0.2.7' }],
    ['an IPv6 peer', { remoteAddress: '2001:db8::7' }],
    ['a host that was rebound to this machine', { headers: { host: 'evil.example.com' } }],
    ['a host that begins like this machine', { headers: { host: '127.0.0.1.evil.example.com' } }],
    ['a host that ends like this machine', { headers: { host: 'evil.example.com#.localhost' } }],
    ['what came through a proxy', { headers: { 'x-forwarded-for': '192.0.2.7' } }],
    ['what came through a proxy that says another thing', { headers: { 'x-forwarded-proto': 'https' } }],
    ['what came through a standard proxy', { headers: { forwarded: 'for=192.0.2.7' } }],
    ['what came through a proxy that signs', { headers: { via: '1.1 proxy' } }],
    ['what came through a proxy with its own header', { headers: { 'x-real-ip': '192.0.2.7' } }],
    ['what came through a network of delivery', { headers: { 'cf-connecting-ip': '192.0.2.7' } }],
    ['what came through a tunnel', { headers: { 'true-client-ip': '192.0.2.7' } }],
  ])('is not there for %s', async (_whom, request) => {
    expect(problemOf(await ask(url, request))).toEqual({ status: 404, code: 'not-found' });
  });
});

it('is not there where mails are sent', async () => {
  const sending = await startTestApp({ environment: { SMTP_URL: 'smtp://127.0.0.1:9' } });
  for (const url of ['/dev/mailbox', '/dev/mailbox.json']) {
    const answer = await sending.inject({ url, headers: { host: 'localhost:3000' } });
    expect(problemOf(answer)).toEqual({ status: 404, code: 'not-found' });
  }
  await sending.close();
});

it('is a page that runs nothing and loads nothing from elsewhere', async () => {
  const { headers, body } = await ask('/dev/mailbox', {});
  expect(headers['content-security-policy']).toContain("default-src 'none'");
  expect(headers['content-security-policy']).not.toContain('unsafe');
  expect(body).not.toContain('<script');
});

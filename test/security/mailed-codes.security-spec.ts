import { GuardedMailedCode } from '../../src/core/auth/guarded-mailed-code.service';
import { MailedCodes } from '../../src/core/ticket/mailed-codes.service';
import { Tickets } from '../../src/core/ticket/tickets.service';
import { AppError } from '../../src/kernel/errors/app-error';
import type { Caller } from '../../src/kernel/principal';
import { startTestApp, type TestApp } from '../support/test-app';

const DAY_SECONDS = 86_400;
const LIFE_SECONDS = 600;

let service: TestApp;
beforeAll(async () => {
  service = await startTestApp();
});
afterAll(() => service.close());

const tx = () => service.database.dataSource.manager;

const caller: Caller = {
  ip: '192.0.2.7',
  network: '192.0.2.7',
  userAgent: null,
  requestId: 'test',
  contract: 'test',
  deviceToken: null,
  sessionId: null,
  refreshTokens: [],
};

/** A new code to an address, in an enrolment of its own, as asking again makes it. */
async function mailed(address: string): Promise<{ ticketId: string; code: string }> {
  const ticketId = await service.app
    .get(Tickets, { strict: false })
    .issue(tx(), { purpose: 'verify-email', subject: address, waitSeconds: DAY_SECONDS });
  const code = await service.app.get(MailedCodes, { strict: false }).draw(tx(), ticketId, LIFE_SECONDS);
  return { ticketId, code: code ?? '' };
}

const judged = { prepare: () => Promise.resolve(), allowed: () => Promise.resolve('right') };

/** `right`, or the code of the refusal. */
async function guess(address: string, ticketId: string, code: string): Promise<string> {
  const attempt = { ticketId, address, userId: null, code, caller, ...judged };
  return service.app
    .get(GuardedMailedCode, { strict: false })
    .spend(attempt)
    .catch((error: unknown) => (error instanceof AppError ? error.code : 'broken'));
}

const wrongFor = (code: string) => (code === '000000' ? '000001' : '000000');

it('who asks for new codes gets no more guesses: of a day’s, all codes of an address together allow 80', async () => {
  const address = 'ground-down@example.com';
  let judged = 0;
  for (let minute = 0; minute < 1440; minute += 5) {
    const { ticketId, code } = await mailed(address);
    for (let tries = 0; tries < 5; tries += 1) {
      if ((await guess(address, ticketId, wrongFor(code))) === 'invalid-code') judged += 1;
    }
    service.clock.advanceSeconds(300);
  }
  expect(judged).toBe(80);
});

it('a right code does not count, and opens what it allows', async () => {
  const address = 'right@example.com';
  for (let time = 0; time < 30; time += 1) {
    const { ticketId, code } = await mailed(address);
    expect(await guess(address, ticketId, code)).toBe('right');
  }
});

it('codes to other addresses are not closed with it', async () => {
  const first = await mailed('first@example.com');
  for (let tries = 0; tries < 10; tries += 1) await guess('first@example.com', first.ticketId, wrongFor(first.code));
  expect(await guess('first@example.com', first.ticketId, first.code)).toBe('locked');
  const second = await mailed('second@example.com');
  expect(await guess('second@example.com', second.ticketId, second.code)).toBe('right');
});

it('an enrolment that has no code answers as one whose code is wrong', async () => {
  const [address, decoy] = ['with-code@example.com', 'decoy@example.com'];
  const { ticketId, code } = await mailed(address);
  for (let tries = 0; tries < 15; tries += 1) {
    const answer = await guess(address, ticketId, wrongFor(code));
    expect(await guess(decoy, '00000000-0000-7000-8000-000000000000', '123456')).toBe(answer);
  }
});

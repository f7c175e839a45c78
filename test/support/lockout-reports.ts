import type { Response } from 'light-my-request';
import { expectStatus, type Person } from './accounts';
import type { TestApp } from './test-app';

type Named = Pick<Person, 'email'>;

const AT_ONCE = 50;

/** What a client says when the vault of an address would not open. */
export function report(service: TestApp, { email }: Named, headers: Record<string, string> = {}): Promise<Response> {
  return service.post('/api/auth/report-failed', { email }, headers);
}

/** That many reports about each address, one address after the other and round again, from networks of a botnet. */
export async function floodOfReports(service: TestApp, named: readonly Named[], each: number): Promise<Response[]> {
  const reports = Array.from({ length: each }, () => named).flat();
  const answers: Response[] = [];
  for (let first = 0; first < reports.length; first += AT_ONCE) {
    const some = reports.slice(first, first + AT_ONCE);
    const network = { 'x-forwarded-for': `198.51.100.${String((first / AT_ONCE) % 250)}` };
    answers.push(...(await Promise.all(some.map((about) => report(service, about, network)))));
  }
  return answers;
}

/** An answer as a caller can compare it with others: without what differs from one request to the next. */
export function comparable({ statusCode, headers, body }: Response): unknown {
  const { date: _date, 'x-request-id': _requestId, ...rest } = headers;
  return { statusCode, headers: rest, body };
}

/** How many failures each bucket of an account holds, by whose it is. */
export async function failuresOf(service: TestApp, { email }: Named): Promise<Record<string, number>> {
  const rows = await service.database.dataSource.query<{ standing: string; failures: number }[]>(
    `SELECT standing, cardinality(failures) AS failures FROM locks JOIN users ON users.id = locks.user_id
     WHERE users.email = $1`,
    [email],
  );
  return Object.fromEntries(rows.map(({ standing, failures }) => [standing, failures]));
}

/** Mails about locks that were written so far, by recipient. */
export async function lockMailsByRecipient(service: TestApp): Promise<Record<string, number>> {
  const rows = await service.database.dataSource.query<{ recipient: string; count: number }[]>(
    `SELECT recipient, count(*)::int FROM mail_outbox WHERE kind IN ('sign-in-locked', 'second-factor-locked',
       'unlock-request', 'lock-alert', 'lock-digest') GROUP BY recipient`,
  );
  return Object.fromEntries(rows.map(({ recipient, count }) => [recipient, count]));
}

/** Locks the bucket of whoever sends those headers. */
export async function lockByReports(service: TestApp, about: Named, headers: Record<string, string>): Promise<void> {
  for (let failures = 0; failures < 10; failures += 1) expectStatus(await report(service, about, headers), 200);
}

import type { Response } from 'light-my-request';
import { Client } from 'pg';
import { eventually } from '../support/eventually';
import { aMember, codeOf, startStorageApp, type Member, type StorageApp } from '../support/storage';

const RULES = `
paths:
  /team/:name:
    read: true
    create: request.auth != null
    update: '"admin" in request.auth.roles'
    delete: '"admin" in request.auth.roles'
    metadata: { said: request.query.said }
`;

let count = 0;
let path: string;

type Headers = Record<string, string>;
const WRITES: Readonly<Record<string, (headers: Headers) => Promise<Response>>> = {
  'an upload': (headers) => service.upload(`/storage/${path}`, { content: 'other' }, headers),
  'other words about it': (headers) =>
    service.inject({ method: 'POST', url: `/storage/meta/${path}?said=other`, headers }),
  'a fresh token': (headers) => service.remove(`/storage/meta/${path}`, headers),
  'its removal': (headers) => service.remove(`/storage/${path}`, headers),
};

let service: StorageApp;
let ada: Member;
let holding: Client;
beforeAll(async () => {
  service = await startStorageApp({ rules: RULES });
  holding = new Client({ connectionString: service.database.url });
  await holding.connect();
});
beforeEach(async () => {
  ada = await aMember(service);
  await service.database.dataSource.query(`UPDATE users SET roles = '{admin}' WHERE id = $1`, [ada.id]);
  path = `team/${(count += 1)}`;
  expect((await service.upload(`/storage/${path}`, { content: 'first' }, ada.headers)).statusCode).toBe(200);
});
afterAll(async () => {
  await holding.end();
  await service.close();
});

/** Something happens, and is committed, while a write waits for the file's lock, past all that is asked before. */
async function whileItWaits(write: (headers: Headers) => Promise<Response>, change: string): Promise<Response> {
  await holding.query('BEGIN');
  await holding.query(`SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, [`stored-object:${path}`]);
  const answer = write(ada.headers);
  await eventually(async () => {
    const { rows } = await holding.query(`SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted`);
    expect(rows).toHaveLength(1);
  });
  await holding.query(change, [ada.id]);
  await holding.query('COMMIT');
  return answer;
}

describe.each(Object.entries(WRITES))('%s, while it waits', (_what, write) => {
  afterEach(async () => {
    const { ETag, Metadata } = (await service.get(`/storage/meta/${path}`)).json<{ ETag: string; Metadata: object }>();
    expect([ETag.length, Metadata]).toEqual([66, { filename: String(count) }]);
    expect((await service.get(`/storage/${path}`)).body).toBe('first');
  });

  it('is forbidden to who loses the role that allowed it', async () => {
    const answer = await whileItWaits(write, `UPDATE users SET roles = '{}' WHERE id = $1`);
    expect(codeOf(answer)).toEqual([403, 'forbidden']);
  });

  it('is none of an account that is disabled', async () => {
    const answer = await whileItWaits(write, 'UPDATE users SET disabled_at = now() WHERE id = $1');
    expect(codeOf(answer)).toEqual([401, 'session-ended']);
  });

  it('is none of a session that ends', async () => {
    const answer = await whileItWaits(write, 'DELETE FROM sessions WHERE user_id = $1');
    expect(codeOf(answer)).toEqual([401, 'session-ended']);
  });
});

import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import type { Response } from 'light-my-request';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { anAccount, bearer, signIn } from './accounts';
import { startDescribedApp } from './described-app';
import type { TestApp, TestAppOptions } from './test-app';

/** Rules of the tests' own: one folder a person, and corners where each verb is allowed or not. */
const RULES = `
functions:
  isSignedIn(): request.auth != null
  isOwner(userId): request.auth != null && request.auth.user_id == userId
  isAdmin(): request.auth != null && "admin" in request.auth.roles
  validToken(): has(request.query.token) && request.query.token == resource.metadata.token
paths:
  /user/:userId/:fileId:
    read: isOwner(userId) || validToken()
    write: isOwner(userId)
    metadata:
      description: request.query.description
      by: request.auth.user_id
  /open/:name:
    read: true
    write: true
  /pictures/:name:
    read: true
    write: isSignedIn()
    accept: [image/*]
  /frozen/:name:
    read: true
    create: isSignedIn()
  /small/:name:
    read: true
    write: resource.size < 10
  /mixed/:name:
    get: isSignedIn()
    list: resource.owner == request.auth.user_id
    create: isSignedIn()
    delete: isAdmin()
  /strong/:name:
    read: request.auth.mfa
    write: request.auth.email == "strong@example.com"
  /:name:
    read: true
    create: true
`;

export interface StorageApp extends TestApp {
  readonly rulesFile: string;
  upload(path: string, content: Upload, headers?: Record<string, string>): Promise<Response>;
  remove(url: string, headers?: Record<string, string>): Promise<Response>;
}

export interface Upload {
  readonly content: Buffer | string;
  readonly type?: string;
  readonly filename?: string;
  readonly field?: string;
}

/** The service with rules of a test's own; every answer is held against the OpenAPI document. */
export async function startStorageApp(options: TestAppOptions & { readonly rules?: string } = {}): Promise<StorageApp> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-rules-'));
  const rulesFile = join(folder, 'rules.yaml');
  writeFileSync(rulesFile, options.rules ?? RULES);
  const service = await startDescribedApp({
    ...options,
    environment: { STORAGE_RULES: rulesFile, ...options.environment },
  });
  return {
    ...service,
    rulesFile,
    upload: (url, upload, headers = {}) => {
      const { payload, type } = multipart([upload]);
      return service.inject({ method: 'POST', url, headers: { ...headers, 'content-type': type }, payload });
    },
    remove: (url, headers = {}) => service.inject({ method: 'DELETE', url, headers }),
    close: async () => {
      rmSync(folder, { recursive: true, force: true });
      await service.close();
    },
  };
}

/** Somebody signed in: the account's uuid, and the header that says so. */
export interface Member {
  readonly id: string;
  readonly headers: { readonly authorization: string };
  readonly email: string;
}

export async function aMember(service: TestApp, traits: { readonly email?: string } = {}): Promise<Member> {
  const person = await anAccount(service, traits);
  const headers = bearer(await signIn(service, person));
  const { uuid } = (await service.get('/user/me', headers)).json<{ uuid: string }>();
  return { id: uuid, headers, email: person.email };
}

const BOUNDARY = 'the-boundary-of-these-tests';

/** An upload of nothing, as a form sends it in which nobody has chosen a file. */
export const NO_FILE_CHOSEN: Upload = { content: '', filename: '', type: 'application/octet-stream' };

/** A multipart body of these files, as browsers write it; `undefined` as content makes a field. */
export function multipart(uploads: readonly Upload[], boundary = BOUNDARY): { payload: Buffer; type: string } {
  const parts = uploads.flatMap(({ content, type = 'text/plain', filename = 'a.txt', field = 'file' }) => [
    Buffer.from(
      `--${boundary}\r\nContent-Disposition: form-data; name="${field}"; filename="${filename}"\r\nContent-Type: ${type}\r\n\r\n`,
    ),
    Buffer.from(content),
    Buffer.from('\r\n'),
  ]);
  const payload = Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)]);
  return { payload, type: `multipart/form-data; boundary=${boundary}` };
}

/** What an answer is refused with. */
export function codeOf(answer: Response): [status: number, code: string] {
  return [answer.statusCode, answer.json<{ code: string }>().code];
}

/** The files in which bytes lie, those that are still coming among them. */
export function blobsOf({ dataDir }: Pick<TestApp, 'dataDir'>): string[] {
  const folder = join(dataDir, 'blobs');
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.flatMap((entry) => (entry.isFile() ? [entry.name] : [])).sort();
}

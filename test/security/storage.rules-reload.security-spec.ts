import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import { StorageRules } from '../../src/core/storage/rules/storage-rules.service';
import { eventually } from '../support/eventually';
import { aMember, multipart, startStorageApp, type Member, type StorageApp } from '../support/storage';

const rulesSaying = (condition: string) =>
  `paths:\n  /files/:name: { read: "${condition}", write: "${condition} && (request.method != 'POST' || resource.size < 100)" }\n`;
const OPEN = rulesSaying('request.auth != null');
const CLOSED = rulesSaying('false');

describe('rules that change', () => {
  let service: StorageApp;
  let ada: Member;

  beforeAll(async () => {
    service = await startStorageApp({ rules: OPEN });
    ada = await aMember(service);
    await service.app.listen(0, '127.0.0.1');
  });
  afterAll(() => service.close());

  const takeOver = (rules: string) => {
    writeFileSync(service.rulesFile, rules);
    service.app.get(StorageRules, { strict: false }).reload();
  };
  const read = async (name: string) => (await service.get(`/storage/files/${name}`, ada.headers)).statusCode;

  /** An upload of which the service has the first half. */
  async function halfAnUpload(name: string): Promise<{ readonly sending: ClientRequest; readonly rest: Buffer }> {
    const { payload, type } = multipart([{ content: 'as long as it takes' }]);
    const sending = request(`${await service.app.getUrl()}/storage/files/${name}`, {
      method: 'POST',
      agent: false,
      headers: { ...ada.headers, 'content-type': type, 'content-length': payload.length },
    });
    const half = payload.length - 10;
    sending.write(payload.subarray(0, half));
    return { sending, rest: payload.subarray(half) };
  }

  async function finish(sending: ClientRequest, rest: Buffer): Promise<number | undefined> {
    sending.end(rest);
    const [answer] = (await once(sending, 'response')) as [IncomingMessage];
    answer.resume();
    return answer.statusCode;
  }

  it('hold for what comes after; what has begun ends under those that it began with', async () => {
    const taken = jest.spyOn(service.app.get(StorageRules, { strict: false }), 'current');
    const { sending, rest } = await halfAnUpload('begun');
    await eventually(() => expect(taken).toHaveBeenCalled());
    takeOver(CLOSED);
    expect(await finish(sending, rest)).toBe(200);
    expect((await service.upload('/storage/files/begun', { content: 'x' }, ada.headers)).statusCode).toBe(403);
    takeOver(OPEN);
    expect(await read('begun')).toBe(200);
  });

  it('stay as they are where the new ones are wrong', async () => {
    for (const wrong of ['', 'paths: [', rulesSaying('nobody'), 'paths: {/files/:name: {}}']) {
      takeOver(CLOSED);
      takeOver(wrong);
      expect((await service.upload('/storage/files/x', { content: 'x' }, ada.headers)).statusCode).toBe(403);
      takeOver(OPEN);
      takeOver(wrong);
      expect((await service.upload('/storage/files/x', { content: 'x' }, ada.headers)).statusCode).toBe(200);
    }
  });
});

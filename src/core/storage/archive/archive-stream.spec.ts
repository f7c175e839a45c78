import { randomBytes } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { filesInZip } from '../../../../test/support/zip';
import { archiveStream, type ArchivedFile } from './archive-stream';

const updatedAt = new Date('2026-01-15T12:00:00.000Z');

function aFile(name: string, content: Buffer, traits: Partial<ArchivedFile> = {}): ArchivedFile {
  return { name, size: content.length, updatedAt, isCompressible: true, bytes: Readable.from([content]), ...traits };
}

async function* inTurn(...files: ArchivedFile[]): AsyncGenerator<ArchivedFile> {
  for (const file of files) yield await Promise.resolve(file);
}

it('holds every file under its name, byte for byte', async () => {
  const noise = randomBytes(300_000);
  const zip = await buffer(
    archiveStream(
      inTurn(
        aFile('日本語.txt', Buffer.from('hello')),
        aFile('empty', Buffer.alloc(0)),
        aFile('noise.png', noise, { isCompressible: false }),
      ),
    ),
  );
  expect(await filesInZip(zip)).toEqual([
    { name: '日本語.txt', content: Buffer.from('hello'), modified: updatedAt, isCompressed: true },
    { name: 'empty', content: Buffer.alloc(0), modified: updatedAt, isCompressed: true },
    { name: 'noise.png', content: noise, modified: updatedAt, isCompressed: false },
  ]);
});

it('opens a file when the one before it has been read', async () => {
  const opened: string[] = [];
  async function* files(): AsyncGenerator<ArchivedFile> {
    for (const name of ['first', 'second', 'third']) {
      opened.push(name);
      const chunks = Array.from({ length: 32 }, () => randomBytes(65_536));
      const bytes = Readable.from(chunks, { highWaterMark: 1 });
      yield await Promise.resolve(aFile(name, Buffer.concat(chunks), { isCompressible: false, bytes }));
    }
  }
  const stream = archiveStream(files());
  for (let turn = 0; turn < 50; turn += 1) await setImmediate();
  expect(opened).toEqual(['first']);
  await buffer(stream);
  expect(opened).toEqual(['first', 'second', 'third']);
});

it('ends with the error of a file that breaks off', async () => {
  const bytes = new PassThrough();
  bytes.write('beginning');
  const stream = archiveStream(inTurn(aFile('whole', Buffer.from('x')), aFile('broken', Buffer.alloc(20), { bytes })));
  setTimeout(() => bytes.destroy(new Error('the disk is gone')), 10);
  await expect(buffer(stream)).rejects.toThrow('the disk is gone');
});

it('ends with an error when a file is shorter or longer than it should be', async () => {
  await expect(buffer(archiveStream(inTurn(aFile('short', Buffer.from('x'), { size: 2 }))))).rejects.toThrow();
});

it('lets go of the open file, and asks for no other, when nobody reads any more', async () => {
  const bytes = new PassThrough();
  const seen = { isOver: false };
  async function* files(): AsyncGenerator<ArchivedFile> {
    try {
      yield await Promise.resolve(aFile('endless', Buffer.alloc(9), { bytes }));
      throw new Error('asked for another one');
    } finally {
      seen.isOver = true;
    }
  }
  const stream = archiveStream(files());
  await setImmediate();
  stream.destroy();
  for (let turn = 0; turn < 20 && !seen.isOver; turn += 1) await setImmediate();
  expect([seen.isOver, bytes.destroyed]).toEqual([true, true]);
});

// What Fastify does with files when nobody asks who may: the measure of bench/storage.mjs. Prints its port.
import fastifyMultipart from '@fastify/multipart';
import fastify from 'fastify';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, open, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

const folder = await mkdtemp(join(tmpdir(), 'latchkey-bare-'));
const file = join(folder, 'file');
const server = fastify();
await server.register(fastifyMultipart, { limits: { fileSize: Infinity } });

server.get('/file', async (_request, reply) => {
  const { size } = await stat(file);
  return reply.type('application/octet-stream').header('content-length', size).send(createReadStream(file));
});

server.post('/file', async (request) => {
  const part = await request.file();
  await pipeline(part.file, createWriteStream(file));
  const handle = await open(file);
  await handle.sync();
  await handle.close();
  return {};
});

process.once('SIGTERM', () => {
  void server.close().then(() => rm(folder, { recursive: true, force: true }));
});
await server.listen({ port: 0, host: '127.0.0.1' });
console.log(server.server.address().port);

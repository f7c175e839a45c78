import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import fastify, { type FastifyInstance } from 'fastify';
import { limitIdleness } from './idle-limit';
import { sendBytes } from './send-file';

const SIZE = 20_000_000;
const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';

let app: FastifyInstance;
let idleMs: number;
let files: Readable[];
let clients: Socket[];
beforeEach(async () => {
  [idleMs, files, clients] = [60_000, [], []];
  app = fastify({ keepAliveTimeout: 50 });
  app.get('/', (request, reply) => {
    const bytes = Readable.from(chunksOf(SIZE), { objectMode: false });
    files.push(bytes);
    void reply.header('Content-Length', SIZE);
    sendBytes(request, reply, bytes, idleMs);
    return reply;
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
});
afterEach(async () => {
  for (const client of clients) client.destroy();
  await app.close();
});

function* chunksOf(size: number): Generator<Buffer> {
  for (let rest = size; rest > 0; rest -= 50_000) yield Buffer.alloc(Math.min(50_000, rest));
}

/** What the service has of a connection that asks so often at once, and reads so many bytes. */
async function serverSideOf(requests: number, readBytes: number): Promise<Socket> {
  const client = connect((app.server.address() as AddressInfo).port, '127.0.0.1');
  clients.push(client);
  client.on('error', () => undefined);
  const [socket] = (await once(app.server, 'connection')) as [Socket];
  let count = 0;
  if (readBytes > 0)
    client.on('data', (bytes: Buffer) => {
      count += bytes.length;
      if (count > readBytes) client.pause();
    });
  client.write(GET.repeat(requests));
  return socket;
}

async function closed(socket: Socket): Promise<void> {
  if (!socket.closed) await once(socket, 'close');
}

it('ends the connection of a reader who takes nothing', async () => {
  idleMs = 120;
  const socket = await serverSideOf(1, 0);
  await closed(socket);
  expect(socket.bytesWritten).toBeLessThan(SIZE);
});

it('ends it as well where he has taken the file before, and asked for both at once', async () => {
  idleMs = 120;
  const socket = await serverSideOf(2, SIZE + 500_000);
  await closed(socket);
  expect(socket.bytesWritten).toBeGreaterThan(SIZE);
  expect(socket.bytesWritten).toBeLessThan(2 * SIZE);
});

it('lets go of the files whose turn never came', async () => {
  idleMs = 120;
  await closed(await serverSideOf(3, 0));
  expect(files).toHaveLength(3);
  await Promise.all(files.map(async (file) => file.closed || once(file, 'close')));
});

it('after a file the connection is closed as any other that is kept alive for nothing', async () => {
  const socket = await serverSideOf(1, Infinity);
  await closed(socket);
  expect(socket.bytesWritten).toBeGreaterThan(SIZE);
});

describe('of the time', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  const aSocket = () => ({
    setTimeout: jest.fn(),
    destroy: jest.fn(),
    destroyed: false,
    bytesRead: 0,
    bytesWritten: 0,
    writableLength: 1,
    _handle: { writeQueueSize: 0 },
  });
  const limited = (socket: object, direction: 'bytesRead' | 'bytesWritten') =>
    limitIdleness(socket as Socket, direction, 120_000);

  it('two minutes are two minutes, from the last byte on', () => {
    const socket = aSocket();
    limited(socket, 'bytesWritten');
    jest.advanceTimersByTime(115_000);
    socket.bytesWritten += 120 * 1024;
    // what is sent to us is no sign that anything is read
    for (let seconds = 0; seconds < 119; seconds += 1) {
      socket.bytesRead += 5000;
      jest.advanceTimersByTime(1000);
    }
    expect(socket.destroy).not.toHaveBeenCalled();
    jest.advanceTimersByTime(11_000);
    expect(socket.destroy).toHaveBeenCalled();
  });

  it.each(['bytesRead', 'bytesWritten'] as const)('a kilobyte a second is enough, less is not: %s', (direction) => {
    const [enough, less] = [aSocket(), aSocket()];
    for (const socket of [enough, less]) limited(socket, direction);
    for (let seconds = 0; seconds < 3600; seconds += 10) {
      enough[direction] += 10 * 1024;
      less[direction] += 9 * 1024;
      jest.advanceTimersByTime(10_000);
    }
    expect([enough.destroy.mock.calls.length, less.destroy.mock.calls.length > 0]).toEqual([0, true]);
  });

  it('what waits in this process is not taken yet, and is taken as it becomes less', () => {
    const [unread, read] = [aSocket(), aSocket()];
    for (const socket of [unread, read]) {
      limited(socket, 'bytesWritten');
      [socket.bytesWritten, socket._handle.writeQueueSize] = [20_000_000, 20_000_000];
    }
    for (let seconds = 0; seconds < 600; seconds += 10) {
      read._handle.writeQueueSize -= 15 * 1024;
      jest.advanceTimersByTime(10_000);
    }
    expect([unread.destroy.mock.calls.length > 0, read.destroy.mock.calls.length]).toEqual([true, 0]);
  });

  it('a reader who has taken all there is waits for more as long as anything comes', () => {
    const socket = { ...aSocket(), writableLength: 0 };
    limited(socket, 'bytesWritten');
    for (let minutes = 0; minutes < 60; minutes += 1) {
      socket.bytesWritten += 1;
      jest.advanceTimersByTime(60_000);
    }
    expect(socket.destroy).not.toHaveBeenCalled();
  });

  it('nothing is ended once the transfer is over, and the timer of the socket is left alone', () => {
    const socket = aSocket();
    const over = limitIdleness(socket as unknown as Socket, 'bytesRead', 1000);
    over();
    jest.advanceTimersByTime(100_000);
    expect([socket.destroy.mock.calls, socket.setTimeout.mock.calls]).toEqual([[], []]);
  });
});

it('does nothing to a request that comes by no connection', () => {
  expect(() => {
    limitIdleness({} as Socket, 'bytesRead', 20)();
  }).not.toThrow();
});

import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { limitIdleness } from './idle-limit';

async function aConnection(): Promise<{ server: Socket; client: Socket; end: () => void }> {
  const listener = createServer();
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const client = connect((listener.address() as AddressInfo).port, '127.0.0.1');
  const [server] = (await once(listener, 'connection')) as [Socket];
  return {
    server,
    client,
    end: () => {
      client.destroy();
      server.destroy();
      listener.close();
    },
  };
}

it('ends a connection on which nothing moves', async () => {
  const { server, client, end } = await aConnection();
  limitIdleness(server, 20);
  client.resume();
  await once(client, 'close');
  expect(server.destroyed).toBe(true);
  end();
});

it('lets it be once the transfer is over', async () => {
  const { server, end } = await aConnection();
  const over = limitIdleness(server, 20);
  over();
  expect([server.timeout, server.listenerCount('timeout')]).toEqual([0, 0]);
  end();
});

it('does nothing to a request that comes by no connection', () => {
  expect(() => {
    limitIdleness({} as Socket, 20)();
  }).not.toThrow();
});

import { EventEmitter } from 'node:events';
import type { FastifyRequest } from 'fastify';
import { watchBody } from './request-deadline';

const MINUTE = 60_000;

function aRequest(traits: { readonly headers?: object } = {}) {
  const socket = { setTimeout: () => undefined, destroy: jest.fn() };
  const headers = traits.headers ?? { 'content-length': '10' };
  const raw = Object.assign(new EventEmitter(), { headers, socket, complete: false });
  const request = { raw } as unknown as FastifyRequest;
  const answered = new EventEmitter();
  const refuse = jest.fn();
  watchBody(request, answered, refuse);
  return { request, raw, socket, answered, refuse };
}

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

it('a body that has not come in a minute is refused', () => {
  const { refuse } = aRequest();
  jest.advanceTimersByTime(MINUTE - 1);
  expect(refuse).not.toHaveBeenCalled();
  jest.advanceTimersByTime(1);
  expect(refuse).toHaveBeenCalledTimes(1);
});

it('one of unknown length as well', () => {
  const { refuse } = aRequest({ headers: { 'transfer-encoding': 'chunked' } });
  jest.advanceTimersByTime(MINUTE);
  expect(refuse).toHaveBeenCalled();
});

it('one that has come is not', () => {
  const { raw, refuse } = aRequest();
  raw.emit('close');
  jest.advanceTimersByTime(MINUTE);
  expect(refuse).not.toHaveBeenCalled();
});

it('one of nothing, as some send it with a GET, has come', () => {
  const { refuse, socket, answered } = aRequest({ headers: { 'content-length': '0' } });
  answered.emit('finish');
  jest.advanceTimersByTime(60 * MINUTE);
  expect([refuse.mock.calls.length, socket.destroy.mock.calls.length]).toEqual([0, 0]);
});

it('one that has come and that nobody reads is not refused, however long its answer takes', () => {
  const { raw, refuse } = aRequest();
  raw.complete = true;
  jest.advanceTimersByTime(60 * MINUTE);
  expect(refuse).not.toHaveBeenCalled();
});

it('one whose reader sees to its end himself may take as long as it does', () => {
  const { request, refuse, socket } = aRequest();
  jest.advanceTimersByTime(MINUTE - 1);
  request.liftBodyDeadline?.();
  jest.advanceTimersByTime(60 * MINUTE);
  expect(refuse).not.toHaveBeenCalled();
  expect(socket.destroy).not.toHaveBeenCalled();
});

it('what nobody waits for any more is cut off soon after the answer', () => {
  const { request, answered, socket, refuse } = aRequest();
  request.liftBodyDeadline?.();
  answered.emit('finish');
  jest.advanceTimersByTime(4_999);
  expect(socket.destroy).not.toHaveBeenCalled();
  jest.advanceTimersByTime(1);
  expect(socket.destroy).toHaveBeenCalled();
  expect(refuse).not.toHaveBeenCalled();
});

it('a connection whose request is whole lives on after its answer', () => {
  const { raw, answered, socket, refuse } = aRequest();
  raw.complete = true;
  answered.emit('finish');
  jest.advanceTimersByTime(60 * MINUTE);
  expect(socket.destroy).not.toHaveBeenCalled();
  expect(refuse).not.toHaveBeenCalled();
});

it('a request without a body needs no watch', () => {
  const { refuse } = aRequest({ headers: {} });
  jest.advanceTimersByTime(MINUTE);
  expect(refuse).not.toHaveBeenCalled();
});

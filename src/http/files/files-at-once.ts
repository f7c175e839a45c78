import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Places } from '../../kernel/places';
import { holderOf } from '../caller';
import { whenAnswered } from '../when-answered';

/** As many as one browser asks for at once through a proxy that speaks HTTP/2, by what such proxies allow. */
const MOST_AT_ONCE = 128;

/**
 * How many requests about files, other than uploads, each session, or network of strangers, has open in this process: from
 * before a file is asked for, since all wait for the database in one line, until the last byte is taken or nobody is there. An answer is an open file or a
 * connection to the object store, and what waits to be sent.
 */
@Injectable()
export class FilesAtOnce {
  private readonly places = new Places(MOST_AT_ONCE);

  /** @throws AppError `too-many-requests` */
  async run<T>(request: FastifyRequest, reply: FastifyReply, work: () => Promise<T>): Promise<T> {
    const giveBack = this.places.take(holderOf(request));
    try {
      return await work();
    } finally {
      whenAnswered(request, reply, giveBack);
    }
  }

  /** Requests that are open, of all callers. */
  get size(): number {
    return this.places.size;
  }
}

import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Places } from '../../kernel/places';
import { shareOf } from '../caller';
import { whenAnswered } from '../when-answered';

/** As many as one browser asks for at once through a proxy that speaks HTTP/2, by what such proxies allow. */
const MOST_AT_ONCE = 128;

/**
 * How many requests about files, other than uploads, each caller has open in this process: from before anything is asked of
 * the database, where all wait in one line, until he has taken the last byte or has gone. An answer is an open file or a
 * connection to the object store, and what waits to be sent.
 */
@Injectable()
export class FilesAtOnce {
  private readonly places = new Places(MOST_AT_ONCE);

  /** @throws AppError `too-many-requests` */
  async run<T>(request: FastifyRequest, reply: FastifyReply, work: () => Promise<T>): Promise<T> {
    const giveBack = this.places.take(shareOf(request));
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

import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { DescribePrincipal, type PrincipalTraits } from '../../../core/auth/describe-principal.flow';
import type { Tx } from '../../../database/database.service';
import type { StorageAuth, StorageRequest } from '../../../core/storage/rules/storage-question';
import type { StorageWrite } from '../../../core/storage/access/storage-access';
import { badPath } from '../../../core/storage/storage-path';
import { shareOf } from '../../../http/caller';
import { forgetSpentCookie } from '../../../http/auth/spent-cookie';
import { rawSegments, singleQuery, storagePathBelow } from '../../../http/files/raw-target';
import { AppError } from '../../../kernel/errors/app-error';
import { WriteConditions } from './write-conditions.service';

/** Families of paths below `/storage`; no rule's pattern begins so. */
const FAMILIES = new Set(['meta', 'o', 'm']);

/** What is asked of the files, and how. */
export interface StorageTarget {
  readonly asked: StorageRequest;
  readonly isFolder: boolean;
  readonly query: ReadonlyMap<string, string>;
}

/** Reads what a request asks of the files, and who asks. */
@Injectable()
export class StorageRequests {
  constructor(
    private readonly describePrincipal: DescribePrincipal,
    private readonly conditions: WriteConditions,
  ) {}

  /** @throws AppError `bad-url`, `validation` (a name of the query twice), `not-found`, `session-ended` */
  async read(request: FastifyRequest): Promise<StorageTarget> {
    const target = request.originalUrl;
    const path = storagePathBelow(target, isInFamily(target) ? 2 : 1);
    if (!path) throw new AppError('not-found');
    const query = singleQuery(target);
    // what is true of a file's bytes is true of their length: a rule about GET is one about HEAD
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    const asked = { path: path.segments, method, query: Object.fromEntries(query), auth: await this.authOf(request) };
    return { asked, isFolder: path.isFolder, query };
  }

  /** As `read`, where only a file can be meant. */
  async readFile(request: FastifyRequest): Promise<StorageRequest> {
    const { asked, isFolder } = await this.read(request);
    if (isFolder) throw badPath('must name a file, without a slash at its end');
    return asked;
  }

  /** Where a file is to be written. @throws AppError as `readFile`; `validation` for conditions that cannot be read */
  async readWrite(request: FastifyRequest): Promise<StorageWrite> {
    const asked = await this.readFile(request);
    return {
      // as whom the reading has found him: a spent cookie makes nobody an account
      sender: shareOf(request),
      request: asked,
      demandState: this.conditions.of(request),
      authNow: this.authNowOf(request),
    };
  }

  /** Asks again who asks, when his request has gone on for long. It throws AppError `session-ended`. */
  authNowOf({ principal }: FastifyRequest): (tx?: Tx) => Promise<StorageAuth | null> {
    return async (tx) => (principal ? authOfTraits(await this.describePrincipal.executeNow(principal, tx)) : null);
  }

  private async authOf(request: FastifyRequest): Promise<StorageAuth | null> {
    if (!request.principal) return null;
    try {
      return authOfTraits(await this.describePrincipal.execute(request.principal));
    } catch (error) {
      forgetSpentCookie(request, error);
      return null;
    }
  }
}

function authOfTraits({ userId, email, roles, hasPassedSecondFactor }: PrincipalTraits): StorageAuth {
  return { userId, email, roles, mfa: hasPassedSecondFactor };
}

/** By the name as it decodes, as the router found its way. */
function isInFamily(target: string): boolean {
  const [, name = ''] = rawSegments(target);
  try {
    return FAMILIES.has(decodeURIComponent(name));
  } catch {
    return false;
  }
}

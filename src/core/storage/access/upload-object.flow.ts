import { Injectable } from '@nestjs/common';
import type { Readable } from 'node:stream';
import { addSeconds, Clock, HOUR_SECONDS } from '../../../kernel/clock';
import { AppError } from '../../../kernel/errors/app-error';
import { borneOutType, isAcceptedType } from '../media/borne-out-type';
import { declaredTypeOf } from '../media/media-type';
import { sniff } from '../media/sniff';
import { splitHead } from '../media/split-head';
import { FindObject } from '../objects/find-object.flow';
import { StoreObject, type StoreObjectCommand } from '../objects/store-object.flow';
import { UploadsAtOnce } from '../objects/uploads-at-once.service';
import type { ComingObject, StoredObject } from '../objects/stored-object';
import type { RuleSet } from '../rules/rule-set';
import { StorageRules } from '../rules/storage-rules.service';
import type { ComingResource, StorageRequest, StorageVerdict } from '../rules/storage-question';
import { keyOf } from '../storage-path';
import { writtenBy, type DescribedObject } from './described-object';
import { demandAllowed, demandKeepable, demandNotDenied, resourceOrNull, type StorageWrite } from './storage-access';

/** From the first question to the last byte: as long as access tokens live at most. However steadily it comes. */
const LONGEST_UPLOAD_SECONDS = HOUR_SECONDS;

/** A file that comes in. */
export interface IncomingFile {
  /** As its sender calls it; null when he does not. */
  readonly declaredType: string | null;
  readonly bytes: Readable;
}

type TypedFile = Pick<StoreObjectCommand, 'contentType' | 'borneOutType' | 'source'>;

export interface UploadObjectCommand extends StorageWrite {
  /** The session, or the network of a stranger: who may have so many uploads at once. */
  readonly holder: string;
  /** Begins to read the file; not asked before the rules have been. */
  readonly receive: () => Promise<IncomingFile>;
  /** When the caller has gone. */
  readonly signal: AbortSignal;
}

/** Takes a file in from somebody who may create it, or write over the one that is there. */
@Injectable()
export class UploadObject {
  constructor(
    private readonly rules: StorageRules,
    private readonly clock: Clock,
    private readonly findObject: FindObject,
    private readonly storeObject: StoreObject,
    private readonly atOnce: UploadsAtOnce,
  ) {}

  /**
   * @throws AppError `not-found`, `invalid-token`, `forbidden`, `unsupported-media-type` (the rule takes other types),
   *   `validation` (formulas made what cannot be kept), `too-many-requests` (at once), what `demandState`, `authNow` and
   *   `receive` throw, and what `StoreObject` does
   */
  execute(command: UploadObjectCommand): Promise<DescribedObject> {
    return this.atOnce.run(command.holder, () => this.take(command));
  }

  private async take({
    sender,
    request,
    demandState,
    authNow,
    receive,
    signal,
  }: UploadObjectCommand): Promise<DescribedObject> {
    const until = addSeconds(this.clock.now(), LONGEST_UPLOAD_SECONDS);
    const rules = this.rules.current();
    const path = keyOf(request.path);
    const found = await this.findObject.execute(path);
    const early = this.verdictOn(rules, request, found, {});
    demandNotDenied(verbOn(found), early, request.auth);
    const metadata = rules.metadataFor(request);
    const demandRest = (stored: StoredObject | null): void => {
      demandKeepable(metadata);
      demandState(stored);
    };
    // told before the bytes have come, unless the rules might yet say no
    if (early.decision === 'allow') demandRest(found);
    const { object } = await this.storeObject.execute({
      ...(await this.accepted(await receive(), early.accept)),
      path,
      creator: request.auth?.userId ?? null,
      sender,
      metadata: metadata.values,
      signal,
      until,
      judge: async (stored, coming, tx) => {
        // the rules are those of the beginning, he who asks is judged as what he is by now
        const asked = { ...request, auth: await authNow(tx) };
        const verdict = this.verdictOn(rules, asked, stored, this.comingResource(stored, coming));
        demandAllowed(verbOn(stored), verdict, asked.auth);
        demandRest(stored);
      },
    });
    return writtenBy(rules, request, object);
  }

  /** A file of one of these types, looked into as far as that takes. */
  private async accepted({ declaredType, bytes }: IncomingFile, accept: readonly string[]): Promise<TypedFile> {
    const { head, whole } = await splitHead(bytes);
    const sniffed = await sniff(head);
    const borneOut = borneOutType(declaredType, sniffed);
    if (!isAcceptedType(accept, borneOut, sniffed)) {
      whole.destroy();
      throw new AppError('unsupported-media-type');
    }
    return { contentType: declaredTypeOf(declaredType), borneOutType: borneOut, source: whole };
  }

  /** @param known what is known of the coming file, besides whose it will be */
  private verdictOn(
    rules: RuleSet,
    request: StorageRequest,
    stored: StoredObject | null,
    known: ComingResource,
  ): StorageVerdict {
    const owner = stored ? stored.owner : (request.auth?.userId ?? null);
    return rules.decide({
      ...request,
      verb: verbOn(stored),
      resource: resourceOrNull(stored),
      coming: { owner, ...known },
    });
  }

  private comingResource(stored: StoredObject | null, { size, contentType, metadata }: ComingObject): ComingResource {
    const updated = this.clock.now();
    return { size, contentType, metadata, created: stored?.createdAt ?? updated, updated };
  }
}

function verbOn(stored: StoredObject | null): 'create' | 'update' {
  return stored ? 'update' : 'create';
}

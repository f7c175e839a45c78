import type { Tx } from '../../../database/database.service';
import { AppError } from '../../../kernel/errors/app-error';
import { demandStorable } from '../objects/object-metadata';
import type { StoredObject } from '../objects/stored-object';
import type { MadeMetadata } from '../rules/rule-set';
import type {
  FolderVerdict,
  StorageAuth,
  StorageRequest,
  StorageVerb,
  StoredResource,
} from '../rules/storage-question';

const READS: ReadonlySet<StorageVerb> = new Set(['get', 'list']);

/** Refuses, by throwing, when what is there is not what the caller goes by (RFC 9110 §13). Looked at after the rules. */
export type DemandState = (stored: StoredObject | null) => void;

/** Something that somebody wants to write: judged at the beginning, and again in the transaction that does it. */
export interface StorageWrite {
  /** The account, or the network of a stranger: whose share of what there is little of it takes. */
  readonly sender: string;
  readonly request: StorageRequest;
  readonly demandState: DemandState;
  /** Who asks, as his account and his session are by then; may refuse. */
  readonly authNow: (tx: Tx) => Promise<StorageAuth | null>;
}

/**
 * Refuses what the rules do not allow, in the words that tell nobody whether there is a file: a path of no rule is not
 * found by anyone; who is not signed in is asked to; who is does not find it, or is forbidden to write.
 *
 * @throws AppError `not-found`, `invalid-token`, `forbidden`
 */
export function demandAllowed(verb: StorageVerb, verdict: FolderVerdict, auth: StorageAuth | null): void {
  if (!verdict.isMatched) throw new AppError('not-found');
  if (verdict.decision === 'allow') return;
  if (auth === null) throw new AppError('invalid-token');
  throw new AppError(READS.has(verb) ? 'not-found' : 'forbidden');
}

/** As `demandAllowed`, before all is known: what is still undecided goes on. */
export function demandNotDenied(verb: StorageVerb, verdict: FolderVerdict, auth: StorageAuth | null): void {
  if (verdict.isMatched && verdict.decision === 'undecided') return;
  demandAllowed(verb, verdict, auth);
}

/**
 * Refuses what formulas made of a request and no row can hold: told to whoever the rules let in, and to nobody else.
 *
 * @throws AppError `validation`, naming each
 */
export function demandKeepable({ values, faults }: MadeMetadata): void {
  if (faults.length > 0) throw new AppError('validation', { fields: faults });
  demandStorable(values);
}

/** A file as rules see it. */
export function resourceOf(object: StoredObject): StoredResource {
  const { size, contentType, owner, createdAt, updatedAt, metadata } = object;
  return { size, contentType, owner, created: createdAt, updated: updatedAt, metadata };
}

export function resourceOrNull(object: StoredObject | null): StoredResource | null {
  return object && resourceOf(object);
}

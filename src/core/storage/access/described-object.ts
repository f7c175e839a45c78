import { constantTimeEqual } from '../../../platform/crypto/constant-time';
import type { ObjectMetadata, StoredObject } from '../objects/stored-object';
import type { RuleSet } from '../rules/rule-set';
import type { StorageRequest } from '../rules/storage-question';
import { resourceOf } from './storage-access';

/** A file, and what of its metadata somebody may see. */
export interface DescribedObject {
  readonly object: StoredObject;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/**
 * What somebody who may read or list a file sees of it. Its token, by which links are shared, opens it to whoever has it,
 * for as long as it lasts: seen by those who may void it (the rules let them update the file) and have it in their hands
 * as it is, and by who came with it. Others who may read now may not hand that on, and do not keep it when they may no
 * more.
 *
 * @param request by the file's own path
 */
export function describedTo(rules: RuleSet, request: StorageRequest, object: StoredObject): DescribedObject {
  const { token, ...others } = object.metadata;
  const isKeeper = mayUpdate(rules, request, object) && hasInHand(rules, request, object);
  const isShown = isKeeper || isPresented(request, object.metadata);
  return { object, metadata: isShown ? { ...others, token } : others };
}

/**
 * What somebody who has just written a file sees of it. Who may write but not read, as into another's drop box, is told
 * nothing that would let him: the token of what is there, or what was said about it.
 *
 * @param request by the file's own path
 */
export function writtenBy(rules: RuleSet, request: StorageRequest, object: StoredObject): DescribedObject {
  return { object, metadata: hasInHand(rules, request, object) ? object.metadata : {} };
}

/** Whether it is his, or he may read it. */
function hasInHand(rules: RuleSet, request: StorageRequest, object: StoredObject): boolean {
  if (object.owner !== null && object.owner === request.auth?.userId) return true;
  const question = { ...request, method: 'GET', verb: 'get' as const, resource: resourceOf(object) };
  return rules.decide(question).decision === 'allow';
}

/** Whether he might draw it a fresh token: an update, by POST, that leaves it as it is. */
function mayUpdate(rules: RuleSet, request: StorageRequest, object: StoredObject): boolean {
  const resource = resourceOf(object);
  const question = { ...request, method: 'POST', verb: 'update' as const, resource, coming: resource };
  return rules.decide(question).decision === 'allow';
}

function isPresented({ query }: StorageRequest, { token }: ObjectMetadata): boolean {
  const given = query['token'];
  return typeof given === 'string' && constantTimeEqual(Buffer.from(given), Buffer.from(token));
}

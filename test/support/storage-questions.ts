import { RuleSet } from '../../src/core/storage/rules/rule-set';
import type { StorageAuth, StorageQuestion, StoredResource } from '../../src/core/storage/rules/storage-question';

/** Rules from the text of a rules file. */
export function rulesOf(text: string): RuleSet {
  return RuleSet.parse(text, 'rules.yaml');
}

/** Rules with one path, `/files/:name`, that says this of the verbs. */
export function ruleSaying(conditions: Readonly<Record<string, string>>, functions: readonly string[] = []): RuleSet {
  const indent = (text: string) => text.replaceAll('\n', '\n      ');
  const lines = Object.entries(conditions).map(([key, text]) => `    ${key}: |\n      ${indent(text)}`);
  const shared = functions.map((text) => `  ${text.replace(/^([^)]*\)): (.*)$/s, '$1: |\n      $2')}`);
  const before = shared.length === 0 ? [] : ['functions:', ...shared];
  return rulesOf([...before, 'paths:', '  /files/:name:', ...lines].join('\n'));
}

/** Someone who is signed in. */
export function person(userId: string, more: Partial<StorageAuth> = {}): StorageAuth {
  return { userId, email: null, roles: [], mfa: false, ...more };
}

/** An object that is there. */
export function object(more: Partial<StoredResource> = {}): StoredResource {
  const instant = new Date('2026-01-31T12:00:00Z');
  const plain = { size: 10, contentType: 'text/plain', owner: null, created: instant, updated: instant };
  return { ...plain, metadata: {}, ...more };
}

/** What a stranger asks of `/files/a`. */
export function asking(more: Partial<StorageQuestion> = {}): StorageQuestion {
  return { verb: 'get', method: 'GET', path: ['files', 'a'], query: {}, auth: null, resource: null, ...more };
}

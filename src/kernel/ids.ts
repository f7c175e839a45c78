import { randomUUID } from 'node:crypto';

/** A fresh uuid (RFC 9562, version 4). */
export function newId(): string {
  return randomUUID();
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/** No account has this id: for the statements that run the same whether or not there is an account. */
export const NOBODY = '00000000-0000-0000-0000-000000000000';

import * as fc from 'fast-check';
import { acceptableEdits, type Fields } from './field-kinds';
import type { Body, Mutation } from './json-mutations';
import { toJson, type Payload } from './json-spellings';
import { oddText } from './odd-text';

const FORM_TYPE = 'application/x-www-form-urlencoded';

const encoded = (body: Body) =>
  new URLSearchParams(Object.entries(body).map(([name, value]): [string, string] => [name, String(value)])).toString();

/** Odd fields, oddly encoded, that a form may have all the same. */
export function fairForm(fields: Fields): fc.Arbitrary<Mutation> {
  const types = fc.constantFrom(
    FORM_TYPE,
    `${FORM_TYPE}; charset=utf-8`,
    'Application/X-WWW-Form-URLEncoded;charset=latin1',
  );
  const more = fc.option(fc.tuple(oddText(20), oddText(200)), { nil: null });
  return fc.tuple(acceptableEdits(fields), more, types).map(([edits, added, type]) => (valid: Body): Payload => {
    const entries = Object.entries(valid).map(([name, value]) => [name, edits[name]?.(value) ?? value] as const);
    const isTame = added !== null && !(added[0] in Object.prototype) && added[0] !== 'prototype';
    return { bytes: encoded(Object.fromEntries(isTame ? [...entries, added] : entries)), type };
  });
}

type Change = (form: string, valid: Body) => string | Buffer;

const changes: readonly Change[] = [
  (form) => `${form}%`,
  (form) => form.replace('=', '=%zz%u0041%'),
  (form) => form.replace('=', '=%ff%c0%80%00'),
  (form) => Buffer.concat([Buffer.from(form), Buffer.of(0xff, 0xfe, 0x00)]),
  (form) => `${form}&${form}`,
  (form) => form.replaceAll('=', '[]='),
  (form) => form.replaceAll('=', '[a][b]='),
  (form) => form.replaceAll('&', ';'),
  () => '',
  () => '&&&===&&&',
  (form) => `__proto__=1&${form}`,
  (form) => `${form}&constructor=x`,
  (form) => `${form}${'&a=1'.repeat(400)}`,
  (form) => `${form}${'&a'.repeat(20_000)}`,
  (form) => `${form}&long=${'x'.repeat(1_000_000)}`,
  (form) => form.replace('=', `=${'%00'.repeat(10_000)}`),
  (_form, valid) => toJson(valid),
  (form) => form.slice(0, 7),
];

/** Forms that are none, of which something may be read all the same. */
export function foulForm(): fc.Arbitrary<Mutation> {
  const types = fc.constantFrom(
    FORM_TYPE,
    FORM_TYPE,
    FORM_TYPE,
    'application/json',
    'multipart/form-data; boundary=x',
    'text/plain',
    '',
    null,
  );
  return fc.tuple(fc.constantFrom(...changes), types).map(([change, type]) => (valid: Body): Payload => ({
    bytes: change(encoded(valid), valid),
    type,
  }));
}

const KILLERS: readonly ((text: string) => string)[] = [
  (text) => `${text}\0`,
  (text) => `\0${text}`,
  () => '',
  (text) => text.repeat(500),
  (text) => `${text}\u202e\uffff`,
];

/** What has felled services most often, in each field once. */
export function sweepForm(fields: Fields): Mutation[] {
  return Object.keys(fields).flatMap((name) =>
    KILLERS.map((killer) => (valid: Body): Payload => ({
      bytes: encoded({ ...valid, [name]: killer(String(valid[name])) }),
      type: FORM_TYPE,
    })),
  );
}

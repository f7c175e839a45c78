import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nativeErrors } from '../../src/contracts/native/native-error-map';
import { errorCatalogue, errorCodes } from '../../src/kernel/errors/error-catalogue';

interface DocumentedError {
  readonly code: string;
  readonly status: number;
  readonly meaning: string;
  readonly advice: string;
}

function readDocumentedErrors(): DocumentedError[] {
  const page = readFileSync(join(__dirname, '..', '..', 'docs', 'errors.md'), 'utf8');
  return [...page.matchAll(/^\| `([^`]+)`\s*\| (\d+)\s*\| (.+?)\s*\| (.+?)\s*\|$/gm)].map((row) => ({
    code: row[1] ?? '',
    status: Number(row[2]),
    meaning: row[3] ?? '',
    advice: row[4] ?? '',
  }));
}

describe('docs/errors.md', () => {
  const documented = readDocumentedErrors();

  it('lists every code of the catalogue once, and no other', () => {
    expect(documented.map((row) => row.code)).toEqual(errorCodes);
  });

  it.each(documented)('says of $code the status and the meaning that clients get', ({ code, status, meaning }) => {
    expect({ status, meaning }).toEqual({
      status: nativeErrors[code as keyof typeof nativeErrors],
      meaning: errorCatalogue[code as keyof typeof errorCatalogue],
    });
  });

  it.each(documented)('says what a client does about $code', ({ advice }) => {
    expect(advice.length).toBeGreaterThan(10);
  });
});

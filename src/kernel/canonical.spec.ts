import fc from 'fast-check';
import { canonicalIdentifier, codePointLength, normalizeEmail, normalizePassword } from './canonical';

/** Every character there is, lone surrogates aside, a few thousand to a string. */
function* everyCodePoint(): Generator<string> {
  for (let point = 0; point <= 0x10ffff; point += 1) {
    if (point < 0xd800 || point > 0xdfff) yield String.fromCodePoint(point);
  }
}

const anyText = fc.string({ unit: 'binary', maxLength: 40 });
/** Combining marks and letters that change their number or kind when folded. */
const awkwardText = fc
  .array(
    fc.constantFrom(
      'İ',
      'ı',
      'ß',
      'ẞ',
      'ſ',
      'K',
      'Å',
      'Σ',
      'ς',
      'ﬁ',
      'ǰ',
      'ΐ',
      '\u0307',
      '\u0345',
      '\u0323',
      'i',
      'A',
      '.',
    ),
  )
  .map((parts) => parts.join(''));

describe('canonicalIdentifier', () => {
  it('of a canonical form is that form, for every character', () => {
    const broken = [...everyCodePoint()].filter((character) => {
      const once = canonicalIdentifier(character);
      return canonicalIdentifier(once) !== once;
    });
    expect(broken).toEqual([]);
  });

  it('of a canonical form is that form, for any text', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, awkwardText), (text) => {
        const once = canonicalIdentifier(text);
        expect(canonicalIdentifier(once)).toBe(once);
      }),
      { numRuns: 2000 },
    );
  });

  it('does not tell spellings of one text apart: composed, decomposed, upper and lower case', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-zäöüéñçåøœ0-9._-]{1,30}@[a-zé0-9.-]{1,30}$/), (text) => {
        const canonical = canonicalIdentifier(text);
        expect(canonicalIdentifier(text.toUpperCase())).toBe(canonical);
        expect(canonicalIdentifier(text.normalize('NFD'))).toBe(canonical);
        expect(canonicalIdentifier(text.normalize('NFKD').toUpperCase())).toBe(canonical);
      }),
    );
  });

  it.each([
    ['Ada@Example.ORG', 'ada@example.org'],
    ['ＡＤＡ@example.org', 'ada@example.org'],
    ['ﬁona@example.org', 'fiona@example.org'],
    ['Å@example.org', 'å@example.org'],
    ['\u212Aim@example.org', 'kim@example.org'],
  ])('folds %s to %s', (identifier, canonical) => {
    expect(canonicalIdentifier(identifier)).toBe(canonical);
  });

  it('keeps apart what is not the same: dots, tags and look-alikes of other scripts', () => {
    const forms = ['ada@example.org', 'a.da@example.org', 'ada+x@example.org', 'аda@example.org', 'ada@example.com'];
    expect(new Set(forms.map(canonicalIdentifier)).size).toBe(forms.length);
  });

  it('leaves plain lower-case addresses alone', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9.+_-]{1,64}@[a-z0-9.-]{1,100}$/), (email) => {
        expect(canonicalIdentifier(email)).toBe(email);
      }),
    );
  });
});

describe('normalizeEmail', () => {
  it('mails to the very address that is compared: folding case is all that is left to do', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const email = normalizeEmail(text);
        expect(canonicalIdentifier(email)).toBe(canonicalIdentifier(text.trim()));
        expect(canonicalIdentifier(email)).toBe(email.toLowerCase().normalize('NFKC'));
      }),
    );
  });

  it('keeps the case that its owner wrote, without the space around it', () => {
    expect(normalizeEmail('  Ada@Example.org ')).toBe('Ada@Example.org');
  });
});

describe('normalizePassword', () => {
  it('lets a password typed on another keyboard layer count as the same', () => {
    expect(normalizePassword('Zoe\u0308')).toBe(normalizePassword('Zoë'));
  });

  it('keeps case and space', () => {
    expect(normalizePassword(' Correct Horse ')).toBe(' Correct Horse ');
  });
});

describe('codePointLength', () => {
  it.each([
    ['', 0],
    ['abc', 3],
    ['äöü', 3],
    ['🔑🔑', 2],
    ['\ud83d', 1],
  ])('counts %j as %d', (text, length) => {
    expect(codePointLength(text)).toBe(length);
  });

  it('counts as iterating does', () => {
    fc.assert(fc.property(anyText, (text) => expect(codePointLength(text)).toBe(Array.from(text).length)));
  });
});

describe('an address of an internationalized domain', () => {
  it('is one with its ASCII spelling', () => {
    expect(canonicalIdentifier('Anna@EXÄMPLE.com')).toBe('anna@xn--exmple-cua.com');
    expect(canonicalIdentifier('anna@xn--exmple-cua.com')).toBe('anna@xn--exmple-cua.com');
  });

  it('stays as it is where no domain can be read', () => {
    expect(canonicalIdentifier('a@b c')).toBe('a@b c');
  });
});

import { canonicalIdentifier } from '../../kernel/canonical';

const SHORT = 4;

/** Passwords that attackers try first. */
export class PasswordBlocklist {
  private readonly words: ReadonlySet<string>;

  /** @param isThorough whether to refuse also what is merely built from a listed word or from the person's own names */
  constructor(
    words: Iterable<string>,
    private readonly isThorough: boolean,
  ) {
    this.words = new Set(Array.from(words, canonicalIdentifier));
  }

  /** @param names words that strangers would try for this person: address, username, the name of the service */
  blocks(password: string, names: readonly string[]): boolean {
    const folded = canonicalIdentifier(password);
    if (this.words.has(folded)) return true;
    if (!this.isThorough) return false;
    const known = new Set(names.map(canonicalIdentifier).filter((name) => codePoints(name).length >= SHORT));
    return this.isBuiltFrom(folded, (text) => this.words.has(text) || known.has(text));
  }

  /**
   * NIST SP 800-63B-4 §3.1.1.2 asks to look for names "and derivatives thereof": here a word alone, repeated, or amid
   * digits and signs that are few or themselves a habit (`password123456789`). Whole phrases of several words pass.
   */
  private isBuiltFrom(folded: string, isListed: (text: string) => boolean): boolean {
    const isWeak = (text: string): boolean => {
      const unit = repeatedUnit(text);
      return codePoints(unit).length < SHORT || isListed(text) || isListed(unit);
    };
    if (isWeak(folded)) return true;
    const [, before = '', core = '', after = ''] = /^(\P{L}*)(.*?)(\P{L}*)$/su.exec(folded) ?? [];
    return [before, core, after].every(isWeak);
  }
}

/** The shortest beginning that, repeated and cut off at the end, gives the text: `12345123` → `12345`. */
function repeatedUnit(text: string): string {
  const points = codePoints(text);
  for (let length = 1; length < points.length; length += 1) {
    if (points.every((point, i) => point === points[i % length])) return points.slice(0, length).join('');
  }
  return text;
}

function codePoints(text: string): string[] {
  return Array.from(text);
}

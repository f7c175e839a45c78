const LONGEST_NAME_BYTES = 255;
const LONGEST_NUMBER = ' (99999)';

/** Names that are devices on Windows, with any extension. */
const DEVICE = /^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])[ .]*([.]|$)/i;

/**
 * Gives each file of an archive a name that every system can unpack, beside all the others: no path, drive or device, no
 * character or ending that Windows refuses, no two names that are one where case or composition does not count.
 */
export class ArchiveNames {
  private readonly given = new Set<string>();
  /** The last number given to names that share their stem, so that nobody counts from the beginning each time. */
  private readonly last = new Map<string, number>();

  /** @param filename one segment of a path, as `requestedPath` lets it through */
  give(filename: string): string {
    const name = safeName(filename);
    let candidate = cut(name, '');
    let key = folded(candidate);
    if (this.given.has(key)) {
      // by what is left of it beside the longest number: names that are cut share their numbers
      const stem = folded(cut(name, LONGEST_NUMBER));
      let count = this.last.get(stem) ?? 1;
      do {
        count += 1;
        candidate = cut(name, ` (${count})`);
        key = folded(candidate);
      } while (this.given.has(key));
      this.last.set(stem, count);
    }
    this.given.add(key);
    return candidate;
  }
}

function safeName(filename: string): string {
  const name = filename
    .replace(/[<>:"/\\|?*\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, '_')
    .replace(/[. ]+$/, (ending) => '_'.repeat(ending.length));
  return DEVICE.test(name) ? `_${name}` : name;
}

/** The name with a suffix before its extension, its stem cut so that the whole is not too long. */
function cut(name: string, suffix: string): string {
  const [, stem = name, extension = ''] = /^(.+?)([.][^.]{1,16})?$/su.exec(name) ?? [];
  const room = LONGEST_NAME_BYTES - Buffer.byteLength(suffix + extension);
  return `${withinBytes(stem, room)}${suffix}${extension}`;
}

function withinBytes(text: string, room: number): string {
  if (Buffer.byteLength(text) <= room) return text;
  let bytes = 0;
  let kept = '';
  // code point by code point: half a character is none
  for (const character of text) {
    bytes += Buffer.byteLength(character);
    if (bytes > room) break;
    kept += character;
  }
  return kept;
}

function folded(name: string): string {
  return name
    .normalize('NFKC')
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .toUpperCase()
    .toLowerCase();
}

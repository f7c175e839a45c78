import { celError, type CelInput } from '@bufbuild/cel';

const NOT_KNOWN_YET = celError('is not known yet');

/** Names and what they stand for in one evaluation. */
export type Bindings = Record<string, CelInput>;

/**
 * What a question says of every name. One that is open (not known yet) is an error to CEL, which `||` and `&&` absorb
 * where the other side decides alone. An evaluation that fails after an open name was read might not have failed: that
 * is what `takeOpenRead` tells.
 */
export class Values {
  // without a prototype: a name of the rules must not find what every object has
  readonly bindings: Bindings = Object.create(null) as Bindings;
  private isOpenSeen = false;

  set(name: string, value: CelInput): this {
    Object.defineProperty(this.bindings, name, { value, configurable: true, enumerable: true });
    return this;
  }

  /** A value that costs something to make: made when an expression reads it, once. */
  setLater(name: string, make: () => CelInput): this {
    const get = () => {
      const value = make();
      this.set(name, value);
      return value;
    };
    Object.defineProperty(this.bindings, name, { get, configurable: true, enumerable: true });
    return this;
  }

  /** A value that is not there and never will be: reading it fails. */
  lack(name: string, reason: string): this {
    return this.set(name, celError(reason) as unknown as CelInput);
  }

  /** A value that is not known yet. */
  leaveOpen(name: string): this {
    const get = () => {
      this.isOpenSeen = true;
      return NOT_KNOWN_YET;
    };
    Object.defineProperty(this.bindings, name, { get, configurable: true, enumerable: true });
    return this;
  }
  /** Whether an open name was read since it was last asked. */
  takeOpenRead(): boolean {
    const isRead = this.isOpenSeen;
    this.isOpenSeen = false;
    return isRead;
  }
}

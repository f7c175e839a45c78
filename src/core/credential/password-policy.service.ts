import { Injectable } from '@nestjs/common';
import { Settings } from '../../config/settings';
import { codePointLength, normalizePassword } from '../../kernel/canonical';
import { AppError } from '../../kernel/errors/app-error';
import { PasswordBlocklist } from './password-blocklist';

/** The person's names: no good passwords for that person. */
export interface PasswordContext {
  readonly email?: string | null | undefined;
  readonly username?: string | null | undefined;
}

const LONGEST = 128;
const SERVICE_NAME = 'latchkey';
const LONE_SURROGATE = /\p{Surrogate}/u;

/** Which passwords may be set. Says nothing of those set earlier: they are compared as they are. */
@Injectable()
export class PasswordPolicy {
  constructor(
    private readonly settings: Settings,
    private readonly blocklist: PasswordBlocklist,
  ) {}

  /**
   * Counts characters as code points after NFKC; any character may be used.
   *
   * @param field how the caller's contract spells the field
   * @throws AppError `validation`, naming the field and what is wrong with it
   */
  check(password: string, field: string, context: PasswordContext = {}): void {
    const message = this.faultOf(password, context);
    if (message !== null) throw new AppError('validation', { fields: [{ field, message }] });
  }

  private faultOf(password: string, context: PasswordContext): string | null {
    // lone surrogates are all the same to UTF-8, and so would be to the hash
    if (LONE_SURROGATE.test(password)) return 'must be well-formed Unicode';
    const normalized = normalizePassword(password);
    const length = codePointLength(normalized);
    const { passwordMinLength } = this.settings;
    if (length < passwordMinLength || length > LONGEST)
      return `must have ${passwordMinLength} to ${LONGEST} characters`;
    if (this.blocklist.blocks(normalized, namesIn(context))) return 'is too easy to guess';
    return null;
  }
}

function namesIn({ email, username }: PasswordContext): string[] {
  const [localPart = ''] = email?.split('@') ?? [];
  return [SERVICE_NAME, email ?? '', localPart, username ?? ''];
}

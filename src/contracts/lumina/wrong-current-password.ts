import { AppError, isRefusal } from '../../kernel/errors/app-error';

/** Wrong credentials where a password is changed: here clients expect another name for it than at login. */
export class WrongCurrentPassword extends AppError {
  constructor(cause: unknown) {
    super('invalid-credentials', { cause });
  }

  /** Renames that one refusal and lets every other error be. */
  static of(error: unknown): unknown {
    return isRefusal(error, 'invalid-credentials') ? new WrongCurrentPassword(error) : error;
  }
}

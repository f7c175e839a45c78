import { Injectable } from '@nestjs/common';
import type { Tx } from '../../database/database.service';
import { Credentials } from '../credential/credential.repository';
import type { UserEntity } from '../user/user.entity';

/** An account just before a change: what an undo may put back, and what it is proved with. */
export interface AccountSnapshot {
  readonly email: string | null;
  readonly isEmailVerified: boolean;
  readonly passwordHash: string | null;
}

/** Takes the picture of an account that an undo ticket keeps. */
@Injectable()
export class AccountSnapshots {
  constructor(private readonly credentials: Credentials) {}

  async take(tx: Tx, user: UserEntity): Promise<AccountSnapshot> {
    const password = await this.credentials.find(tx, user.id, 'password');
    return {
      email: user.email,
      isEmailVerified: user.emailVerifiedAt !== null,
      passwordHash: password?.hash ?? null,
    };
  }
}

import type { SealedSecret } from '../../core/auth/sealed/sealed-secret';
import type { SignedIn } from '../../core/auth/session-opener.service';
import type { UserEntity } from '../../core/user/user.entity';
import type { EncryptedPasswordDto } from './dto/encrypted-password.dto';
import type { SealedSignedInDto } from './dto/sealed-signed-in.dto';
import type { SealedUserDto } from './dto/sealed-user.dto';

const LARGEST_ID = 2 ** 31 - 1;
/** No key has it. */
const NO_KEY = 0;

/** A key id that none can have is as one that none has. */
export function toSealedSecret({ encryptedPassword, keyID }: EncryptedPasswordDto): SealedSecret {
  return { ciphertext: encryptedPassword, keyId: keyID > 0 && keyID <= LARGEST_ID ? keyID : NO_KEY };
}

export function toSealedUserDto(user: UserEntity): SealedUserDto {
  const { number, email, username, createdAt, updatedAt } = user;
  return {
    id: Number(number),
    email,
    username,
    created: createdAt.toISOString(),
    updated: updatedAt.toISOString(),
  };
}

export function toSignedInDto({ user, access, refreshToken }: SignedIn): SealedSignedInDto {
  return {
    user: toSealedUserDto(user),
    tokens: { accessToken: access.token, refreshToken: refreshToken ?? '' },
  };
}

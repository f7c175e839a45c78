import { UseGuards } from '@nestjs/common';
import { OptionalAccessTokenGuard } from './optional-access-token.guard';

/**
 * For routes that anybody may call and where a secret can be guessed: a live access token that comes along says on which
 * device the caller is known (`Caller.sessionId`). One that is not good is as none.
 */
export function RecognisesSession(): MethodDecorator & ClassDecorator {
  return UseGuards(OptionalAccessTokenGuard);
}

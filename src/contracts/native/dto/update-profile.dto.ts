import { ApiPropertyOptional } from '@nestjs/swagger';
import { ValidateIf } from 'class-validator';
import { IsDisplayName } from '../../../http/fields/is-display-name';
import { IsLanguageTag } from '../../../http/fields/is-language-tag';
import { IsUsername } from '../../../http/fields/is-username';
import { MayBeAbsent } from '../../../http/fields/may-be-absent';

/** What is absent stays as it is; null empties it, where it can be empty. */
export class UpdateProfileDto {
  @ApiPropertyOptional({ minLength: 3, maxLength: 255 })
  @MayBeAbsent()
  @IsUsername()
  username?: string;

  @ApiPropertyOptional({ type: 'string', nullable: true, maxLength: 255 })
  @ValidateIf((body: UpdateProfileDto) => body.display_name !== undefined && body.display_name !== null)
  @IsDisplayName()
  display_name?: string | null;

  @ApiPropertyOptional({ type: 'string', nullable: true, description: 'a BCP 47 language tag', example: 'en-GB' })
  @ValidateIf((body: UpdateProfileDto) => body.locale !== undefined && body.locale !== null)
  @IsLanguageTag()
  locale?: string | null;
}

import { ApiSchema } from '@nestjs/swagger';

/** A body without fields. It is bound all the same: a field that is sent is refused, not silently ignored. */
@ApiSchema({ description: 'no fields' })
export class NoFieldsDto {}

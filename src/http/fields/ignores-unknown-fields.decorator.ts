import 'reflect-metadata';

const METADATA = 'latchkey:ignores-unknown-fields';

/** For the DTOs of contracts that ignore fields they do not know; everywhere else an unknown field is refused. */
export function IgnoresUnknownFields(): ClassDecorator {
  return (target) => {
    Reflect.defineMetadata(METADATA, true, target);
  };
}

export function ignoresUnknownFields(dto: object | undefined): boolean {
  return dto !== undefined && Reflect.getMetadata(METADATA, dto) === true;
}

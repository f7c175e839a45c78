import { Type } from 'class-transformer';
import { IsBoolean, ValidateNested } from 'class-validator';
import { AppError } from '../kernel/errors/app-error';
import { MayBeAbsent } from './fields/may-be-absent';
import { IgnoresUnknownFields } from './fields/ignores-unknown-fields.decorator';
import { IsEmailAddress } from './fields/is-email-address';
import { IsRefreshToken } from './fields/is-refresh-token';
import { IsTicket } from './fields/is-ticket';
import { ReadsAnyCase } from './fields/reads-any-case.decorator';
import { ValidationPipe } from './validation.pipe';

class InnerDto {
  @IsEmailAddress()
  email!: string;
}

class StrictDto {
  @MayBeAbsent()
  @IsEmailAddress()
  email?: string;

  @MayBeAbsent()
  @IsBoolean()
  cookie?: boolean;

  @MayBeAbsent()
  @ValidateNested()
  @Type(() => InnerDto)
  inner?: InnerDto;
}

@IgnoresUnknownFields()
class LaxDto {
  @IsEmailAddress()
  email!: string;
}

@ReadsAnyCase()
class AnyCaseDto {
  @IsEmailAddress()
  Email!: string;

  @MayBeAbsent()
  @IsBoolean()
  KeepMe?: boolean;
}

class TicketDto {
  @IsTicket()
  ticket!: string;

  @MayBeAbsent()
  @IsBoolean()
  flag?: boolean;
}

class RefreshDto {
  @MayBeAbsent()
  @IsRefreshToken()
  refresh_token?: string;
}

const pipe = new ValidationPipe();

const check = (metatype: new () => object, body: unknown): Promise<unknown> =>
  pipe.transform(body, { type: 'body', metatype });

async function refusal(metatype: new () => object, body: unknown): Promise<Pick<AppError, 'code' | 'fields'>> {
  const error = await check(metatype, body).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof AppError)) throw new Error('it was let through', { cause: error });
  return { code: error.code, fields: error.fields };
}

describe('a strict body', () => {
  it('comes through as its DTO', async () => {
    const body = await check(StrictDto, { email: 'ada@example.org', inner: { email: 'eve@example.org' } });
    expect(body).toBeInstanceOf(StrictDto);
    expect(body).toEqual({ email: 'ada@example.org', inner: { email: 'eve@example.org' } });
  });

  it('that is not there is an empty one', async () => {
    expect(await check(StrictDto, undefined)).toEqual({});
  });

  it.each([null, 'text', 7, true, [], [{ email: 'ada@example.org' }]])('must be an object, not %j', async (body) => {
    expect(await refusal(StrictDto, body)).toEqual({
      code: 'validation',
      fields: [{ field: 'body', message: 'must be an object' }],
    });
  });

  it('is refused with fields nobody knows, by path', async () => {
    const { code, fields } = await refusal(StrictDto, { x: 1, inner: { email: 'eve@example.org', y: { z: 1 } } });
    expect([code, fields.map(({ field }) => field)]).toEqual(['validation', ['x', 'inner.y']]);
  });

  it('is refused with a fault for each field, which never repeats the value', async () => {
    const { fields } = await refusal(StrictDto, { email: 'no-address', cookie: 'perhaps', inner: { email: 7 } });
    expect(fields).toEqual([
      { field: 'email', message: 'must be an e-mail address' },
      { field: 'cookie', message: 'cookie must be a boolean value' },
      { field: 'inner.email', message: 'must be an e-mail address' },
    ]);
  });

  it('is not converted: "true" is no boolean', async () => {
    expect((await refusal(StrictDto, { cookie: 'true' })).code).toBe('validation');
  });

  it.each(['constructor', 'toString', 'hasOwnProperty', 'then', '__defineGetter__', 'valueOf', 'length', ''])(
    'with an odd field name, %j, is refused like any other',
    async (name) => {
      for (const value of [1, null, {}, [], { prototype: {} }]) {
        expect(await refusal(StrictDto, { [name]: value })).toMatchObject({ code: 'validation' });
      }
    },
  );

  it('tells of a bounded number of faults by bounded names', async () => {
    const body = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`${'n'.repeat(1000)}${i}`, i]));
    const { fields } = await refusal(StrictDto, body);
    expect(fields).toHaveLength(20);
    expect(fields.every(({ field, message }) => field.length <= 100 && message.length <= 100)).toBe(true);
  });
});

describe('a lax body', () => {
  it('loses the fields nobody knows', async () => {
    expect(await check(LaxDto, { email: 'ada@example.org', isAdmin: true })).toEqual({ email: 'ada@example.org' });
  });

  it('is refused for what is wrong with the others', async () => {
    expect((await refusal(LaxDto, { email: 'no-address', isAdmin: true })).fields).toHaveLength(1);
  });
});

describe('a ticket', () => {
  it.each(['', 'x'.repeat(257), 7, {}, [], false])('that is malformed, %j, is as wrong as any', async (ticket) => {
    expect(await refusal(TicketDto, { ticket })).toEqual({ code: 'invalid-ticket', fields: [] });
  });

  it.each([{}, { ticket: null }])('that is not there is a fault of the body: %j', async (body) => {
    expect(await refusal(TicketDto, body)).toEqual({
      code: 'validation',
      fields: [{ field: 'ticket', message: 'is needed' }],
    });
  });

  it('that is malformed beside another fault is not told of', async () => {
    const { code, fields } = await refusal(TicketDto, { ticket: 7, flag: 'x' });
    expect([code, fields.map(({ field }) => field)]).toEqual(['validation', ['flag']]);
  });

  it.each(['x', 'x'.repeat(256), '\u0000'])('of 1 to 256 characters comes through', async (ticket) => {
    expect(await check(TicketDto, { ticket })).toEqual({ ticket });
  });
});

it('a malformed refresh token is as wrong as any', async () => {
  expect(await refusal(RefreshDto, { refresh_token: 7 })).toEqual({ code: 'invalid-refresh-token', fields: [] });
});

describe('a body whose fields may be in any case', () => {
  it.each([
    [{ Email: 'a@example.com', KeepMe: true }],
    [{ email: 'a@example.com', keepme: true }],
    [{ EMAIL: 'a@example.com', keepMe: true }],
  ])('is read: %j', async (body) => {
    expect(await check(AnyCaseDto, body)).toEqual({ Email: 'a@example.com', KeepMe: true });
  });

  it('is refused with a field in two spellings, by the name it has here', async () => {
    const body = { Email: 'a@example.com', email: 'b@example.com', KeepMe: true, KEEPME: false };
    expect(await refusal(AnyCaseDto, body)).toMatchObject({
      code: 'validation',
      fields: [
        { field: 'Email', message: 'is there twice' },
        { field: 'KeepMe', message: 'is there twice' },
      ],
    });
  });

  it('is refused with a field that is not known, by the name it was sent with', async () => {
    for (const name of ['emaiL2', '\u212aeepMe', 'TOSTRING']) {
      const { fields } = await refusal(AnyCaseDto, { Email: 'a@example.com', [name]: true });
      expect(fields).toEqual([{ field: name, message: 'is not known here' }]);
    }
  });

  it('elsewhere case counts', async () => {
    const { fields } = await refusal(StrictDto, { Email: 'a@example.com' });
    expect(fields).toEqual([{ field: 'Email', message: 'is not known here' }]);
  });
});

import { QueryFailedError } from 'typeorm';
import { AppError } from '../../kernel/errors/app-error';
import { errorForLog } from './error-for-log';

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

describe('an error in the log', () => {
  it('has kind, message and the place where it was made', () => {
    const logged = errorForLog(new TypeError('x is not a function'));
    expect(logged).toMatchObject({ type: 'TypeError', message: 'x is not a function' });
    expect(logged.stack).toMatch(/^TypeError: x is not a function\n {4}at .*error-for-log\.spec/);
  });

  it('has its causes, but not without end', () => {
    const loop = new Error('outer');
    loop.cause = new Error('inner', { cause: loop });
    expect(errorForLog(loop).cause).toMatchObject({ message: 'inner', cause: { message: 'outer' } });
    expect(JSON.stringify(errorForLog(loop)).length).toBeLessThan(20_000);
  });

  it('says why an AppError was thrown', () => {
    const error = new AppError('internal', { cause: new Error('A stored hash cannot be read.') });
    expect(errorForLog(error)).toMatchObject({ code: 'internal', cause: { message: 'A stored hash cannot be read.' } });
  });

  it('has no statement, parameter or row of a failed query, but its code and constraint', () => {
    const driver = Object.assign(new Error('duplicate key value violates unique constraint "uq_users__email"'), {
      code: '23505',
      constraint: 'uq_users__email',
      detail: 'Key (email_canonical)=(hunter2@example.org) already exists.',
    });
    const logged = errorForLog(new QueryFailedError('INSERT INTO users hunter2', ['hunter2'], driver));
    expect(logged).toMatchObject({ code: '23505', constraint: 'uq_users__email' });
    expect(JSON.stringify(logged)).not.toContain('hunter2');
  });

  it.each([
    ['JSON.parse quotes the body', thrownBy(() => JSON.parse('{"password":"hunter2",}')), 'SyntaxError'],
    [
      'PostgreSQL quotes a value that does not fit',
      new QueryFailedError(
        'SELECT $1::uuid',
        ['hunter2'],
        Object.assign(new Error('invalid input syntax for type uuid: "hunter2"'), { code: '22P02' }),
      ),
      'QueryFailedError',
    ],
    [
      'Fastify quotes a header or URL',
      Object.assign(new Error('Unsupported Media Type: hunter2'), { code: 'FST_ERR_CTP_INVALID_MEDIA_TYPE' }),
      'Error',
    ],
    ['a library throws text', 'hunter2', 'string'],
    [
      'an error carries a request along',
      Object.assign(new Error('refused'), { body: { password: 'hunter2' } }),
      'Error',
    ],
  ])('repeats nothing that was sent where %s', (_case, error, type) => {
    const logged = errorForLog(error);
    expect(logged.type).toBe(type);
    expect(JSON.stringify(logged)).not.toContain('hunter2');
  });
});

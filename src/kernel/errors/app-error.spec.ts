import { AppError } from './app-error';
import { errorCatalogue, errorCodes } from './error-catalogue';

describe('AppError', () => {
  it.each(errorCodes)('%s says what the catalogue says', (code) => {
    expect(new AppError(code)).toMatchObject({ code, message: errorCatalogue[code], name: 'AppError', fields: [] });
  });

  it('keeps its cause for the log, and out of all that is shown', () => {
    const error = new AppError('unavailable', { cause: new Error('password=hunter2'), retryAfterSeconds: 2 });
    expect(error.cause).toEqual(new Error('password=hunter2'));
    expect(JSON.stringify(error)).not.toContain('hunter2');
    expect(error.message).not.toContain('hunter2');
    expect(error.retryAfterSeconds).toBe(2);
  });

  it('without a cause has none, rather than an undefined one', () => {
    expect('cause' in new AppError('locked')).toBe(false);
  });
});

describe('the catalogue', () => {
  it.each(errorCodes)('%s is a stable spelling: lower case and hyphens', (code) => {
    expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
  });

  it.each(errorCodes)('%s has a public text of whole sentences', (code) => {
    expect(errorCatalogue[code]).toMatch(/^[A-Z].*\.$/);
  });

  it('says nothing about whether an account exists', () => {
    const telling = errorCodes.filter((code) =>
      /no such|unknown|not registered|does not exist/i.test(errorCatalogue[code]),
    );
    expect(telling).toEqual([]);
  });
});

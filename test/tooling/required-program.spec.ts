import { requireProgram } from '../support/required-program';

const CI = process.env['CI'];
afterEach(() => {
  jest.restoreAllMocks();
  if (CI === undefined) delete process.env['CI'];
  else process.env['CI'] = CI;
});

it('a program that is there is found', () => {
  expect(requireProgram('sh')).toMatch(/\/sh$/);
});

it('one that is missing skips its suite aloud', () => {
  delete process.env['CI'];
  const write = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  expect(requireProgram('no-such-program-anywhere')).toBeNull();
  expect(write.mock.calls.join('')).toContain('!!! SKIPPED: no-such-program-anywhere');
});

it('one that is missing fails the run with CI=true', () => {
  process.env['CI'] = 'true';
  expect(() => requireProgram('no-such-program-anywhere')).toThrow('no-such-program-anywhere is not installed');
});

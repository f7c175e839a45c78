import { linkedIn, unlinked } from './unlinked';

it.each([
  ['ann', 'ann', []],
  ['ann.smith', 'ann·smith', ['.']],
  ['www。evil。com', 'www·evil·com', ['。', '。']],
  ['evil．com／x', 'evil·com·x', ['.', '/']],
  ['www․evil․com', 'www·evil·com', ['.', '.']],
  ['http://evil', 'http···evil', [':', '/', '/']],
])('%s is shown as %s', (name, shown, taken) => {
  expect([unlinked(name), linkedIn(name)]).toEqual([shown, taken]);
});

/** The reduced count of every day, or the printed one of `npm run test:full`. */
export function full<T>(reduced: T, printed: T): T {
  return process.env['FULL'] === '1' ? printed : reduced;
}

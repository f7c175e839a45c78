const REFUSALS = {
  'invalid-credentials': 'That name or password is not right.',
  'invalid-code': 'That code is not right.',
  'invalid-ticket': 'Too many wrong codes, or too much time. Sign in again.',
  'invalid-token': 'You are no longer signed in. Sign in again.',
  'session-ended': 'Your session has ended. Sign in again.',
  locked: 'Too many failed attempts: signing in is refused from here.',
  'too-many-requests': 'Too many requests from your network.',
  busy: 'The service is busy.',
  unavailable: 'The service cannot answer right now.',
  unreachable: 'The service cannot be reached. Look at your connection and try again.',
};

/** What stands between the page and the service, as a proxy does, has its own answers. */
const UNKNOWN = 'The service gave an answer that this page does not understand.';

/** A refusal in words for people, with when to try again where the service said so. */
export function wordsFor(refusal) {
  const words = REFUSALS[refusal.code] ?? (fieldWords(refusal) || refusal.message || UNKNOWN);
  const { retryAfterSeconds } = refusal;
  return retryAfterSeconds === null ? words : `${words} Try again in ${duration(retryAfterSeconds)}.`;
}

function fieldWords({ fields = [] }) {
  return fields.map(({ field, message }) => `The ${field} ${message}.`).join(' ');
}

/** Rounded up: who comes back then is not too early. */
function duration(seconds) {
  for (const [unit, size] of UNITS) {
    if (seconds > 2 * size || size === 1) return counted(Math.ceil(seconds / size), unit);
  }
  return '';
}

const UNITS = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
];

export function counted(count, noun) {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** What was guessed. */
export const FACTORS = {
  secret: 'Password',
  'second-factor': 'Second factor',
  'mailed-code': 'Mailed code',
  recovery: 'Recovery by code',
};

/** Whose further attempts are refused. */
export const STANDINGS = {
  stranger: 'Everybody but known devices and networks',
  device: 'One device that the account knows',
  network: 'One network that the account knows',
};

import type { GuessedFactor, LockFacts, LockStanding } from '../mail-message';
import { instant } from './english-words';
import { details, link, paragraph, type MailBlock } from './mail-content';
import type { MailLanguage } from './mail-language';

type LockTemplate =
  'sign-in-locked' | 'second-factor-locked' | 'recovery-locked' | 'unlock' | 'lock-alert' | 'lock-digest';

/** The words of every mail about a lock, in English. */
export const englishLockTemplates: Pick<MailLanguage['templates'], LockTemplate> = {
  'sign-in-locked': ({ standing, link: url, validUntilIso, ...facts }, { name }) => ({
    subject: `Too many wrong passwords for your account at ${name}`,
    blocks: [
      paragraph(
        `There were too many wrong passwords for your account at ${name}, so ${REFUSED[standing]} for now. Nobody got in.`,
      ),
      factsOf(facts),
      paragraph(WAY_BACK[standing]),
      link('Let me sign in', url),
      paragraph(
        `The link works until ${instant(validUntilIso)}. It can be used once. It opens the way for you alone: whoever else was guessing stays locked out.`,
      ),
      paragraph(
        'If the wrong passwords were yours, there is nothing else to do. If not, make sure that your password is long and used nowhere else.',
      ),
    ],
  }),
  'second-factor-locked': (facts, { name }) => ({
    subject: `Somebody knows the password of your account at ${name}`,
    blocks: [
      paragraph(
        `The right password of your account at ${name} was given, and then too many wrong codes of the second factor. Further codes from there are refused for now. Nobody got in.`,
      ),
      factsOf(facts),
      paragraph(
        'If this was you, use a recovery code, or sign in from another browser that has passed the second factor before. If not, somebody knows your password: sign in and change it now.',
      ),
    ],
  }),
  'recovery-locked': (facts, { name }) => ({
    subject: `Somebody tried to recover your account at ${name}`,
    blocks: [
      paragraph(
        `There were too many wrong codes where a code from your authenticator app lets you choose a new password at ${name}. Further ones from there are refused for now. Nobody got in, and signing in is not affected.`,
      ),
      factsOf(facts),
      paragraph(
        'If this was you, ask for a link to choose a new password instead. If not, there is nothing to do: your password is as it was.',
      ),
    ],
  }),
  unlock: ({ link: url, validUntilIso }, { name }) => ({
    subject: `Sign in to your locked account at ${name}`,
    blocks: [
      paragraph(
        `You asked for a way to sign in at ${name} while too many wrong passwords keep you out. Open this link where you want to sign in, or on another device in the same network:`,
      ),
      link('Let me sign in', url),
      paragraph(`The link works until ${instant(validUntilIso)}. It can be used once.`),
      paragraph('If you did not ask for this, you can ignore this mail: the account stays as it is.'),
    ],
  }),
  'lock-alert': ({ account, guessed, link: url, validUntilIso, ...facts }, { name }) => ({
    subject: `An account at ${name} is locked`,
    blocks: [
      paragraph(WHAT_HAPPENED[guessed](account)),
      factsOf(facts),
      paragraph(OWNER_TOLD),
      paragraph('To open the account for everybody at once, whoever is guessing too:'),
      link('Lift the locks of this account', url),
      paragraph(`The link works until ${instant(validUntilIso)}. It can be used once.`),
    ],
  }),
  'lock-digest': ({ count, sinceIso, link: url }, { name }) => ({
    subject: `${locksOf(count)} at ${name}`,
    blocks: [
      paragraph(
        `Since ${instant(sinceIso)}: ${locksOf(count)}. Many at once can mean that somebody tries passwords at many accounts.`,
      ),
      link('See what is locked', url),
      paragraph(OWNER_TOLD),
    ],
  }),
};

const OWNER_TOLD =
  'Owners with a proved address were told. They can get in from browsers used before, and by a mailed link where passwords were guessed.';

const WHAT_HAPPENED: Readonly<Record<GuessedFactor, (account: string) => string>> = {
  secret: (account) => `There were too many wrong passwords for the account ${account}.`,
  'second-factor': (account) =>
    `Somebody gave the right password of the account ${account} and then too many wrong codes of the second factor.`,
  recovery: (account) => `There were too many wrong codes at the recovery of the account ${account}.`,
};

const REFUSED: Readonly<Record<LockStanding, string>> = {
  stranger: 'signing in from places that the account does not know is refused',
  device: 'signing in from one of your browsers is refused',
  session: 'passwords are refused in one of your sessions',
  network: 'signing in from one of your networks is refused, except from browsers used before',
};

const WAY_BACK: Readonly<Record<LockStanding, string>> = {
  stranger:
    'Where you are signed in you stay signed in, and browsers you have used before are not affected. If you need to sign in somewhere else now, open this link there, or on another device in the same network:',
  device:
    'Where you are signed in you stay signed in, and your other browsers are not affected. If you need to sign in there now, open this link in that browser:',
  session:
    'Nothing else is affected. If it was not you, somebody uses one of your sessions: sign in, end it, and change your password. To sign in where you are now:',
  network:
    'Where you are signed in you stay signed in, and browsers you have used before are not affected. If you need to sign in there now, open this link in that network:',
};

function locksOf(count: number): string {
  return count === 1 ? 'An account was locked' : `${String(count)} locks of accounts`;
}

function factsOf({ whenIso, untilIso, failures, networks }: LockFacts): MailBlock {
  return details(
    ['When', instant(whenIso)],
    ['Until', instant(untilIso)],
    ['Wrong attempts in a row', String(failures)],
    ['From', networks],
  );
}

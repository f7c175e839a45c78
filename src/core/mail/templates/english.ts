import { details, link, paragraph, type MailBlock, type MailContent } from './mail-content';
import type { ChangeMessage, MailTemplateName } from '../mail-message';
import { englishLockTemplates } from './english-locks';
import { instant } from './english-words';
import type { MailLanguage } from './mail-language';
import { describeUserAgent } from './user-agent';

const ONCE = 'It can be used once';

/** The words of every mail, in English. */
export const english: MailLanguage = {
  tag: 'en',
  footer: ({ name, host }) =>
    `Sent by ${name} (${host}). Nobody from ${name} will ever ask you for your password or for the link in a mail.`,
  templates: {
    activation: ({ link: url, hours }, { name }) => ({
      subject: `Finish your registration at ${name}`,
      blocks: [
        paragraph(`Welcome to ${name}. One step is left: confirm that this address is yours.`),
        link('Confirm my address', url),
        paragraph(
          `The page will ask for the password that you chose when you registered. The link works for ${hoursOf(hours)}. ${ONCE}.`,
        ),
        paragraph('If you did not register, you need not do anything: without this step there is no account.'),
      ],
    }),
    enrolment: ({ code, link: url, minutes }, { name }) => ({
      subject: `Your code for ${name}`,
      blocks: [
        paragraph(`Welcome to ${name}. Type this code where you are registering:`),
        { kind: 'code', code },
        paragraph('Or open this link in the very browser in which you began:'),
        link('Confirm my address', url),
        paragraph(`Both work for ${minutesOf(minutes)}, once.`),
        paragraph(
          'If you are not registering, please ignore this mail and do not pass the code on: without it there is no account.',
        ),
      ],
    }),
    'account-exists': ({ resetLink, minutes }, { name }) => ({
      subject: `You already have an account at ${name}`,
      blocks: [
        paragraph(
          `Somebody, probably you, tried to register at ${name} with this address. It has an account already, so there is nothing to set up: just sign in.`,
        ),
        paragraph('If you no longer know the password, choose a new one here:'),
        link('Choose a new password', resetLink),
        paragraph(`The link works for ${minutesOf(minutes)}. ${ONCE}.`),
        paragraph('If it was not you, nothing has changed: your account and your password are as they were.'),
      ],
    }),
    'choose-password': ({ link: url, hours }, { name }) => ({
      subject: `Finish your registration at ${name}`,
      blocks: [
        paragraph(
          `You asked for a new link to finish your registration at ${name}. Open it to choose a password; your account is ready right after.`,
        ),
        link('Choose a password', url),
        paragraph(`The link works for ${hoursOf(hours)}. ${ONCE}.`),
        paragraph('If you did not ask for this, you need not do anything: without this step there is no account.'),
      ],
    }),
    'verify-email': ({ link: url, hours }, { name }) => ({
      subject: `Confirm your address at ${name}`,
      blocks: [
        paragraph(`Please confirm that this address belongs to your account at ${name}.`),
        link('Confirm my address', url),
        paragraph(`The link works for ${hoursOf(hours)}. ${ONCE}, by whoever can sign in to the account.`),
        paragraph(`If you have no account at ${name}, please ignore this mail and do not pass the link on.`),
      ],
    }),
    'password-reset': ({ link: url, minutes }, { name }) => ({
      subject: `Choose a new password for ${name}`,
      blocks: [
        paragraph(`You asked for a way to choose a new password at ${name}. Here it is:`),
        link('Choose a new password', url),
        paragraph(`The link works for ${minutesOf(minutes)}. ${ONCE}.`),
        paragraph('If you did not ask for this, you can ignore this mail: your password stays as it is.'),
      ],
    }),
    'reset-code': ({ code, link: url, minutes }, { name }) => ({
      subject: `Your code to choose a new password for ${name}`,
      blocks: [
        paragraph(
          `Somebody, hopefully you, asked to choose a new password for your account at ${name}. Type this code there:`,
        ),
        { kind: 'code', code },
        paragraph('Or choose it here, in your browser:'),
        link('Choose a new password', url),
        paragraph(`Both work for ${minutesOf(minutes)}, once.`),
        paragraph(
          'If it was not you, please ignore this mail and do not pass the code on: your password stays as it is.',
        ),
      ],
    }),
    'email-change': ({ link: url, minutes }, { name }) => ({
      subject: `Confirm your new address at ${name}`,
      blocks: [
        paragraph(
          `Somebody, probably you, asked to use this address for an account at ${name}. Once you confirm it, you sign in with it:`,
        ),
        link('Use this address', url),
        paragraph(`The link works for ${minutesOf(minutes)}. ${ONCE}.`),
        paragraph(
          'If it was not you, please ignore this mail and do not open the link or pass it on: your address would become that of somebody else’s account.',
        ),
      ],
    }),
    'address-wanted': (_message, { name }) => ({
      subject: `Somebody asked to use your address at ${name}`,
      blocks: [
        paragraph(
          `Somebody with another account at ${name}, perhaps you, asked to use this address for it. The address belongs to your account here already, so nothing was changed.`,
        ),
        paragraph(
          'If it was you: an address can belong to one account only. Change the address of this account, or delete the account, and then ask again.',
        ),
        paragraph('If it was not you, there is nothing to do.'),
      ],
    }),
    'password-changed': (message, { name }) =>
      change(message, {
        subject: `Your password at ${name} was changed`,
        fact: `The password of your account at ${name} was changed.`,
      }),
    'password-set-by-link': (message, { name }) =>
      change(message, {
        subject: `A new password was set for your account at ${name}`,
        fact: `A new password for your account at ${name} was set by a link that we mailed to this address.`,
      }),
    'master-password-changed': (message, { name }) =>
      change(message, {
        subject: `The master password of your vault at ${name} was changed`,
        fact: `The master password of your vault at ${name} was changed, by somebody who knew the former one.`,
      }),
    'address-changed': (message, { name }) =>
      change(message, {
        subject: `Your address at ${name} was changed`,
        fact: `The address of your account at ${name} was changed from this one to another. Mails about the account go to the new address from now on.`,
      }),
    'factor-enabled': (message, { name }) =>
      change(message, {
        subject: `A second factor was added to your account at ${name}`,
        fact: `Signing in to your account at ${name} takes a code from an authenticator app from now on, besides the password.`,
      }),
    'factor-disabled': (message, { name }) =>
      change(message, {
        subject: `The second factor of your account at ${name} was removed`,
        fact: `Signing in to your account at ${name} takes nothing but the password from now on: the authenticator app and the recovery codes are no longer asked for.`,
      }),
    'recovery-codes-replaced': (message, { name }) =>
      change(message, {
        subject: `New recovery codes for your account at ${name}`,
        fact: `New recovery codes were made for your account at ${name}. Each of them signs in once, with the password, in place of a code from your authenticator app. Former recovery codes no longer work.`,
      }),
    'session-ended-by-reuse': ({ whenIso, userAgent, network }, { name }) => ({
      subject: `We signed one of your sessions out at ${name}`,
      blocks: [
        paragraph(
          `A key that keeps you signed in at ${name} was used a second time. That can mean that somebody has a copy of it, so we ended that session to keep your account safe. Your password and your other sessions are untouched.`,
        ),
        occasion({ whenIso, network, userAgent }),
        paragraph(
          'Where you were signed out, just sign in again. Now and then a poor connection causes this by itself.',
        ),
        paragraph(
          'If it happens again, or you do not know the device, change your password and look through your sessions.',
        ),
      ],
    }),
    'address-taken-back': ({ whenIso, network }, { name }) => ({
      subject: `Your address was removed from an account at ${name}`,
      blocks: [
        paragraph(
          `An account at ${name} had this address for a while. Whoever had it before has undone that, with the account’s former password, so this address no longer belongs to it.`,
        ),
        occasion({ whenIso, network }),
        paragraph('If the account was yours all along, write to the people who run the service, soon.'),
      ],
    }),
    ...englishLockTemplates,
    'account-deleted': ({ whenIso }, { name }) => ({
      subject: `Your account at ${name} was deleted`,
      blocks: [
        paragraph(
          `Your account at ${name} was deleted, with everything that was kept for it. All its sessions have ended. Thank you for having been with us.`,
        ),
        occasion({ whenIso, network: '' }),
        paragraph(
          'If this was not you, somebody knew your password: change it wherever else you use it, and check that nobody else can read your mail.',
        ),
      ],
    }),
  },
};

function change(
  { whenIso, network, undoLink, asksFor, days }: ChangeMessage<MailTemplateName>,
  { subject, fact }: { readonly subject: string; readonly fact: string },
): MailContent {
  return {
    subject,
    blocks: [
      paragraph(`${fact} Wherever else the account was signed in, it has been signed out.`),
      occasion({ whenIso, network }),
      paragraph('If this was you, all is well and there is nothing to do.'),
      ...(undoLink === null ? WITHOUT_UNDO : UNDOING[asksFor](undoLink, days)),
    ],
  };
}

const WITHOUT_UNDO = [
  paragraph(
    'If it was not you, somebody uses one of your sessions: sign in and end all other sessions. If you cannot, write to the people who run the service, soon.',
  ),
];

const UNDOING: Readonly<Record<'password' | 'master-password', (undoLink: string, days: number) => MailBlock[]>> = {
  password: (undoLink, days) => [
    paragraph(
      'If it was not you, undo it: address and second factor will be as they were, the account is signed out everywhere, and you choose a new password.',
    ),
    link('This was not me: undo it', undoLink),
    paragraph(
      `The link works for ${String(days)} days. ${ONCE}. The page asks for the password that you had before this change.`,
    ),
  ],
  'master-password': (undoLink, days) => [
    paragraph(
      'If it was not you, undo it in your vault’s app: address and second factor will be as they were, the account is signed out everywhere, and you choose a new master password. What is in the vault stays.',
    ),
    paragraph('The app asks for this link, and for the master password that you had before this change:'),
    link('This was not me: undo it', undoLink),
    paragraph(`The link works for ${String(days)} days. ${ONCE}.`),
  ],
};

interface Occasion {
  readonly whenIso: string;
  readonly network: string;
  readonly userAgent?: string | null;
}

function occasion({ whenIso, network, userAgent }: Occasion): MailBlock {
  const device = userAgent === undefined ? '' : describeUserAgent(userAgent ?? '');
  return details(['When', instant(whenIso)], ['Device', device], ['Network', network]);
}

function hoursOf(hours: number): string {
  return hours === 1 ? 'an hour' : `${String(hours)} hours`;
}

function minutesOf(minutes: number): string {
  return minutes === 60 ? 'an hour' : minutes === 1 ? 'a minute' : `${String(minutes)} minutes`;
}

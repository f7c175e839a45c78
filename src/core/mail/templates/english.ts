import { details, link, paragraph } from './mail-content';
import { englishChangeTemplates } from './english-changes';
import { englishLockTemplates } from './english-locks';
import { occasion, ONCE } from './english-words';
import type { MailLanguage } from './mail-language';

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
    'reset-code': ({ code, minutes, link: url, linkMinutes, username, dots }, { name }) => ({
      subject: `Your code to choose a new password for ${name}`,
      blocks: [
        paragraph(
          `Somebody, hopefully you, asked to choose a new password for your account at ${name}. Type this code there:`,
        ),
        { kind: 'code', code },
        paragraph('Or choose it here, in your browser:'),
        link('Choose a new password', url),
        paragraph(`The code works for ${minutesOf(minutes)}, the link for ${minutesOf(linkMinutes)}; each once.`),
        ...(username === '' ? [] : [details(['Your username', username], ['In it · stands for', dots])]),
        paragraph(
          'If it was not you, please ignore this mail and do not pass the code on: your password stays as it is.',
        ),
      ],
    }),
    'temporary-password': ({ password, minutes }, { name }) => ({
      subject: `A temporary password for ${name}`,
      blocks: [
        paragraph(
          `A code from your authenticator app was given to recover your account at ${name}. Where you change your password, give this as the present one:`,
        ),
        { kind: 'code', code: password },
        paragraph(
          `It works for ${minutesOf(minutes)}, for one change of password and for nothing else: it does not sign in. Until then your password stays as it is.`,
        ),
        paragraph(
          'If this was not you, do not pass it on to anybody. Somebody has seen a code of your authenticator app: sign in and set it up anew.',
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
    ...englishChangeTemplates,
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
    'address-reclaimed': ({ whenIso, network, username }, { name }) => ({
      subject: `Your address went back to an earlier account at ${name}`,
      blocks: [
        paragraph(
          `Two accounts at ${name} have had this address. Whoever had the earlier one has taken the address back, with that account’s former password. The later account is still there: sign in to it with the username ${username} and give it another address.`,
        ),
        occasion({ whenIso, network }),
        paragraph('If you know nothing of the earlier account, write to the people who run the service.'),
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

function hoursOf(hours: number): string {
  return hours === 1 ? 'an hour' : `${String(hours)} hours`;
}

function minutesOf(minutes: number): string {
  return minutes === 60 ? 'an hour' : minutes === 1 ? 'a minute' : `${String(minutes)} minutes`;
}

import type { ChangeMessage, MailTemplateName } from '../mail-message';
import { instant, occasion, ONCE } from './english-words';
import { link, paragraph, type MailBlock, type MailContent } from './mail-content';
import type { MailLanguage } from './mail-language';

type ChangeTemplate =
  | 'password-changed'
  | 'password-set-by-link'
  | 'password-recovered'
  | 'master-password-changed'
  | 'address-changed'
  | 'factor-enabled'
  | 'factor-disabled'
  | 'recovery-codes-replaced'
  | 'change-undone';

/** The words of every mail about a change of how somebody gets into an account, in English. */
export const englishChangeTemplates: Pick<MailLanguage['templates'], ChangeTemplate> = {
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
  'password-recovered': (message, { name }) =>
    change(message, {
      subject: `A new password was set for your account at ${name}`,
      fact: `A new password for your account at ${name} was set by a temporary one, for a code from your authenticator app.`,
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
  'change-undone': ({ whenIso, network, undoLink, days }, { name }) => ({
    subject: `A change to your account at ${name} was undone`,
    blocks: [
      paragraph(
        `Somebody opened the link that undoes a change to your account at ${name}, with the password of before it. The account is signed out everywhere, and a new password counts.`,
      ),
      occasion({ whenIso, network }),
      paragraph('If this was you, all is well and there is nothing to do.'),
      ...(undoLink === null ? WITHOUT_UNDO : vaultOfBefore(undoLink, days)),
    ],
  }),
};

function change(
  { whenIso, network, hasSignedOut, undoLink, asksFor, formerUntilIso, days }: ChangeMessage<MailTemplateName>,
  { subject, fact }: { readonly subject: string; readonly fact: string },
): MailContent {
  return {
    subject,
    blocks: [
      paragraph(`${fact} ${hasSignedOut ? SIGNED_OUT : STILL_SIGNED_IN}`),
      occasion({ whenIso, network }),
      paragraph('If this was you, all is well and there is nothing to do.'),
      ...(undoLink === null ? WITHOUT_UNDO : UNDOING[asksFor](undoLink, days, formerUntilIso)),
    ],
  };
}

const SIGNED_OUT = 'Wherever else the account was signed in, it has been signed out.';
const STILL_SIGNED_IN = 'Where the account was signed in, it still is: the second factor was not asked for.';

const WITHOUT_UNDO = [
  paragraph(
    'If it was not you, somebody uses one of your sessions: sign in and end all other sessions. If you cannot, write to the people who run the service, soon.',
  ),
];

function vaultOfBefore(undoLink: string, days: number): MailBlock[] {
  return [
    paragraph(
      `If it was not you, write to the people who run the service, soon. Your vault’s app can read what the vault’s key was before, for ${String(days)} days, with this link and the master password of then:`,
    ),
    link('The key of before', undoLink),
  ];
}

const UNDOING: Readonly<
  Record<'password' | 'master-password', (undoLink: string, days: number, formerUntilIso: string | null) => MailBlock[]>
> = {
  password: (undoLink, days, formerUntilIso) => [
    paragraph(
      'If it was not you, undo it: address and second factor will be as they were, the account is signed out everywhere, and you choose a new password.',
    ),
    link('This was not me: undo it', undoLink),
    paragraph(
      `The link works for ${String(days)} days. ${ONCE}. The page asks for the password that you had ${formerUntilIso === null ? 'before this change' : `until ${instant(formerUntilIso)}, before a link that we mailed set another`}.`,
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

/** What a mail says, by template. Links and instants are ready to print; the words belong to the templates. */
export type MailMessage =
  /** Finishes a registration. */
  | { readonly template: 'activation'; readonly link: string; readonly hours: number }
  /** To the owner of an address that somebody tried to register again. */
  | { readonly template: 'account-exists'; readonly resetLink: string; readonly minutes: number }
  /** Proves the mailbox of an enrolment: by the code in the app, or by the link in the browser that began it. */
  | { readonly template: 'enrolment'; readonly code: string; readonly link: string; readonly minutes: number }
  /** Lets the owner of the mailbox finish a registration with a password of their own. */
  | { readonly template: 'choose-password'; readonly link: string; readonly hours: number }
  /** Proves the address of an account that exists. */
  | { readonly template: 'verify-email'; readonly link: string; readonly hours: number }
  | { readonly template: 'password-reset'; readonly link: string; readonly minutes: number }
  /** Sets a password: by the code in the app, or by the link in a browser. */
  | {
      readonly template: 'reset-code';
      readonly code: string;
      readonly minutes: number;
      readonly link: string;
      readonly linkMinutes: number;
      /** Of the account, as nothing makes a link of it; empty where it has none. */
      readonly username: string;
      /** What was taken out of it for that, in order. */
      readonly dots: string;
    }
  /** Proves the address that an account shall have. */
  | { readonly template: 'email-change'; readonly link: string; readonly minutes: number }
  /** To the owner of an address that another account asked for. */
  | { readonly template: 'address-wanted' }
  | ChangeMessage<'password-changed'>
  | ChangeMessage<'password-set-by-link'>
  | ChangeMessage<'password-recovered'>
  | ChangeMessage<'master-password-changed'>
  | ChangeMessage<'address-changed'>
  | ChangeMessage<'factor-enabled'>
  | ChangeMessage<'factor-disabled'>
  | ChangeMessage<'recovery-codes-replaced'>
  | ChangeMessage<'change-undone'>
  | {
      readonly template: 'session-ended-by-reuse';
      readonly whenIso: string;
      readonly userAgent: string | null;
      readonly network: string;
    }
  /** To an address that an undo has taken from an account. */
  | { readonly template: 'address-taken-back'; readonly whenIso: string; readonly network: string }
  /** To the address that an undo has given back to the account of before, about the account that had it since. */
  | {
      readonly template: 'address-reclaimed';
      readonly whenIso: string;
      readonly network: string;
      readonly username: string;
    }
  | { readonly template: 'account-deleted'; readonly whenIso: string }
  /** Tells an owner that guesses closed the sign-in, and carries the link that lets him in all the same. */
  | ({ readonly template: 'sign-in-locked'; readonly standing: LockStanding } & LockFacts & ExpiringLink)
  /** Tells an owner that somebody who knows the password guesses codes. */
  | ({ readonly template: 'second-factor-locked' } & LockFacts)
  /** Tells an owner that somebody guesses codes where one alone lets choose a password. */
  | ({ readonly template: 'recovery-locked' } & LockFacts)
  /** A password that is good for choosing a new one, once. */
  | { readonly template: 'temporary-password'; readonly password: string; readonly minutes: number }
  /** The link of `sign-in-locked`, asked for again. */
  | ({ readonly template: 'unlock' } & ExpiringLink)
  /** Tells an admin of one lock, with the link that lifts it for everybody. */
  | ({
      readonly template: 'lock-alert';
      readonly account: string;
      readonly guessed: GuessedFactor;
    } & LockFacts &
      ExpiringLink)
  /** Tells an admin of several locks at once. */
  | {
      readonly template: 'lock-digest';
      readonly count: number;
      readonly sinceIso: string;
      /** Of the console. */
      readonly link: string;
    };

/** What was guessed. */
export type GuessedFactor = 'secret' | 'second-factor' | 'recovery';

/** Whose attempts are refused. */
export type LockStanding = 'device' | 'session' | 'network' | 'stranger';

export interface LockFacts {
  readonly whenIso: string;
  readonly untilIso: string;
  /** Failed attempts in a row. */
  readonly failures: number;
  /** From where the latest came, ready to print. */
  readonly networks: string;
}

export interface ExpiringLink {
  readonly link: string;
  readonly validUntilIso: string;
}

/** Tells of a change of how somebody gets into an account, with a link that undoes it. */
export interface ChangeMessage<Template extends string> {
  readonly template: Template;
  readonly whenIso: string;
  readonly network: string;
  /** Whether the account's other sessions ended with it. */
  readonly hasSignedOut: boolean;
  /** Null: nothing that an undo could ask for. */
  readonly undoLink: string | null;
  /** What the undo asks for besides the link, as it was before the change. */
  readonly asksFor: 'password' | 'master-password';
  /** Until when the password counted that is asked for, where a mailed link has set another since. */
  readonly formerUntilIso: string | null;
  readonly days: number;
}

export type MailTemplateName = MailMessage['template'];

export type MessageOf<Name extends MailTemplateName> = Extract<MailMessage, { readonly template: Name }>;

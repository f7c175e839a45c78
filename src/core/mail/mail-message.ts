/** What a mail says, by template. Links and instants are ready to print; the words belong to the templates. */
export type MailMessage =
  /** Finishes a registration. */
  | { readonly template: 'activation'; readonly link: string; readonly hours: number }
  /** To the owner of an address that somebody tried to register again. */
  | { readonly template: 'account-exists'; readonly resetLink: string; readonly minutes: number }
  /** Lets the owner of the mailbox finish a registration with a password of their own. */
  | { readonly template: 'choose-password'; readonly link: string; readonly hours: number }
  /** Proves the address of an account that exists. */
  | { readonly template: 'verify-email'; readonly link: string; readonly hours: number }
  | { readonly template: 'password-reset'; readonly link: string; readonly minutes: number }
  | { readonly template: 'password-changed'; readonly whenIso: string; readonly network: string }
  | {
      readonly template: 'session-ended-by-reuse';
      readonly whenIso: string;
      readonly userAgent: string | null;
      readonly network: string;
    }
  | { readonly template: 'account-deleted'; readonly whenIso: string };

export type MailTemplateName = MailMessage['template'];

export type MessageOf<Name extends MailTemplateName> = Extract<MailMessage, { readonly template: Name }>;

import type { MailMessage, MailTemplateName, MessageOf } from '../mail-message';
import type { MailContent } from './mail-content';

/** Who the mail is from, as the reader knows it. */
export interface ServiceName {
  /** The display name of the sender, such as `Example Accounts`. */
  readonly name: string;
  /** Host of the public URL. */
  readonly host: string;
}

/** All templates in one language. A new template does not compile until every language has it. */
export interface MailLanguage {
  /** BCP 47, for the HTML. */
  readonly tag: string;
  readonly templates: {
    readonly [Name in MailTemplateName]: (message: MessageOf<Name>, service: ServiceName) => MailContent;
  };
  /** The last line of every mail. */
  readonly footer: (service: ServiceName) => string;
}

export function contentOf(language: MailLanguage, message: MailMessage, service: ServiceName): MailContent {
  const template = language.templates[message.template] as (message: MailMessage, service: ServiceName) => MailContent;
  return template(message, service);
}

import { Injectable } from '@nestjs/common';
import { Settings } from '../../config/settings';
import type { MailMessage } from './mail-message';
import { english } from './templates/english';
import { htmlLayout } from './templates/html-layout';
import { contentOf, type MailLanguage, type ServiceName } from './templates/mail-language';
import { textLayout } from './templates/text-layout';

export interface RenderedMail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** The first one serves whoever asked for none of the others. */
const LANGUAGES = [english] as const satisfies readonly MailLanguage[];

/** Puts a message into words. */
@Injectable()
export class MailRenderer {
  private readonly service: ServiceName;

  constructor(settings: Settings) {
    this.service = { name: displayNameOf(settings.mailFrom), host: new URL(settings.publicUrl).host };
  }

  /** In the language of `locale` (BCP 47), English where there is no other. */
  render(message: MailMessage, locale: string | null): RenderedMail {
    const language = languageFor(locale);
    const content = contentOf(language, message, this.service);
    const footer = language.footer(this.service);
    return {
      // a header: nothing in it may start another one
      subject: content.subject.replace(/[\p{C}\s]+/gu, ' ').trim(),
      text: textLayout(content, footer),
      html: htmlLayout(content, footer, language.tag),
    };
  }
}

function languageFor(locale: string | null): MailLanguage {
  const wanted = locale?.toLowerCase().split(/[-_]/)[0];
  return LANGUAGES.find(({ tag }) => tag === wanted) ?? LANGUAGES[0];
}

/** `Example Accounts <no-reply@example.org>` → `Example Accounts`. */
function displayNameOf(from: string): string {
  const name = /^\s*"?([^"<]*?)"?\s*</.exec(from)?.[1]?.trim();
  return name === undefined || name === '' ? 'Latchkey' : name;
}

import { Injectable } from '@nestjs/common';
import { Settings } from '../../config/settings';

/** The links that mails carry. Built from the public URL, never from a request. */
@Injectable()
export class MailedLinks {
  constructor(private readonly settings: Settings) {}

  activation(secret: string): string {
    return this.link('/activate', 'ticket', secret);
  }

  passwordReset(secret: string): string {
    return this.link('/reset-password', 'token', secret);
  }

  /** At the page that the settings name; the contracts that know one say how its link looks. */
  clientPasswordReset(secret: string): string {
    const page = this.settings.resetPasswordUrl;
    return `${page}${page.includes('?') ? '&' : '?'}token=${encodeURIComponent(secret)}`;
  }

  emailVerification(secret: string): string {
    return this.link('/verify-email', 'token', secret);
  }

  emailChange(secret: string): string {
    return this.link('/change-email', 'ticket', secret);
  }

  enrolment(secret: string): string {
    return this.link('/enrol', 'token', secret);
  }

  unlock(secret: string): string {
    return this.link('/unlock', 'token', secret);
  }

  /** Where admins see what is locked. */
  get console(): string {
    return `${this.settings.publicUrl}/admin`;
  }

  undo(secret: string): string {
    return this.link('/undo', 'token', secret);
  }

  private link(path: string, parameter: string, secret: string): string {
    return `${this.settings.publicUrl}${path}?${parameter}=${encodeURIComponent(secret)}`;
  }
}

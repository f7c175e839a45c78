import { PASSWORD, secretIn, type Service } from './account-client';
import { eventually } from './eventually';
import type { TestSmtpServer } from './smtp-server';

/** What became of a registration, as its client saw it. */
export interface Attempt {
  readonly email: string;
  /** Null: the connection broke before an answer. */
  readonly status: number | null;
}

export async function register(service: Service, email: string): Promise<Attempt> {
  try {
    const { status } = await service.post('/auth/register', { email, password: PASSWORD });
    return { email, status };
  } catch {
    return { email, status: null };
  }
}

/** The ticket of the newest activation mail to an address, there already or still to come. */
export async function mailedTicket(smtp: TestSmtpServer, email: string, deadlineMs = 60_000): Promise<string> {
  return eventually(() => {
    const mail = smtp.mails.findLast(({ to, text }) => to[0] === email && text.includes('/activate?'));
    return secretIn(mail?.text ?? '');
  }, deadlineMs);
}

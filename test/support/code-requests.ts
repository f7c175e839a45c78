import { forgetPassword, seal, validateOtp } from './sealed';
import type { TestApp } from './test-app';

interface CodeRequest {
  readonly challage: string;
  readonly code: string | null;
}

/** What somebody has who asks for codes to one address, and now and then gets a look at the mailbox. */
export class CodeRequests {
  private requests: CodeRequest[] = [];
  private tokens: string[] = [];
  private voided: { readonly requests: readonly CodeRequest[]; readonly tokens: readonly string[] } = {
    requests: [],
    tokens: [],
  };

  constructor(
    private readonly service: TestApp,
    readonly email: string,
  ) {}

  async ask(): Promise<void> {
    this.requests.push(await forgetPassword(this.service, this));
  }

  /** Turns a code into a one-time token. */
  async exchange(): Promise<void> {
    const { challage, code } = this.requests.at(-1) ?? { challage: '', code: null };
    if (code === null) return;
    const answer = await validateOtp(this.service, challage, code);
    if (answer.statusCode === 200) this.tokens.push(answer.json<{ uuid: string }>().uuid);
  }

  /** From now on nothing that was asked for until now may be good. */
  expectVoid(): void {
    this.voided = { requests: [...this.requests], tokens: [...this.tokens] };
  }

  /** What does not hold of that. */
  async findGood(): Promise<(readonly [string, boolean])[]> {
    let isAnyCodeGood = false;
    for (const { challage, code } of this.voided.requests) {
      const answer = await validateOtp(this.service, challage, code ?? '123456');
      isAnyCodeGood ||= answer.statusCode !== 401;
    }
    let isAnyTokenGood = false;
    for (const oneTimeToken of this.voided.tokens) {
      const body = { oneTimeToken, ...(await seal(this.service, 'what a token from before sets')) };
      isAnyTokenGood ||= (await this.service.post('/auth/reset-password', body)).statusCode !== 401;
    }
    return [
      ['a code from before is still good', isAnyCodeGood],
      ['a one-time token from before is still good', isAnyTokenGood],
    ];
  }
}

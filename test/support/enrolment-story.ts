import type { TestApp } from './test-app';
import { anIdentifier, cookiesOf, patch, vaultLogin, type VaultPerson } from './vault';

const STEPS = ['begins', 'proves', 'finishes'] as const;

export type EnrolmentStep = (typeof STEPS)[number];

export interface StepOf {
  readonly who: 0 | 1;
  readonly step: EnrolmentStep;
}

/** Every order in which two can take their three steps, each his own one after the other. */
export function stepsInEveryOrder(): StepOf[][] {
  const merge = (left: readonly StepOf[], right: readonly StepOf[]): StepOf[][] => {
    const [first, ...others] = left;
    const [second, ...rest] = right;
    if (!first || !second) return [[...left, ...right]];
    return [
      ...merge(others, right).map((tail) => [first, ...tail]),
      ...merge(left, rest).map((tail) => [second, ...tail]),
    ];
  };
  const stepsOf = (who: 0 | 1) => STEPS.map((step) => ({ who, step }));
  return merge(stepsOf(0), stepsOf(1));
}

/** One who enrols step by step, and reads his mail as soon as it is there. */
export class Enroller {
  readonly statuses: Partial<Record<EnrolmentStep, number>> = {};
  private cookies: Record<string, string> = {};
  private code = '000000';

  constructor(
    readonly person: VaultPerson,
    readonly verifier: string,
    /** The process that delivers mails. */
    private readonly mailbox: TestApp,
  ) {}

  async take(step: EnrolmentStep, service: TestApp): Promise<void> {
    if (step === 'begins') return this.begin(service);
    const [url, body] =
      step === 'proves'
        ? (['/api/auth/verif/otp', { otpCode: this.code }] as const)
        : (['/api/auth/verif/identifier', anIdentifier({ authVerifier: this.verifier })] as const);
    this.statuses[step] = (await patch(service, url, body, this.cookies)).statusCode;
  }

  async canSignIn(service: TestApp): Promise<boolean> {
    return (await vaultLogin(service, this.person, this.verifier)).statusCode === 200;
  }

  private async begin(service: TestApp): Promise<void> {
    const { username, email } = this.person;
    const before = await this.mailbox.mailsTo(email);
    const answer = await service.post('/api/auth', { username, email });
    this.statuses.begins = answer.statusCode;
    this.cookies = cookiesOf(answer);
    const [newest, ...others] = await this.mailbox.mailsTo(email);
    // an address in use gets a mail without a code
    if (others.length >= before.length) this.code = /^\d{6}$/m.exec(newest?.text ?? '')?.[0] ?? this.code;
  }
}

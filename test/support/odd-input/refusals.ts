import type { Response } from 'light-my-request';
import { claimsProblemOf } from '../claims';
import { luminaProblemOf } from '../lumina-problem';
import { problemOf } from '../problem';
import { sealedProblemOf } from '../sealed';
import { vaultProblemOf } from '../vault-problem';

export type Shape = 'native' | 'vault' | 'claims' | 'lumina' | 'sealed' | 'page';

interface Refusal {
  readonly status: number;
  readonly code: string;
}

/** How the refusals of each contract look: throws where one looks otherwise. */
const readers: Readonly<Record<Shape, (answer: Response) => Refusal>> = {
  native: problemOf,
  vault: vaultProblemOf,
  claims: claimsProblemOf,
  lumina: luminaProblemOf,
  sealed: sealedProblemOf,
  // the form again, saying what was wrong; what the form cannot mend is as any error of the default contract
  page: (answer) => {
    if (answer.headers['content-type'] !== 'text/html; charset=utf-8') return problemOf(answer);
    expect(answer.statusCode).toBe(400);
    expect(answer.headers['content-security-policy']).toContain("default-src 'none'");
    expect(answer.body).toContain('role="alert"');
    return { status: 400, code: 'form' };
  },
};

/** What an answer says, after looking at everything that every answer must keep to. Null where it refuses nothing. */
export function refusalIn(answer: Response, shape: Shape): Refusal | null {
  if (answer.statusCode >= 500) throw new Error(`${String(answer.statusCode)}: ${answer.body}`);
  expect(answer.headers['x-content-type-options']).toBe('nosniff');
  expect(answer.body).not.toMatch(/node_modules|QueryFailedError|FST_ERR|\bat \S+ \(/);
  return answer.statusCode >= 400 ? readers[shape](answer) : null;
}

/**
 * Who waits for a hash. `vouched`: known devices and holders of mailed tickets; `suspect`: networks that have failed
 * often of late; `ordinary`: everybody else.
 */
export type HashClass = 'vouched' | 'ordinary' | 'suspect';

export interface HashGrade {
  readonly class: HashClass;
  /** The caller's network; waiting room is shared fairly between networks. */
  readonly network: string;
}

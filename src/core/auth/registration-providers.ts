import type { Provider } from '@nestjs/common';
import { ImmediateAccounts } from './immediate-accounts.service';
import { ImmediateNames } from './immediate-names.service';
import { NewAccounts } from './new-accounts.service';
import { RegisterAtOnce } from './register-at-once.flow';
import { Register } from './register.flow';
import { RegistrationIntake } from './registration-intake.service';
import { RegistrationRecords } from './registration-records.service';
import { UnprovedAccounts } from './unproved-accounts.service';

/** Of registrations, with an activation or without. */
export const registrationFlows = [Register, RegisterAtOnce] satisfies Provider[];

export const registrationServices = [
  ImmediateAccounts,
  ImmediateNames,
  NewAccounts,
  RegistrationIntake,
  RegistrationRecords,
  UnprovedAccounts,
] satisfies Provider[];

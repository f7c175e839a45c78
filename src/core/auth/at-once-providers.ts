import type { Provider } from '@nestjs/common';
import { ImmediateAccounts } from './immediate-accounts.service';
import { ImmediateNames } from './immediate-names.service';
import { UnprovedAccounts } from './unproved-accounts.service';

/** Of accounts that are made before their address is proved. */
export const atOnceServices = [ImmediateAccounts, ImmediateNames, UnprovedAccounts] satisfies Provider[];

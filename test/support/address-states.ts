import { aPerson, anAccount, register, signIn, type Person } from './accounts';
import { startTestApp, type TestApp } from './test-app';
import { aVaultPerson, enrol, enrolAndProve } from './vault';

/** Everything an address can be to the service. */
export const addressStates = [
  'unknown',
  'proved',
  'pending',
  'pending twice',
  'enrolling',
  'enrolled halfway',
  'disabled',
  'unproved',
  'unproved and in use',
  'without a password',
  'deleted',
] as const;

export type AddressState = (typeof addressStates)[number];

/** Brings new addresses into each state. Closes what it needed for that. */
export async function addressesInEveryState(
  service: TestApp & { readonly dataDir: string },
): Promise<Record<AddressState, Person>> {
  const { database, clock, dataDir } = service;
  // where accounts are made at once, their addresses unproved
  const automatic = await startTestApp({ database, clock, dataDir, environment: { AUTO_ACTIVATE: 'true' } });
  const inSql = (sql: string, { email }: Person) => database.dataSource.query(sql, [email]);
  const make: Record<AddressState, (person: Person) => Promise<unknown>> = {
    unknown: () => Promise.resolve(),
    proved: (person) => anAccount(service, person),
    pending: (person) => register(service, person),
    'pending twice': async (person) => {
      await register(service, person);
      await register(service, { ...person, password: 'somebody else’s' });
    },
    enrolling: ({ email }) => enrol(service, aVaultPerson({ email })),
    'enrolled halfway': ({ email }) => enrolAndProve(service, aVaultPerson({ email })),
    disabled: async (person) => {
      await anAccount(service, person);
      await inSql('UPDATE users SET disabled_at = now() WHERE email = $1', person);
    },
    unproved: (person) => register(automatic, person),
    'unproved and in use': async (person) => {
      await register(automatic, person);
      await signIn(automatic, person);
    },
    'without a password': async (person) => {
      await anAccount(service, person);
      await inSql('DELETE FROM credentials WHERE user_id = (SELECT id FROM users WHERE email = $1)', person);
    },
    deleted: async (person) => {
      await anAccount(service, person);
      const headers = { authorization: `Bearer ${(await signIn(service, person)).access}` };
      await service.post('/auth/delete', undefined, headers);
    },
  };
  const people = {} as Record<AddressState, Person>;
  for (const state of addressStates) {
    people[state] = aPerson();
    await make[state](people[state]);
    await service.mailsTo(people[state].email);
  }
  await automatic.close();
  return people;
}

import { aPerson, anAccount, bearer, newestTicket, register, resetTicket, signIn } from '../accounts';
import { emailTicket, undosIn } from '../takeover';
import type { TestApp } from '../test-app';
import { aVaultPerson, cookieHeader, enrol } from '../vault';
import type { OddRoute } from './odd-route';
import { unlockToken } from './vault-routes';

async function anUndo(service: TestApp) {
  const person = await anAccount(service);
  const headers = bearer(await signIn(service, person));
  const body = { old_password: person.password, new_password: 'what was chosen next' };
  await service.post('/auth/change-password/change', body, headers);
  return { person, token: (await undosIn(service, person.email))[0] ?? '' };
}

async function enrolmentLink(service: TestApp) {
  const person = aVaultPerson();
  const headers = cookieHeader(await enrol(service, person));
  const [token] = (await service.mailsTo(person.email)).flatMap(
    ({ text }) => /\/enrol\?token=(\S+)/.exec(text)?.[1] ?? [],
  );
  return { headers, body: { token: decodeURIComponent(token ?? '') } };
}

const NEW = 'chosen e\u0301 🔑 now';

type PageRoute = Omit<OddRoute, 'shape'>;

const routes: readonly PageRoute[] = [
  {
    route: 'POST /activate',
    fields: { ticket: 'ticket', password: 'secret' },
    aim: async (service) => {
      const person = aPerson();
      await register(service, person);
      return { body: { ticket: await newestTicket(service, person, 'activate'), password: person.password } };
    },
  },
  {
    route: 'POST /change-email',
    fields: { ticket: 'ticket', password: 'secret' },
    aim: async (service) => {
      const person = await anAccount(service);
      const ticket = await emailTicket(service, await signIn(service, person), aPerson().email);
      return { body: { ticket, password: person.password } };
    },
  },
  { route: 'POST /enrol', fields: { token: 'ticket' }, aim: enrolmentLink },
  {
    route: 'POST /reset-password',
    fields: { token: 'ticket', forget_devices: 'secret' },
    aim: async (service) => {
      const token = await resetTicket(service, await anAccount(service));
      return { body: { token, password: NEW, password_again: NEW, forget_devices: 'yes' } };
    },
  },
  {
    route: 'POST /undo',
    fields: { token: 'ticket', former_password: 'secret' },
    aim: async (service) => {
      const { person, token } = await anUndo(service);
      return { body: { token, former_password: person.password, password: NEW, password_again: NEW } };
    },
  },
  {
    route: 'POST /unlock',
    fields: { token: 'ticket' },
    aim: async (service) => ({ body: { token: await unlockToken(service) } }),
  },
  {
    route: 'POST /verify-email',
    fields: { token: 'ticket', password: 'secret' },
    aim: async (service) => {
      const { email, password } = aPerson();
      await service.post('/api/v1/register', { email, password, username: email.replace('@', '-at-') });
      return { body: { token: await newestTicket(service, { email }, 'verify-email'), password } };
    },
  },
];

export const pageRoutes: readonly OddRoute[] = routes.map((route) => ({ ...route, shape: 'page' }));

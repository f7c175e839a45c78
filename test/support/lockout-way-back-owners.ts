import { ResetLinks } from '../../src/core/auth/mails/reset-links.service';
import { UnlockLinks } from '../../src/core/auth/mails/unlock-links.service';
import { Tickets } from '../../src/core/ticket/tickets.service';
import { Database } from '../../src/database/database.service';
import { addSeconds } from '../../src/kernel/clock';
import { aPerson, anAccount, bearer, expectStatus, logIn, register, signIn, type Person } from './accounts';
import { CAFE, device, from, guess, HOME, pressUnlock, TRAIN } from './lockout-way-back';
import type { TestApp } from './test-app';

/** What an owner does, again and again, while strangers guess. Mails are not waited for: their links are drawn at once. */
type OwnersAct = (owner: MeanwhileOwner) => Promise<unknown>;

/** Somebody who lives with his account while strangers guess at it. */
export class MeanwhileOwner {
  private times = 0;

  constructor(
    readonly service: TestApp,
    readonly person: Person,
    private readonly act: OwnersAct,
    private password: string,
  ) {}

  get round(): number {
    return this.times;
  }

  async live(): Promise<void> {
    this.times += 1;
    await this.act(this);
  }

  get now(): Person {
    return { ...this.person, password: this.password };
  }

  signIn(headers = from(HOME)) {
    return signIn(this.service, this.now, headers);
  }

  async changePassword(more: object = {}): Promise<void> {
    const tokens = await this.signIn();
    const body = { old_password: this.password, new_password: this.nextPassword(), ...more };
    expectStatus(await this.service.post('/auth/change-password/change', body, from(HOME, bearer(tokens))), 204);
    this.password = body.new_password;
  }

  async reset(more: object = {}): Promise<void> {
    const { email } = this.person;
    const link = await this.get(ResetLinks).draw(this.pool, { userId: await this.id(), subject: email, email });
    const ticket = new URL(link).searchParams.get('token');
    const body = { ticket, new_password: this.nextPassword(), ...more };
    expectStatus(await this.service.post('/auth/change-password/change', body, from(CAFE)), 204);
    this.password = body.new_password;
  }

  async unlock(): Promise<void> {
    const until = addSeconds(this.service.clock.now(), 86_400);
    const { link } = await this.get(UnlockLinks).drawOwners(this.pool, (await this.id()) ?? '', until);
    expectStatus(await pressUnlock(this.service, new URL(link).searchParams.get('token') ?? '', from(CAFE)), 200);
  }

  /** Proves the address that he has registered. */
  async activate(): Promise<void> {
    const ticket = await this.ticketOf('activate', this.person.email);
    expectStatus(await this.service.post('/auth/activate', { ticket }, from(HOME)), 204);
  }

  async moveTo(email: string): Promise<void> {
    const headers = from(HOME, bearer(await this.signIn()));
    expectStatus(await this.service.post('/auth/change-email/request', { new_email: email }, headers), 204);
    const ticket = await this.ticketOf('change-email', email);
    expectStatus(await this.service.post('/auth/change-email/change', { ticket }, headers), 204);
  }

  async forgetEveryDevice(): Promise<void> {
    const headers = from(HOME, bearer(await this.signIn()));
    const list = await this.service.get('/auth/devices', headers);
    for (const { id } of list.json<{ id: string }[]>()) {
      expectStatus(await this.service.inject({ method: 'DELETE', url: `/auth/devices/${id}`, headers }), 204);
    }
  }

  inSql(sql: string): Promise<unknown> {
    return this.service.database.dataSource.query(sql, [this.person.email]);
  }

  private async ticketOf(purpose: string, subject: string): Promise<string> {
    const [ticket] = await this.service.database.dataSource.query<{ id: string }[]>(
      `SELECT id FROM tickets WHERE purpose = $1 AND subject = $2`,
      [purpose, subject],
    );
    return (await this.get(Tickets).draw(this.pool, ticket?.id ?? '', 3600)) ?? '';
  }

  private async id(): Promise<string | null> {
    const rows = (await this.inSql('SELECT id FROM users WHERE email = $1')) as { id: string }[];
    return rows[0]?.id ?? null;
  }

  private get pool() {
    return this.get(Database).pool;
  }

  private get<T>(type: new (...args: never[]) => T): T {
    return this.service.app.get<T>(type, { strict: false });
  }

  private nextPassword(): string {
    return `the password of round ${String(this.times)}`;
  }
}

const first =
  (act: OwnersAct): OwnersAct =>
  (owner) =>
    owner.round === 1 ? act(owner) : Promise.resolve();
const second =
  (act: OwnersAct): OwnersAct =>
  (owner) =>
    owner.round === 2 ? act(owner) : Promise.resolve();

/** What owners of accounts do. Those of strangers' networks are as strangers, but right. */
const ownersActs: Readonly<Record<string, OwnersAct>> = {
  'signs in from a known network': (owner) => owner.signIn(),
  'signs in from a known device': async (owner) => owner.signIn(from(TRAIN, device(await owner.signIn()))),
  'signs in from a strange network, or is refused there': async (owner) => {
    await logIn(owner.service, owner.now, from(`203.0.113.${String(100 + owner.round)}`));
    const { username, password } = owner.now;
    const body = { username, password };
    await owner.service.post('/auth/login', body, from(`203.0.113.${String(200 + owner.round)}`));
  },
  'mistypes at home until his own network is locked': async (owner) => {
    for (let failures = 0; failures < 11; failures += 1) await guess(owner.service, owner.person, from(HOME));
  },
  'changes his password': (owner) => owner.changePassword(),
  'changes it and forgets all devices': first((owner) => owner.changePassword({ forget_devices: true })),
  'resets his password': (owner) => owner.reset(),
  'resets it and forgets all devices': (owner) => owner.reset({ forget_devices: true }),
  'opens an unlock link': (owner) => owner.unlock(),
  'forgets every device and network one by one': first((owner) => owner.forgetEveryDevice()),
  'is disabled': second((owner) => owner.inSql('UPDATE users SET disabled_at = now() WHERE email = $1')),
  'moves to another address': second((owner) => owner.moveTo(aPerson().email)),
  'deletes the account': second(async (owner) => {
    const headers = from(HOME, bearer(await owner.signIn()));
    expectStatus(await owner.service.post('/auth/delete', undefined, headers), 204);
  }),
};

/** One for each of `ownersActs`, and some whose address gets its account only meanwhile. */
export async function ownersMeanwhile(
  service: TestApp,
  traitsOf: (index: number) => Partial<Person> = () => ({}),
): Promise<Record<string, MeanwhileOwner>> {
  const owners: Record<string, MeanwhileOwner> = {};
  let index = 0;
  for (const [what, act] of Object.entries(ownersActs)) {
    index += 1;
    const person = await anAccount(service, traitsOf(index));
    const owner = new MeanwhileOwner(service, person, act, person.password);
    await owner.signIn();
    owners[`whose owner ${what}`] = owner;
  }
  const [pending, unknown] = [aPerson(), aPerson()];
  await register(service, pending);
  const activates = second((owner) => owner.activate());
  owners['activated meanwhile'] = new MeanwhileOwner(service, pending, activates, pending.password);
  const registers: OwnersAct = async (owner) => {
    if (owner.round === 1) expectStatus(await service.post('/auth/register', unknown, from(HOME)), 204);
    else await activates(owner);
  };
  owners['registered and activated meanwhile'] = new MeanwhileOwner(service, unknown, registers, unknown.password);
  return owners;
}

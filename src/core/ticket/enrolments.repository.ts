import { Injectable } from '@nestjs/common';
import { statement, type Tx } from '../../database/database.service';
import { canonicalIdentifier } from '../../kernel/canonical';
import { addSeconds, Clock, MINUTE_SECONDS } from '../../kernel/clock';
import { Tickets } from './tickets.service';

export interface NewEnrolment {
  readonly email: string;
  readonly username: string;
  readonly lifeSeconds: number;
}

export interface Enrolment {
  readonly id: string;
  /** The address in canonical form. */
  readonly address: string;
  readonly email: string;
  readonly username: string;
  /** When its mailbox was proved; null: not yet. */
  readonly provedAt: Date | null;
  /** Another proof of its address has overtaken it, or it is finished: it leads nowhere. Nobody must be able to tell. */
  readonly isVoid: boolean;
  /** Among those that want the same username: who proved earlier has the lower one. 0: not proved yet. */
  readonly provedRank: number;
  /** When codes were asked for, the latest last. */
  readonly askedAt: readonly Date[];
}

/** On what grounds somebody wants a username. */
export interface UsernameClaim {
  /** The address, in canonical form, that the claimant has proved by this: enrolments of it are his own, or void. Null: none. */
  readonly provedAddress: string | null;
  /** As an enrolment has it. Undefined: whoever has proved a mailbox so far was earlier. */
  readonly provedRank?: number | undefined;
}

interface EnrolmentRow {
  readonly id: string;
  readonly address: string;
  readonly isVoid: boolean;
  readonly payload: {
    readonly email: string;
    readonly username: string;
    readonly provedAt?: string;
    readonly provedRank?: number;
    readonly askedAt: readonly string[];
  };
}

/** How long a proof keeps address and username for its enrolment's last step, which follows it at once. */
const PROOF_KEPT_SECONDS = 15 * MINUTE_SECONDS;

const OPEN = `purpose = 'enrol' AND consumed_at IS NULL`;

/**
 * Registrations that take several steps: a ticket that its client names by a token. It holds neither address nor username
 * until its mailbox is proved.
 */
@Injectable()
export class Enrolments {
  constructor(
    private readonly clock: Clock,
    private readonly tickets: Tickets,
  ) {}

  /** Returns the id. */
  issue(tx: Tx, { email, username, lifeSeconds }: NewEnrolment): Promise<string> {
    const askedAt = [this.clock.now().toISOString()];
    return this.tickets.issue(tx, {
      purpose: 'enrol',
      subject: canonicalIdentifier(email),
      payload: { email, username, wantedUsername: canonicalIdentifier(username), askedAt },
      waitSeconds: lifeSeconds,
    });
  }

  /** The enrolment, open or void, until it expires; locked until the transaction ends. */
  async hold(tx: Tx, id: string): Promise<Enrolment | null> {
    const { rows } = await statement<EnrolmentRow>(
      tx,
      `SELECT id, subject AS address, consumed_at IS NOT NULL AS "isVoid", payload FROM tickets
       WHERE id = $1 AND purpose = 'enrol' AND expires_at > $2 FOR UPDATE`,
      [id, this.clock.now()],
    );
    const [row] = rows;
    if (!row) return null;
    const { email, username, provedAt, provedRank = 0, askedAt } = row.payload;
    return {
      id: row.id,
      address: row.address,
      isVoid: row.isVoid,
      email,
      username,
      provedAt: provedAt === undefined ? null : new Date(provedAt),
      provedRank,
      askedAt: askedAt.map((iso) => new Date(iso)),
    };
  }

  async void(tx: Tx, id: string): Promise<void> {
    await this.tickets.spend(tx, id);
  }

  /** Notes that another code was asked for; `kept` instants are remembered. */
  async noteAsked(tx: Tx, { id, askedAt }: Enrolment, kept: number): Promise<void> {
    const instants = [...askedAt, this.clock.now()].slice(-kept).map((instant) => instant.toISOString());
    await statement(
      tx,
      `UPDATE tickets SET payload = payload || jsonb_build_object('askedAt', $2::jsonb) WHERE id = $1`,
      [id, JSON.stringify(instants)],
    );
  }

  /**
   * The mailbox is proved: every other ticket about the address is void, and the username is this enrolment's for
   * a while. Its first proof counts, whatever of its mail is used later. Call with the names of address and wanted username
   * locked: who comes first is decided by rank, not by clocks, which differ between processes.
   */
  async prove(tx: Tx, { id, address, username }: Enrolment): Promise<void> {
    await statement(
      tx,
      `UPDATE tickets SET payload = payload || jsonb_build_object('provedAt', $2::text, 'provedRank', 1 + (
         SELECT coalesce(max((rival.payload ->> 'provedRank')::int), 0) FROM tickets AS rival
         WHERE rival.payload ->> 'wantedUsername' = $3 AND rival.purpose = 'enrol'))
       WHERE id = $1 AND payload ->> 'provedAt' IS NULL`,
      [id, this.clock.now().toISOString(), canonicalIdentifier(username)],
    );
    await this.tickets.voidBySubject(tx, address, id);
  }

  /** Whether another open enrolment of this address has just proved its mailbox. Call with the address's name locked. */
  async isProvedByAnother(tx: Tx, { id, address }: Enrolment): Promise<boolean> {
    const { rows } = await statement(
      tx,
      `SELECT 1 FROM tickets WHERE subject = $1 AND ${OPEN} AND expires_at > $2 AND id <> $3
         AND payload ->> 'provedAt' > $4 LIMIT 1`,
      [address, this.clock.now(), id, this.proofsCountFrom()],
    );
    return rows.length > 0;
  }

  /** Whether an enrolment has proved its mailbox before the claimant did and waits for this username. Call with it locked. */
  async isUsernameKept(tx: Tx, username: string, { provedAddress, provedRank }: UsernameClaim): Promise<boolean> {
    const { rows } = await statement(
      tx,
      `SELECT 1 FROM tickets WHERE payload ->> 'wantedUsername' = $1 AND ${OPEN} AND expires_at > $2
         AND subject IS DISTINCT FROM $3 AND payload ->> 'provedAt' > $4
         AND ($5::int IS NULL OR (payload ->> 'provedRank')::int < $5) LIMIT 1`,
      [canonicalIdentifier(username), this.clock.now(), provedAddress, this.proofsCountFrom(), provedRank ?? null],
    );
    return rows.length > 0;
  }

  /** So that who lost his cookie, or never meant to finish, stands in nobody's way for longer. ISO 8601, as it is stored. */
  private proofsCountFrom(): string {
    return addSeconds(this.clock.now(), -PROOF_KEPT_SECONDS).toISOString();
  }
}

import { Injectable } from '@nestjs/common';

/** Tells the worker of this process that a mail was written. Nobody depends on it: the worker looks every second. */
@Injectable()
export class MailWakeups {
  private readonly listeners = new Set<() => void>();

  onRing(listener: () => void): void {
    this.listeners.add(listener);
  }

  ring(): void {
    for (const listener of this.listeners) listener();
  }
}

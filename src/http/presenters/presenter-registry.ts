import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { ErrorPresenter, PresentedRequest } from './error-presenter';

/** Where each contract says, when its module starts, how its errors look. */
@Injectable()
export class PresenterRegistry implements OnApplicationBootstrap {
  private readonly presenters: ErrorPresenter[] = [];
  private fallback: ErrorPresenter | null = null;

  /** `isDefault`: also shows the errors of requests that no contract owns. There is exactly one such presenter. */
  register(presenter: ErrorPresenter, options: { readonly isDefault?: boolean } = {}): void {
    if (this.presenters.some(({ name }) => name === presenter.name)) {
      throw new Error(`a presenter named ${presenter.name} is registered already`);
    }
    this.presenters.push(presenter);
    if (options.isDefault !== true) return;
    if (this.fallback) throw new Error(`${this.fallback.name} is the default presenter already`);
    this.fallback = presenter;
  }

  /** The presenter whose contract the request speaks; presenters are asked in the order they registered, the default last. */
  presenterFor(request: PresentedRequest): ErrorPresenter {
    const others = this.presenters.filter((presenter) => presenter !== this.fallback);
    return others.find((presenter) => presenter.owns(request)) ?? this.getDefault();
  }

  getDefault(): ErrorPresenter {
    if (!this.fallback) throw new Error('no default presenter is registered');
    return this.fallback;
  }

  /** A service without a default presenter would answer unknown paths in nobody's shape: it does not start. */
  onApplicationBootstrap(): void {
    this.getDefault();
  }
}

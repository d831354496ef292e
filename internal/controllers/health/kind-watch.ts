// The informers of one watched kind, one for each namespace or one for all of them, as long as the cluster has the kind. What
// they see goes on as records; when the kind goes, so does everything of it, for nobody will say so any more. Whether the
// cluster has it is asked elsewhere.
import type { KubernetesObject, Resource } from '../../../pkg/kubernetes/cluster.ts';
import { createInformer, type Informer } from '../../../pkg/kubernetes/informer.ts';
import { withRightsHint } from '../../../pkg/kubernetes/rights.ts';
import { scopesOf, type WatchDeps } from '../scopes.ts';

export interface KindWatchOptions<T> {
  resource: Resource;
  /** May throw for an object that makes no sense. */
  project(object: KubernetesObject): T;
  onChange(previous: T | undefined, next: T | undefined): void;
}

export class KindWatch<T> {
  readonly #deps: WatchDeps;
  readonly #options: KindWatchOptions<T>;
  #informers: Array<Informer<T>> = [];
  /** The API server's words, by namespace. */
  readonly #refusals = new Map<string, string>();
  readonly #silences = new Map<string, string>();

  constructor(deps: WatchDeps, options: KindWatchOptions<T>) {
    this.#deps = deps;
    this.#options = options;
  }

  get running(): boolean {
    return this.#informers.length > 0;
  }

  /** Whether everything of it was listed once. */
  get synced(): boolean {
    return this.running && this.#informers.every((informer) => informer.synced);
  }

  /** Why it cannot be seen, as far as the API server says so. */
  get refusal(): string | undefined {
    return this.#refusals.values().next().value;
  }

  /** Why there is no news of it: what was seen before may be different by now. */
  get silence(): string | undefined {
    return this.#silences.values().next().value;
  }

  start(): void {
    if (this.running) return;
    this.#informers = scopesOf(this.#deps).map((namespace) => this.#informer(namespace));
    for (const informer of this.#informers) informer.start();
  }

  async stop(): Promise<void> {
    const stopping = this.#informers;
    this.#informers = [];
    this.#refusals.clear();
    this.#silences.clear();
    await Promise.all(stopping.map((informer) => informer.stop()));
    for (const informer of stopping) for (const record of informer.values()) this.#options.onChange(record, undefined);
  }

  #informer(namespace: string | undefined): Informer<T> {
    const { namespaces: _all, ...deps } = this.#deps;
    const { resource, project, onChange } = this.#options;
    const scope = namespace ?? '';
    return createInformer<T>({
      ...deps,
      ...(namespace === undefined ? {} : { namespace }),
      ...{ resource, project },
      handlers: {
        onChange: (_key, previous, next) => onChange(previous, next),
        onReachable: () => {
          this.#refusals.delete(scope);
          this.#silences.delete(scope);
        },
        onUnreachable: (message) => this.#silences.set(scope, message),
        onRefused: (message) => this.#refusals.set(scope, withRightsHint(message, 'health')),
      },
    });
  }
}

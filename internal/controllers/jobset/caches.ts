// What the controller sees of the cluster: JobSets, the Jobs that JobSets control, and which Services there are, in one
// namespace each or in all of them. It tells which JobSet a change is about, and nothing else.

import { jobsResource, type KubernetesObject, type Resource } from '../../../pkg/kubernetes/cluster.ts';
import { text } from '../../../pkg/kubernetes/conditions.ts';
import { createInformer, type Informer } from '../../../pkg/kubernetes/informer.ts';
import { jobSetsResource } from '../../../pkg/kubernetes/jobset-installation.ts';
import { controllerReference } from '../../../pkg/kubernetes/owner.ts';
import { jobSetKind } from '../../../pkg/models/index.ts';
import { scopesOf, type WatchDeps } from '../scopes.ts';
import { type ChildJob, childJob } from './child-jobs.ts';
import { servicesResource } from './network.ts';
import { type JobSetRecord, jobSetRecord } from './records.ts';

export interface CacheHandlers {
  jobSet(key: string, previous: JobSetRecord | undefined, next: JobSetRecord | undefined): void;
  job(previous: ChildJob | undefined, next: ChildJob | undefined): void;
  service(key: string, previous: ServiceRecord | undefined, next: ServiceRecord | undefined): void;
  synced(): void;
}

export interface ServiceRecord {
  /** `<namespace>/<name>` of the JobSet that controls it. */
  owner?: string;
}

export class Caches {
  readonly #deps: WatchDeps;
  readonly #jobSets: Array<Informer<JobSetRecord>>;
  readonly #jobs: Array<Informer<ChildJob | undefined>>;
  readonly #services: Array<Informer<ServiceRecord>>;

  constructor(deps: WatchDeps, handlers: CacheHandlers) {
    this.#deps = deps;
    const onSynced = (): void => {
      if (this.synced) handlers.synced();
    };
    this.#jobSets = this.#informers({
      resource: jobSetsResource,
      project: jobSetRecord,
      handlers: { onChange: handlers.jobSet.bind(handlers), onSynced },
    });
    this.#jobs = this.#informers<ChildJob | undefined>({
      resource: jobsResource,
      project: childJob,
      indexBy: (job) => job?.owner.uid,
      handlers: { onChange: (_key, previous, next) => handlers.job(previous, next), onSynced },
    });
    this.#services = this.#informers({
      resource: servicesResource,
      project: serviceRecord,
      handlers: { onChange: handlers.service.bind(handlers), onSynced },
    });
  }

  /** Whether everything was listed once: before, nothing can be missed. */
  get synced(): boolean {
    return this.#all().every((informer) => informer.synced);
  }

  start(): void {
    for (const informer of this.#all()) informer.start();
  }

  async stop(): Promise<void> {
    await Promise.all(this.#all().map((informer) => informer.stop()));
  }

  jobSet(key: string): JobSetRecord | undefined {
    return this.#jobSets.map((informer) => informer.get(key)).find((found) => found !== undefined);
  }

  /** Of the JobSet with this uid. */
  jobs(owner: string): ChildJob[] {
    return this.#jobs.flatMap((informer) => informer.byIndex(owner)).filter((job) => job !== undefined);
  }

  hasService(key: string): boolean {
    return this.#services.some((informer) => informer.get(key) !== undefined);
  }

  #all(): Array<Informer<unknown>> {
    return [...this.#jobSets, ...this.#jobs, ...this.#services];
  }

  #informers<T>(options: {
    resource: Resource;
    project(object: KubernetesObject): T;
    indexBy?(record: T): string | undefined;
    handlers: Parameters<typeof createInformer<T>>[0]['handlers'];
  }): Array<Informer<T>> {
    const { namespaces: _all, ...deps } = this.#deps;
    return scopesOf(this.#deps).map((namespace) =>
      createInformer<T>({ ...deps, ...(namespace === undefined ? {} : { namespace }), ...options }),
    );
  }
}

function serviceRecord({ metadata }: KubernetesObject): ServiceRecord {
  const owner = controllerReference(metadata);
  const name = owner?.kind === jobSetKind ? text(owner.name) : undefined;
  return name ? { owner: `${metadata.namespace ?? ''}/${name}` } : {};
}

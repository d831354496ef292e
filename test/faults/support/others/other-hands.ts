// What people and controllers beside kubejobs do on the cluster, as its administrator and past the proxy.
import { type ApiAccess, apiObject, apiRequest } from '../../../cluster/harness/api-request.ts';
import { waitFor } from '../../../cluster/harness/wait.ts';

export type Propagation = 'Background' | 'Foreground' | 'Orphan';

/** Where a Job or a pod is. */
export interface Place {
  namespace: string;
  name: string;
}

interface Seen {
  metadata: { name: string; uid: string; labels?: Record<string, string>; deletionTimestamp?: string };
  spec: object;
  status?: { phase?: string; conditions?: Array<{ type: string; status: string }> };
}

let namespaces = 0;

export class OtherHands {
  readonly #access: ApiAccess;

  constructor(access: ApiAccess) {
    this.#access = access;
  }

  async makeNamespace(): Promise<string> {
    namespaces += 1;
    const name = `others${process.pid}-${namespaces}`;
    await this.make('/api/v1/namespaces', { metadata: { name } });
    return name;
  }

  async read<T>(path: string): Promise<T> {
    return await apiObject<T>(this.#access, 'GET', path);
  }

  async make(path: string, body: object): Promise<void> {
    await apiObject(this.#access, 'POST', path, body);
  }

  async remove(path: string): Promise<void> {
    await apiObject(this.#access, 'DELETE', path);
  }

  /** Puts something into the namespace that keeps it from being gone, until `letNamespaceGo`. */
  async holdNamespace(namespace: string): Promise<void> {
    const metadata = { name: 'holds', finalizers: ['example.org/holds'] };
    await this.make(`/api/v1/namespaces/${namespace}/configmaps`, { metadata });
  }

  async letNamespaceGo(namespace: string): Promise<void> {
    const path = `/api/v1/namespaces/${namespace}/configmaps/holds`;
    await apiObject(this.#access, 'PATCH', path, { metadata: { finalizers: null } });
  }

  async job(place: Place): Promise<Seen | undefined> {
    const { status, text } = await apiRequest(this.#access, 'GET', jobPath(place));
    return status === 200 ? (JSON.parse(text) as Seen) : undefined;
  }

  async patchJob(place: Place, body: object): Promise<void> {
    await apiObject(this.#access, 'PATCH', jobPath(place), body);
  }

  /** Accepted, not yet gone. */
  async deleteJob(place: Place, propagation: Propagation): Promise<void> {
    await this.remove(`${jobPath(place)}?propagationPolicy=${propagation}`);
  }

  async jobIsGone(place: Place): Promise<void> {
    await this.gone(jobPath(place));
  }

  /** Resolves when the API server has it as complete or failed. */
  async jobHasEnded(place: Place): Promise<void> {
    await waitFor(`${place.name} to end`, async () => {
      const conditions = (await this.job(place))?.status?.conditions ?? [];
      return conditions.some(({ type, status }) => status === 'True' && (type === 'Complete' || type === 'Failed'));
    });
  }

  /** The first pod of the Job, once it has this phase. */
  podOf({ namespace, name }: Place, phase: string): Promise<Place> {
    const path = `/api/v1/namespaces/${namespace}/pods?labelSelector=batch.kubernetes.io/job-name=${name}`;
    return waitFor(`a pod of ${name} that is ${phase}`, async () => {
      const { items } = await apiObject<{ items: Seen[] }>(this.#access, 'GET', path);
      const found = items.find(({ status }) => status?.phase === phase);
      return found && { namespace, name: found.metadata.name };
    });
  }

  async patchPod(place: Place, body: object): Promise<void> {
    await apiObject(this.#access, 'PATCH', podPath(place), body);
  }

  async deletePod(place: Place): Promise<void> {
    await this.remove(podPath(place));
  }

  async evictPod(place: Place): Promise<void> {
    await this.make(`${podPath(place)}/eviction`, { apiVersion: 'policy/v1', kind: 'Eviction', metadata: place });
  }

  /** A pod that runs for ever succeeds. */
  async endPodOf(job: Place): Promise<void> {
    await this.patchPod(await this.podOf(job, 'Running'), {
      metadata: { labels: { 'test.kubejobs.io/fate': 'succeed' } },
    });
  }

  async gone(path: string): Promise<void> {
    const isGone = async (): Promise<boolean> => (await apiRequest(this.#access, 'GET', path)).status === 404;
    await waitFor(`${path} to be gone`, isGone, { timeoutMs: 30_000 });
  }
}

function jobPath({ namespace, name }: Place): string {
  return `/apis/batch/v1/namespaces/${namespace}/jobs/${name}`;
}

function podPath({ namespace, name }: Place): string {
  return `/api/v1/namespaces/${namespace}/pods/${name}`;
}

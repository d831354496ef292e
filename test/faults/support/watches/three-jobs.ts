// The subject of a trial with watches: three running jobs, of which one ends, one has its Job deleted by somebody else,
// and one goes on until it is cancelled. What the program then says of them must be true, and come in time.
import { type ApiAccess, apiObject } from '../../../cluster/harness/api-request.ts';
import { waitFor } from '../../../cluster/harness/wait.ts';
import type { JobDocument, TestQueue } from '../../../cluster/support/queue.ts';
import { endlessJob } from '../cluster-side/proxied-queue.ts';

export class ThreeJobs {
  readonly #queue: TestQueue;
  readonly #access: ApiAccess;
  readonly #ids: [string, string, string];

  /** Resolves when all three are seen running. */
  static async start(queue: TestQueue, access: ApiAccess, name: string): Promise<ThreeJobs> {
    const submit = (what: string): Promise<string> => queue.submit(endlessJob(`${name}-${what}`));
    const ids: [string, string, string] = [await submit('ends'), await submit('deleted'), await submit('goes-on')];
    for (const id of ids) await queue.jobWhen(id, (job) => job.state === 'running' && job.reason === undefined);
    return new ThreeJobs(queue, access, ids);
  }

  constructor(queue: TestQueue, access: ApiAccess, ids: [string, string, string]) {
    this.#queue = queue;
    this.#access = access;
    this.#ids = ids;
  }

  /** On the API server itself; resolves when both are true there. */
  async change(): Promise<void> {
    const [ends, deleted] = this.#ids;
    await this.#endPods(ends);
    const gone = (await this.#queue.job(deleted)).workload?.name ?? '';
    await this.#ask('DELETE', `/apis/batch/v1/NS/jobs/${gone}?propagationPolicy=Background`);
    const ended = (await this.#queue.job(ends)).workload?.name ?? '';
    type Ended = { status: { conditions?: Array<{ type: string; status: string }> } };
    await waitFor('the Job to be complete on the API server', async () => {
      const { status } = (await this.#ask('GET', `/apis/batch/v1/NS/jobs/${ended}`)) as Ended;
      return (status.conditions ?? []).some((one) => one.type === 'Complete' && one.status === 'True');
    });
  }

  /** Whether the program knows of both changes. */
  async known(): Promise<boolean> {
    const [ends, deleted] = await this.#jobs();
    return ends.state !== 'running' && deleted.state !== 'running';
  }

  /** What it says wrongly, and whether the third can be cancelled, which takes a watch that works; sentences. */
  async judge(limitMs: number): Promise<string[]> {
    const [ends, deleted, goesOn] = await this.#jobs();
    const wrong: string[] = [];
    if (ends.state !== 'succeeded') wrong.push(`the job that succeeded is ${words(ends)}`);
    const isDeleted = deleted.state === 'failed' && deleted.reason === 'workload_deleted';
    if (!isDeleted) wrong.push(`the job whose Job was deleted is ${words(deleted)}`);
    if (goesOn.state !== 'running' || goesOn.reason) wrong.push(`the job that runs on is ${words(goesOn)}`);
    await fetch(`${this.#queue.url}/jobs/${goesOn.job_id}`, { method: 'DELETE' });
    const cancelled = await this.#queue.finished(goesOn.job_id, limitMs).catch(() => this.#queue.job(goesOn.job_id));
    if (cancelled.state !== 'cancelled') wrong.push(`the job that was cancelled is ${words(cancelled)}`);
    return wrong;
  }

  #jobs(): Promise<[JobDocument, JobDocument, JobDocument]> {
    const [ends, deleted, goesOn] = this.#ids;
    return Promise.all([this.#queue.job(ends), this.#queue.job(deleted), this.#queue.job(goesOn)]);
  }

  async #endPods(jobId: string): Promise<void> {
    type Pods = { items: Array<{ metadata: { name: string } }> };
    const { items } = (await this.#ask('GET', `/api/v1/NS/pods?labelSelector=kubejobs.io/job-id=${jobId}`)) as Pods;
    const fate = { metadata: { labels: { 'test.kubejobs.io/fate': 'succeed' } } };
    for (const { metadata } of items) await this.#ask('PATCH', `/api/v1/NS/pods/${metadata.name}`, fate);
  }

  #ask(method: string, path: string, body?: unknown): Promise<unknown> {
    return apiObject(this.#access, method, path.replace('NS', `namespaces/${this.#queue.namespace}`), body);
  }
}

function words({ state, reason, message }: JobDocument): string {
  return [state, reason, message].filter(Boolean).join(', ');
}

// Watches the Jobs of one namespace straight at the API server, beside the program under test and without its code, and
// keeps every object that it has ever seen by its uid. The API server tells its changes in order, so what was unfinished
// at once is known exactly. It asserts nothing; `doubled` and `mostUnfinished` are what its readers judge by.
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import { type ApiAccess, apiObject } from '../../../cluster/harness/api-request.ts';

export interface SeenJob {
  uid: string;
  name: string;
  jobId: string;
  attempt: string;
  finished: boolean;
  deleted: boolean;
}

interface JobObject {
  metadata: { uid: string; name: string; labels?: Record<string, string>; resourceVersion: string };
  status?: { conditions?: Array<{ type: string; status: string }> };
}

interface WatchLine {
  type: string;
  object: JobObject;
}

export class JobWitness {
  readonly seen = new Map<string, SeenJob>();
  mostUnfinished = 0;
  readonly #access: ApiAccess;
  readonly #path: string;
  readonly #ca: Buffer;
  #stopped = false;
  #answer: IncomingMessage | undefined;
  #loop: Promise<void> = Promise.resolve();

  /** Resolves when it sees. */
  static async start(access: ApiAccess, namespace: string): Promise<JobWitness> {
    const witness = new JobWitness(access, namespace);
    const version = await witness.#list();
    witness.#loop = witness.#follow(version);
    return witness;
  }

  constructor(access: ApiAccess, namespace: string) {
    this.#access = access;
    this.#path = `/apis/batch/v1/namespaces/${namespace}/jobs`;
    this.#ca = readFileSync(access.caPath);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#answer?.destroy();
    await this.#loop;
  }

  unfinished(): number {
    return [...this.seen.values()].filter(({ finished, deleted }) => !finished && !deleted).length;
  }

  of(jobId: string): SeenJob[] {
    return [...this.seen.values()].filter((job) => job.jobId === jobId);
  }

  /** A sentence for each attempt that had more than one workload. */
  doubled(): string[] {
    const byAttempt = new Map<string, SeenJob[]>();
    for (const job of this.seen.values()) {
      const key = `${job.jobId}, attempt ${job.attempt}`;
      byAttempt.set(key, [...(byAttempt.get(key) ?? []), job]);
    }
    return [...byAttempt]
      .filter(([, jobs]) => jobs.length > 1)
      .map(([key, jobs]) => `job ${key} had ${jobs.length} workloads: ${jobs.map(({ uid }) => uid).join(', ')}`);
  }

  /** The API server itself may be gone for minutes; whatever ends a watch, a list is next. */
  async #follow(version: string): Promise<void> {
    let from: string | undefined = version;
    while (!this.#stopped) {
      if (from !== undefined) await this.#watch(from).catch(() => undefined);
      from = await this.#list().catch(() => delay(250).then(() => undefined));
    }
  }

  async #list(): Promise<string> {
    type List = { items: JobObject[]; metadata: { resourceVersion: string } };
    const { items, metadata } = await apiObject<List>(this.#access, 'GET', this.#path);
    const present = new Set(items.map((item) => item.metadata.uid));
    for (const job of this.seen.values()) if (!present.has(job.uid)) job.deleted = true;
    for (const item of items) this.#note(item, false);
    return metadata.resourceVersion;
  }

  async #watch(version: string): Promise<void> {
    const url = new URL(`${this.#path}?watch=true&resourceVersion=${version}`, this.#access.server);
    const headers = { authorization: `Bearer ${this.#access.token}` };
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      request(url, { headers, ca: this.#ca, agent: false }, resolve).on('error', reject).end();
    });
    this.#answer = answer;
    if (this.#stopped) answer.destroy();
    let rest = '';
    for await (const text of answer.setEncoding('utf8') as AsyncIterable<string>) {
      const lines = `${rest}${text}`.split('\n');
      rest = lines.pop() ?? '';
      for (const { type, object } of lines.map((line) => JSON.parse(line) as WatchLine)) {
        if (type === 'ERROR') return;
        this.#note(object, type === 'DELETED');
      }
    }
  }

  #note({ metadata, status }: JobObject, deleted: boolean): void {
    const labels = metadata.labels ?? {};
    const ended = (status?.conditions ?? []).filter((condition) => condition.status === 'True');
    const known = this.seen.get(metadata.uid);
    this.seen.set(metadata.uid, {
      uid: metadata.uid,
      name: metadata.name,
      // Others may take our labels away; what it was made as still counts.
      jobId: known?.jobId ?? labels['kubejobs.io/job-id'] ?? '',
      attempt: known?.attempt ?? labels['kubejobs.io/attempt'] ?? '',
      finished: ended.some(({ type }) => type === 'Complete' || type === 'Failed'),
      deleted,
    });
    this.mostUnfinished = Math.max(this.mostUnfinished, this.unfinished());
  }
}

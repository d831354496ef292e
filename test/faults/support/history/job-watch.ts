// The outside view of the cluster: every change of every Job of a namespace, in order and without a gap, written into a
// history. It speaks to the API server itself and shares no code with the program. A watch that the server ends goes on
// from the last version seen; one that cannot go on without a gap is an error, and so is an event out of order.
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import { type ApiAccess, apiObject, apiRequest } from '../../../cluster/harness/api-request.ts';
import type { History, WorkloadEvent } from './history.ts';

interface JobObject {
  metadata: { uid: string; name: string; labels?: Record<string, string>; resourceVersion: string };
  status?: { conditions?: Array<{ type: string; status: string }> };
}

interface WatchLine {
  type: WorkloadEvent['type'] | 'BOOKMARK' | 'ERROR';
  object: JobObject;
}

const markerPrefix = 'watch-marker-';

export class JobWatch {
  readonly #access: ApiAccess;
  readonly #path: string;
  readonly #history: History;
  readonly #markers = new Set<string>();
  #version = '';
  #stopped = false;
  #answer: IncomingMessage | undefined;
  #loop: Promise<void> = Promise.resolve();
  #failure: unknown;

  private constructor(access: ApiAccess, namespace: string, history: History) {
    this.#access = access;
    this.#path = `/apis/batch/v1/namespaces/${namespace}/jobs`;
    this.#history = history;
  }

  /** Resolves when nothing that happens from now on is missed. The namespace must be empty. */
  static async start(access: ApiAccess, namespace: string, history: History): Promise<JobWatch> {
    const watch = new JobWatch(access, namespace, history);
    const list = await apiObject<{ metadata: { resourceVersion: string } }>(access, 'GET', watch.#path);
    watch.#version = list.metadata.resourceVersion;
    watch.#loop = watch.#follow();
    return watch;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#answer?.destroy();
    await this.#loop;
  }

  /** Resolves when everything that has happened until now is in the history: when a Job of our own, made now, has come. */
  async caughtUp(): Promise<void> {
    const name = `${markerPrefix}${process.hrtime.bigint()}`;
    await apiObject(this.#access, 'POST', this.#path, markerJob(name));
    const end = performance.now() + 30_000;
    while (!this.#markers.has(name)) {
      if (this.#failure !== undefined) throw this.#failure as Error;
      if (performance.now() > end) throw new Error('the watch of the Jobs does not catch up');
      await delay(10);
    }
    await apiRequest(this.#access, 'DELETE', `${this.#path}/${name}?propagationPolicy=Background`);
  }

  async #follow(): Promise<void> {
    try {
      while (!this.#stopped) await this.#watch();
    } catch (error) {
      this.#failure = error;
    }
  }

  async #watch(): Promise<void> {
    const { server, token, caPath } = this.#access;
    const url = new URL(`${this.#path}?watch=true&resourceVersion=${this.#version}`, server);
    const options = { headers: { authorization: `Bearer ${token}` }, ca: readFileSync(caPath), agent: false as const };
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      request(url, options, resolve).on('error', reject).end();
    });
    this.#answer = answer;
    if (this.#stopped) answer.destroy();
    await eachLine(answer, (line) => this.#take(JSON.parse(line) as WatchLine));
  }

  #take({ type, object }: WatchLine): void {
    if (type === 'ERROR') throw new Error(`the watch of the Jobs has a gap: ${JSON.stringify(object)}`);
    const version = object.metadata.resourceVersion;
    if (Number(version) < Number(this.#version)) throw new Error('the watch of the Jobs is out of order');
    this.#version = version;
    if (type === 'BOOKMARK') return;
    if (object.metadata.name.startsWith(markerPrefix)) this.#markers.add(object.metadata.name);
    else this.#history.events.push(eventOf(type, object));
  }
}

/** Resolves when the stream ends, however it does; rejects only when a line cannot be taken. */
function eachLine(answer: IncomingMessage, take: (line: string) => void): Promise<void> {
  let rest = '';
  return new Promise((resolve, reject) => {
    answer.on('error', () => undefined);
    answer.on('close', resolve);
    answer.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      try {
        lines.forEach(take);
      } catch (error) {
        reject(error as Error);
        answer.destroy();
      }
    });
  });
}

function eventOf(type: WorkloadEvent['type'], { metadata, status }: JobObject): WorkloadEvent {
  const { uid, name, labels = {}, resourceVersion } = metadata;
  const jobId = labels['kubejobs.io/job-id'];
  const attempt = labels['kubejobs.io/attempt'];
  const end = (status?.conditions ?? []).find((one) => one.status === 'True' && isEnd(one.type))?.type;
  return {
    ...{ type, uid, name, resourceVersion: Number(resourceVersion), at: Date.now() },
    ...(jobId !== undefined && { jobId }),
    ...(attempt !== undefined && { attempt: Number(attempt) }),
    ...(end !== undefined && { end: end as 'Complete' | 'Failed' }),
  };
}

function isEnd(type: string): boolean {
  return type === 'Complete' || type === 'Failed';
}

/** Makes no pod. */
function markerJob(name: string): object {
  const containers = [{ name: 'main', image: 'busybox:1.36' }];
  const template = { spec: { restartPolicy: 'Never', containers } };
  return { apiVersion: 'batch/v1', kind: 'Job', metadata: { name }, spec: { suspend: true, template } };
}

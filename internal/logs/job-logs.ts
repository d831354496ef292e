// The log of a job: of all containers of all pods of one attempt, each line with its pod and container when there are several.
// Following waits for pods that are still to come and ends with the attempt. However slowly the caller reads, no more than a
// chunk of each container is held. What kubejobs itself has to say stands in lines that begin with [kubejobs].
import { PassThrough, type Readable } from 'node:stream';
import { type Cluster, type KubernetesObject, podsResource } from '../../pkg/kubernetes/cluster.ts';
import { attemptLabel, jobIdLabel, ourSelector } from '../../pkg/kubernetes/labels.ts';
import type { LogSource } from '../../pkg/kubernetes/log-source.ts';
import { type Answer, type Attempt, accepted, isFinished, type Job, refused } from '../../pkg/models/index.ts';
import { type Clock, sleep } from '../platform/clock.ts';
import type { StoreReader } from '../store/store.ts';
import { readContainerLog } from './container-log.ts';
import { type LoggingContainer, loggingContainers } from './pod-containers.ts';
import type { SavedLogRequest } from './saved-results.ts';
import type { TimedLine } from './timed-lines.ts';

export interface JobLogsDeps {
  cluster: Pick<Cluster, 'list'>;
  source: LogSource;
  reader: Pick<StoreReader, 'jobs' | 'attempt'>;
  /** The job as people see it now, with the reason of the moment. */
  live(jobId: string): Pick<Job, 'state' | 'reason' | 'attempt'> | undefined;
  queueId: string;
  clock: Clock;
  /** What was saved of an attempt whose pods are gone; undefined when nothing was. Absent where no results are saved. */
  savedLog?: ((attempt: Attempt, request: SavedLogRequest) => Promise<Answer<Readable> | undefined>) | undefined;
}

export interface JobLogsRequest {
  /** The newest when absent. */
  attempt?: number;
  /** All when absent. */
  container?: string;
  follow: boolean;
  /** Lines of each container; of a saved log, of all that is shown. */
  tail?: number;
  timestamps: boolean;
  signal: AbortSignal;
}

const lookAgainMs = 1_000;
/** After the end of the attempt the streams of its containers end by themselves, as a rule. */
const lastWordsMs = 2_000;
/** Of one caller. */
const containersAtOnce = 50;

export class JobLogs {
  readonly #deps: JobLogsDeps;

  constructor(deps: JobLogsDeps) {
    this.#deps = deps;
  }

  /** The stream ends with the log, or when `signal` aborts. */
  async open(jobId: string, request: JobLogsRequest): Promise<Answer<Readable>> {
    const [job] = this.#deps.reader.jobs([jobId]);
    if (!job) return refused('job_not_found', `There is no job with the id ${jobId}.`);
    const number = request.attempt ?? job.attempt;
    const attempt = this.#deps.reader.attempt(jobId, number);
    if (request.follow && !isFinished(job.state) && number >= job.attempt) return accepted(this.#follow(job, request));
    if (!attempt) return refused('log_not_found', withoutAttempt(this.#deps.live(jobId) ?? job, number));
    return this.#read(job, attempt, request);
  }

  async #read(job: Job, attempt: Attempt, request: JobLogsRequest): Promise<Answer<Readable>> {
    const listed = await this.#pods(job.jobId, attempt);
    if (!listed.ok) return refused('log_unavailable', `The API server does not tell the pods: ${listed.message}.`);
    const containers = chosen(loggingContainers(listed.pods), request);
    if (containers.length === 0) {
      const isSaved = listed.pods.length === 0 && job.rules?.results === true;
      const saved = isSaved ? await this.#deps.savedLog?.(attempt, request) : undefined;
      return saved ?? refused('log_not_found', withoutContainers(attempt, listed.pods, request));
    }
    const output = new Output(request, containers.length > 1);
    const all = async (): Promise<void> => {
      for (const container of containers) await this.#write(container, request, output, () => true);
    };
    output.endAfter(all());
    return accepted(output.stream);
  }

  #follow(job: Job, request: JobLogsRequest): Readable {
    const output = new Output(request, false);
    output.endAfter(this.#followAll(job.jobId, request, output));
    return output.stream;
  }

  async #followAll(jobId: string, request: JobLogsRequest, output: Output): Promise<void> {
    const attempt = await this.#attemptToCome(jobId, request, output);
    if (!attempt) return;
    const underWay = new Map<string, Promise<void>>();
    const over = new AbortController();
    let present = new Map<string, LoggingContainer>();
    const { clock } = this.#deps;
    while (!request.signal.aborted) {
      const isOver = this.#isOver(jobId, attempt.attempt);
      const listed = await this.#pods(jobId, attempt);
      if (listed.ok) {
        const containers = chosen(loggingContainers(listed.pods), request);
        present = new Map(containers.map((container) => [keyOf(container), container]));
        if (present.size > 1) output.hasPrefixes = true;
        for (const [key, container] of present) {
          if (underWay.has(key) || underWay.size >= containersAtOnce) continue;
          const isOver = (): boolean => present.get(key)?.isOver ?? true;
          underWay.set(key, this.#write(container, request, output, isOver, over.signal));
        }
      }
      if (isOver) break;
      if (underWay.size === 0) await output.say(`waiting for the pods of attempt ${attempt.attempt}`);
      await sleep(clock, lookAgainMs, request.signal);
    }
    present = new Map();
    const all = Promise.all(underWay.values());
    await Promise.race([all, sleep(clock, lastWordsMs, request.signal)]);
    over.abort();
    await all;
  }

  /** Waits until the attempt has begun; undefined when it never will. */
  async #attemptToCome(
    jobId: string,
    { attempt, signal }: JobLogsRequest,
    output: Output,
  ): Promise<Attempt | undefined> {
    for (;;) {
      const job = this.#deps.live(jobId);
      if (!job || signal.aborted) return undefined;
      const number = attempt ?? Math.max(1, job.attempt);
      const found = this.#deps.reader.attempt(jobId, number);
      if (found) return found;
      if (isFinished(job.state)) {
        await output.say(withoutAttempt(job, number));
        return undefined;
      }
      await output.say(`waiting: the job is ${inWords(job)}`);
      await sleep(this.#deps.clock, lookAgainMs, signal);
    }
  }

  async #write(
    target: LoggingContainer,
    { tail, follow, signal }: JobLogsRequest,
    output: Output,
    isOver: () => boolean,
    over?: AbortSignal,
  ): Promise<void> {
    const write = (line: TimedLine): Promise<void> => output.line(target, line);
    const options = {
      ...{ follow: follow && !target.isOver, signal, write, isOver },
      ...(tail !== undefined && { tail }),
      ...(over && { over }),
    };
    const problem = await readContainerLog(this.#deps, target, options);
    if (problem !== undefined) await output.say(`the log of ${keyOf(target)} cannot be read: ${problem}`);
  }

  #isOver(jobId: string, attempt: number): boolean {
    const row = this.#deps.reader.attempt(jobId, attempt);
    return row === undefined || row.finishedAt !== undefined;
  }

  async #pods(
    jobId: string,
    { attempt, workload }: Attempt,
  ): Promise<{ ok: true; pods: KubernetesObject[] } | { ok: false; message: string }> {
    const { cluster, queueId } = this.#deps;
    const labelSelector = `${ourSelector(queueId)},${jobIdLabel}=${jobId},${attemptLabel}=${attempt}`;
    const listed = await cluster.list(podsResource, { namespace: workload.namespace, labelSelector, limit: 1_000 });
    return listed.outcome === 'ok' ? { ok: true, pods: listed.value.items } : { ok: false, message: listed.message };
  }
}

function keyOf({ pod, container }: LoggingContainer): string {
  return `${pod}/${container}`;
}

function chosen(containers: LoggingContainer[], { container }: JobLogsRequest): LoggingContainer[] {
  return container === undefined ? containers : containers.filter((candidate) => candidate.container === container);
}

function inWords({ state, reason }: Pick<Job, 'state' | 'reason'>): string {
  return reason === undefined ? state : `${state} (${reason})`;
}

function withoutAttempt(job: Pick<Job, 'state' | 'reason' | 'attempt'>, asked: number): string {
  if (job.attempt > 0) return `There is no attempt ${asked} of the job; the newest is ${job.attempt}.`;
  return `The job has had no workload: it is ${inWords(job)}.`;
}

function withoutContainers(
  { attempt, finishedAt }: Attempt,
  pods: KubernetesObject[],
  { container }: JobLogsRequest,
): string {
  if (pods.length === 0) {
    if (finishedAt !== undefined) return `The pods of attempt ${attempt} are gone, and no log of them was saved.`;
    return `The pods of attempt ${attempt} have not been made yet, or are gone already.`;
  }
  const named = container === undefined ? '' : ` named ${container}`;
  return `No container${named} of attempt ${attempt} has started.`;
}

/** Lines of several writers: whoever writes waits while the reader has enough. */
class Output {
  readonly stream = new PassThrough();
  hasPrefixes: boolean;
  readonly #timestamps: boolean;
  #said = '';
  #room: Promise<void> | undefined;

  constructor({ timestamps, signal }: JobLogsRequest, hasPrefixes: boolean) {
    this.#timestamps = timestamps;
    this.hasPrefixes = hasPrefixes;
    signal.addEventListener('abort', () => this.stream.end(), { once: true });
  }

  /** What goes wrong in `work` goes wrong for the reader. */
  endAfter(work: Promise<void>): void {
    work.then(
      () => this.stream.end(),
      (error: Error) => this.stream.destroy(error),
    );
  }

  line(target: LoggingContainer, { stamp, bytes }: TimedLine): Promise<void> {
    const prefix = this.hasPrefixes ? `[${keyOf(target)}] ` : '';
    const time = this.#timestamps && stamp !== '' ? `${stamp} ` : '';
    return this.#write(Buffer.concat([Buffer.from(prefix + time), bytes, lineEnd]));
  }

  /** Not twice in a row. */
  async say(words: string): Promise<void> {
    if (words === this.#said) return;
    this.#said = words;
    await this.#write(Buffer.from(`[kubejobs] ${words}\n`));
  }

  async #write(bytes: Buffer): Promise<void> {
    const { stream } = this;
    while (this.#room) await this.#room;
    if (stream.writableEnded || stream.destroyed || stream.write(bytes)) return;
    this.#room = new Promise((resolve) => {
      const done = (): void => {
        this.#room = undefined;
        resolve();
      };
      stream.once('drain', done);
      stream.once('close', done);
    });
    await this.#room;
  }
}

const lineEnd = Buffer.from('\n');

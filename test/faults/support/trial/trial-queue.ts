// One queue as trials see it: a namespace and a database that outlive the servers which are started on them, the history
// of all that happened there, and short words for starting, arming, killing and draining. It judges nothing.
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type ApiAccess, apiRequest } from '../../../cluster/harness/api-request.ts';
import type { Kubectl } from '../../../cluster/harness/kubectl.ts';
import { accountWithRights } from '../../../cluster/support/rights.ts';
import { type Ended, listeningUrl, type Program, startProgram } from '../../../support/server-process.ts';
import { type TemporaryFolder, temporaryFolder } from '../../../support/temporary-folder.ts';
import { factsOf, isFinished, mayBeHeld } from '../history/facts.ts';
import { emptyHistory, type History } from '../history/history.ts';
import { JobWatch } from '../history/job-watch.ts';
import { Recorder } from '../history/recorder.ts';
import { type ArmedPoint, type CrashPoint, crashMark } from '../kill/crash-points.ts';

export interface TrialCluster extends ApiAccess {
  kubeconfigPath: string;
  kubectl: Kubectl;
}

export interface TrialQueueOptions {
  maxConcurrency: number;
  flags?: string[];
  /** What is run instead of the program. */
  entry?: string;
  /** By which the program reaches the cluster; its user is replaced. Default: the cluster's own. */
  kubeconfigPath?: string;
}

let counter = 0;

export class TrialQueue {
  readonly namespace: string;
  readonly history: History;
  readonly recorder: Recorder;
  readonly #access: ApiAccess;
  readonly #folder: TemporaryFolder;
  readonly #flags: readonly string[];
  readonly #entry: string | undefined;
  #watch: JobWatch | undefined;
  #program: Program | undefined;
  #url = '';

  private constructor(access: ApiAccess, namespace: string, folder: TemporaryFolder, options: TrialQueueOptions) {
    const { maxConcurrency, flags = [], entry } = options;
    this.namespace = namespace;
    this.history = emptyHistory(maxConcurrency);
    this.recorder = new Recorder(this.history);
    this.#access = access;
    this.#folder = folder;
    this.#entry = entry;
    const store = `sqlite:${join(folder.path, 'queue.db')}`;
    const own = ['--namespace', namespace, '--store', store, '--max-concurrency', String(maxConcurrency)];
    this.#flags = [...own, '--port', '0', '--log-level', 'warn', ...flags];
  }

  /** With an empty database, a namespace of its own and the rights of the manifests; no server runs yet. */
  static async open(cluster: TrialCluster, options: TrialQueueOptions): Promise<TrialQueue> {
    counter += 1;
    const namespace = `trial${process.pid}-${counter}`;
    const folder = temporaryFolder();
    const { kubectl, kubeconfigPath } = { ...cluster, ...options };
    const account = { kubectl, kubeconfigPath, namespace, others: [], folder: folder.path };
    const flags = [...(options.flags ?? []), '--kubeconfig', await accountWithRights(account)];
    const queue = new TrialQueue(cluster, namespace, folder, { ...options, flags });
    queue.#watch = await JobWatch.start(cluster, namespace, queue.history);
    return queue;
  }

  get url(): string {
    return this.#url;
  }

  get program(): Program {
    if (!this.#program) throw new Error('no server was started');
    return this.#program;
  }

  /** Starts a process; it is not ready yet, and one that is armed may never be. */
  launch(armed?: ArmedPoint): Program {
    const environment = armed ? { CRASH_POINT: JSON.stringify(armed) } : {};
    const options = this.#entry === undefined ? {} : { entry: this.#entry, ipc: true };
    this.#program = startProgram(['serve', ...this.#flags], environment, options);
    return this.#program;
  }

  /** Starts a server and resolves when it takes requests; rejects with what it said when it ended before. */
  async start(): Promise<void> {
    const program = this.launch();
    this.#url = await listeningUrl(program);
    const run: History['runs'][number] = { readyAt: Date.now() };
    this.history.runs.push(run);
    void program.ended.then(() => {
      run.endedAt = Date.now();
    });
  }

  /** Resolves when the server knows at which point it has to crash. */
  async arm(armed: ArmedPoint): Promise<void> {
    const { process: child } = this.program;
    const taken = new Promise((resolve) => child.once('message', resolve));
    child.send(armed);
    await taken;
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<Ended> {
    this.program.process.kill(signal);
    return await this.program.ended;
  }

  /** The point at which the last process ended, if it ended at one. */
  get crashedAt(): CrashPoint | undefined {
    const said = this.program.stderr();
    const at = said.lastIndexOf(crashMark);
    return at < 0 ? undefined : (said.slice(at + crashMark.length).trim() as CrashPoint);
  }

  /**
   * Resolves when every job has finished or after `limitMs`, and with `heldIsDone` also when the others hold their slots
   * only for the time in which a create that was cut off may still land. Then everything is looked at once more for the
   * history. Returns how many slots are held like that.
   */
  async drain(limitMs: number, heldIsDone: boolean): Promise<number> {
    const end = performance.now() + limitMs;
    let held = 0;
    for (;;) {
      const { running, pending } = await this.recorder.health(this.url);
      if (pending === 0) held = running === 0 ? 0 : await this.#held();
      if (pending === 0 && (running === 0 || (heldIsDone && running === held))) break;
      if (performance.now() > end) break;
      if (this.program.process.exitCode !== null) throw new Error(`the server ended:\n${this.program.stderr()}`);
      await delay(100);
    }
    await this.#lookAtEverything();
    return held;
  }

  async #held(): Promise<number> {
    const list = await this.recorder.queue(this.url, 'running');
    const ids = (list.jobs ?? []).map((job) => job.job_id);
    for (const jobId of ids) await this.recorder.show(this.url, jobId);
    const jobs = factsOf(this.history).jobs.filter((job) => ids.includes(job.jobId));
    const held = jobs.filter(
      (job) => mayBeHeld(job, this.history) && job.workloads.every((life) => life.ends !== undefined),
    );
    return held.length;
  }

  /** Jobs that were seen finished are only looked at in the list. */
  async #lookAtEverything(): Promise<void> {
    const { jobs = [] } = await this.recorder.list(this.url);
    const known = factsOf(this.history).jobs;
    const finished = new Set(known.filter((job) => seenWhole(job.last)).map((job) => job.jobId));
    const ids = new Set([...known.map((job) => job.jobId), ...jobs.map((job) => job.job_id)]);
    for (const jobId of ids) if (!finished.has(jobId)) await this.recorder.show(this.url, jobId);
    await this.#watch?.caughtUp();
    this.history.drained = true;
  }

  /** Ends what is left of it. The namespace goes in the background. */
  async close(): Promise<void> {
    if (this.#program) await this.kill();
    await this.#watch?.stop();
    await apiRequest(this.#access, 'DELETE', `/api/v1/namespaces/${this.namespace}`);
    this.#folder.remove();
  }
}

function seenWhole(job: Parameters<typeof isFinished>[0]): boolean {
  return isFinished(job) && job?.attempts !== undefined;
}

// Saved results for those who ask for them: the result of a Job, and the log of an attempt whose pods are gone. A log is in
// memory as a whole while it is read, and so only a few are at once. It changes nothing.
import { Readable } from 'node:stream';
import type { ApiResult, Cluster } from '../../pkg/kubernetes/cluster.ts';
import {
  type FoundResult,
  findResult,
  readLog,
  type SavedLog,
  type SavedResult,
} from '../../pkg/kubernetes/results/saved-result.ts';
import { withRightsHint } from '../../pkg/kubernetes/rights.ts';
import { type Answer, type Attempt, accepted, refused } from '../../pkg/models/index.ts';
import { containerSection, lastLines } from './saved-text.ts';

export interface SavedResultsDeps {
  cluster: Pick<Cluster, 'get'>;
  /** Empty: all. */
  namespaces: readonly string[];
}

export interface SavedLogRequest {
  container?: string;
  /** Of all that was asked for. */
  tail?: number;
}

export type ShownResult = Omit<SavedResult, 'uid' | 'reason' | 'message'> & { logs?: string; logProblem?: string };

/** Each may be as large as the largest log. */
const logsAtOnce = 4;

export class SavedResults {
  readonly #deps: SavedResultsDeps;
  #reading = 0;

  constructor(deps: SavedResultsDeps) {
    this.#deps = deps;
  }

  /** Of the newest Job of this name. */
  async result(namespace: string, jobName: string, { logs }: { logs: boolean }): Promise<Answer<ShownResult>> {
    const { cluster, namespaces } = this.#deps;
    if (namespaces.length > 0 && !namespaces.includes(namespace))
      return refused('result_not_found', `This server looks only at the namespaces ${namespaces.join(', ')}.`);
    const found = await findResult(cluster, namespace, jobName);
    if (found.outcome !== 'ok') return refused('result_unavailable', inWords(found.message));
    if (found.value === undefined) return refused('result_not_found', notSaved(namespace, jobName));
    const { uid: _uid, reason: _reason, message: _message, ...shown } = found.value.result;
    if (!logs) return accepted(shown);
    if (this.#reading >= logsAtOnce) return refused('result_unavailable', busy);
    const log = await this.#read(found.value);
    if (log.outcome !== 'ok') return refused('result_unavailable', inWords(log.message));
    const { text, problem } = log.value;
    return accepted({ ...shown, logs: text.toString('utf8'), ...(problem && { logProblem: problem }) });
  }

  /** Undefined when none was saved of this attempt. */
  async log(
    { workload: { kind, namespace, name, uid } }: Pick<Attempt, 'workload'>,
    { container, tail }: SavedLogRequest,
  ): Promise<Answer<Readable> | undefined> {
    if (kind !== 'Job' || uid === undefined) return undefined;
    const found = await findResult(this.#deps.cluster, namespace, name, uid);
    if (found.outcome !== 'ok') return refused('log_unavailable', inWords(found.message));
    if (found.value === undefined) return undefined;
    if (this.#reading >= logsAtOnce) return refused('log_unavailable', busy);
    const log = await this.#read(found.value);
    if (log.outcome !== 'ok') return refused('log_unavailable', inWords(log.message));
    const { text, problem } = log.value;
    const wanted = container === undefined || problem ? text : containerSection(text, found.value.result, container);
    if (wanted === undefined) return refused('log_not_found', `No container named ${container} is in the saved log.`);
    const said = `[kubejobs] the pods are gone; this is what was saved${problem ? `, but ${problem}` : ''}\n`;
    return accepted(this.#held(Readable.from([Buffer.from(said), lastLines(wanted, tail)])));
  }

  async #read(found: FoundResult): Promise<ApiResult<SavedLog>> {
    this.#reading += 1;
    try {
      return await readLog(this.#deps.cluster, found);
    } finally {
      this.#reading -= 1;
    }
  }

  /** As long as its reader takes. */
  #held(stream: Readable): Readable {
    this.#reading += 1;
    stream.once('close', () => {
      this.#reading -= 1;
    });
    return stream;
  }
}

function notSaved(namespace: string, jobName: string): string {
  return (
    `There is no saved result of a Job ${jobName} in the namespace ${namespace}. ` +
    'A job of the queue has it under the name of its Job, `workload.name`, when it has ended.'
  );
}

const busy = 'Several saved logs are being read already: try again in a moment.';

function inWords(message: string): string {
  return `The API server says: ${withRightsHint(message, 'results')}.`;
}

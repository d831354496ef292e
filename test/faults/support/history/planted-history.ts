// Small histories as lines of text, for the proof of the checker: `<seconds> <what happened>`, one line an event, in any
// order. What is said of jobs at the end, the last list and a look at each job, is made from the lines.
//
//   cap 2                                  slots; 1 when there is no such line
//   0 submit a priority=2                  answered with 201; `retries=1` allows a second attempt
//   0 submit-unanswered a                  no answer came
//   1 dispatch a                           the document shows an attempt, in the order of these lines
//   1 make a u1                            the watch shows a workload of attempt 1 with uid u1; `attempt=2`
//   3 complete u1 | fail u1 | delete u1    the watch shows its end, or that it is gone
//   4 finish a succeeded                   the document says so; a second word is the reason
//   2 cancel a running cancelling          answered with this state and reason
//   2 reprioritise a 5 | reprioritise-unanswered a 5
//   5 show a running | show-unknown a      a look in between, or one answered with 404
//   5 pending a b · 5 running a · 5 health running=1 pending=2
//   0 up · 3 down                          a server; up at 0 when there is no such line
//   vanish a                               the last list lacks it, and nobody looks at it again
//   has a 1                                its priority in the documents is 1, whatever was answered
//   undrained                              nothing was given time to finish
import type { JobDocument, QueueEntryDocument } from '../../../../pkg/client/documents.ts';
import { type Call, emptyHistory, type History, type WorkloadEvent } from './history.ts';

type Words = { [name: string]: string };

interface Line {
  at: number;
  verb: string;
  words: string[];
  values: Words;
}

const start = Date.UTC(2030, 0, 1);

export function plantedHistory(text: string): History {
  return new Planting(text).history();
}

class Planting {
  readonly #lines: Line[];
  readonly #history = emptyHistory(1);
  readonly #documents = new Map<string, JobDocument>();
  readonly #vanished = new Set<string>();
  #dispatches = 0;

  constructor(text: string) {
    this.#lines = text.split('\n').flatMap(parseLine);
  }

  history(): History {
    this.#history.drained = true;
    for (const line of this.#lines) this.#take(line);
    if (this.#history.runs.length === 0) this.#history.runs.push({ readyAt: start });
    this.#lookAtTheEnd();
    return this.#history;
  }

  #take(line: Line): void {
    const { verb, words, values, at } = line;
    const [name = ''] = words;
    const submitted = verb === 'submit' || verb === 'submit-unanswered';
    if (verb === 'cap') this.#history.maxConcurrency = Number(name);
    else if (verb === 'undrained') this.#history.drained = false;
    else if (verb === 'vanish') this.#vanished.add(idOf(name));
    else if (verb === 'has') this.#document(name).priority = Number(words[1]);
    else if (verb === 'up') this.#history.runs.push({ readyAt: at });
    else if (verb === 'down') Object.assign(this.#history.runs.at(-1) ?? {}, { endedAt: at });
    else if (submitted) this.#submit(line, verb === 'submit');
    else if (verb === 'dispatch') this.#dispatch(name, at);
    else if (verb === 'finish') this.#finish(line);
    else if (verb === 'make') this.#event(line, 'ADDED', { jobId: idOf(name), attempt: Number(values.attempt ?? 1) });
    else if (verb === 'complete') this.#event(line, 'MODIFIED', { end: 'Complete' });
    else if (verb === 'fail') this.#event(line, 'MODIFIED', { end: 'Failed' });
    else if (verb === 'delete') this.#event(line, 'DELETED', {});
    else this.#history.calls.push(this.#callOf(line));
  }

  #submit({ words: [name = ''], values, at }: Line, answered: boolean): void {
    const priority = Number(values.priority ?? 0);
    const jobId = idOf(name);
    const created_at = new Date(at).toISOString();
    const document = { job_id: jobId, name: nameIn(name), priority, queue: 'default', state: 'pending', attempt: 0 };
    this.#documents.set(jobId, { ...document, created_at, attempts: [], timeline: [] } as JobDocument);
    this.#history.calls.push({
      ...{ kind: 'submit', sentAt: at, name: nameIn(name), priority },
      ...(answered && { answeredAt: at + 1, status: 201, jobId }),
      ...(values.retries !== undefined && { retries: Number(values.retries) }),
    });
  }

  #dispatch(name: string, at: number): void {
    this.#dispatches += 1;
    const document = this.#document(name);
    document.attempt += 1;
    document.state = 'running';
    document.attempts?.push({
      attempt: document.attempt,
      dispatch_sequence: this.#dispatches,
      dispatched_at: new Date(at).toISOString(),
      creation: 'made',
      workload: workloadOf(name),
    });
    document.workload = workloadOf(name);
  }

  #finish({ words: [name = '', state, reason], at }: Line): void {
    const document = this.#document(name);
    delete document.reason;
    Object.assign(document, { state, finished_at: new Date(at).toISOString() }, reason !== undefined && { reason });
  }

  #event({ words, at }: Line, type: WorkloadEvent['type'], more: Partial<WorkloadEvent>): void {
    const uid = words.at(-1) ?? '';
    const { events } = this.#history;
    const { jobId, attempt } = events.findLast((event) => event.uid === uid) ?? {};
    const known = { ...(jobId !== undefined && { jobId }), ...(attempt !== undefined && { attempt }) };
    events.push({ type, resourceVersion: events.length + 1, at, uid, name: `workload-${uid}`, ...known, ...more });
    const document = this.#documents.get(more.jobId ?? '');
    if (document?.workload) document.workload.uid = uid;
  }

  #callOf({ verb, words, values, at }: Line): Call {
    const [name = '', second = '', reason] = words;
    const answered = { sentAt: at, answeredAt: at + 1, status: 200 };
    const jobId = idOf(name);
    switch (verb) {
      case 'cancel':
        Object.assign(this.#document(name), reason !== undefined && { reason });
        return { kind: verb, jobId, job: this.#seen(name, second, reason), ...answered };
      case 'show':
        return { kind: verb, jobId, job: this.#seen(name, second, reason), ...answered };
      case 'show-unknown':
        return { kind: 'show', jobId, ...answered, status: 404 };
      case 'reprioritise':
        this.#document(name).priority = Number(second);
        return { kind: verb, jobId, priority: Number(second), job: { ...this.#document(name) }, ...answered };
      case 'reprioritise-unanswered':
        return { kind: 'reprioritise', jobId, priority: Number(second), sentAt: at };
      case 'pending':
      case 'running':
        return { kind: verb, jobs: words.map((word) => entryOf(this.#document(word))), ...answered };
      case 'health':
        return { kind: verb, running: Number(values.running), pending: Number(values.pending), ...answered };
      default:
        throw new Error(`no planted history has ${verb}`);
    }
  }

  #seen(name: string, state: string, reason: string | undefined): JobDocument {
    return { ...this.#document(name), state, ...(reason !== undefined && { reason }) } as JobDocument;
  }

  #document(name: string): JobDocument {
    const document = this.#documents.get(idOf(name));
    if (!document) throw new Error(`no line submits ${name}`);
    return document;
  }

  #lookAtTheEnd(): void {
    const at = (this.#lines.at(-1)?.at ?? start) + 1_000;
    const answered = { sentAt: at, answeredAt: at + 1, status: 200 };
    const jobs = [...this.#documents.values()].filter((job) => !this.#vanished.has(job.job_id));
    this.#history.calls.push({ kind: 'list', jobs: jobs.toReversed(), ...answered });
    for (const job of jobs) this.#history.calls.push({ kind: 'show', jobId: job.job_id, job, ...answered });
  }
}

function parseLine(text: string): Line[] {
  const words = text.trim().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  const seconds = Number(words[0]);
  const [verb = '', ...rest] = Number.isNaN(seconds) ? words : words.slice(1);
  const values = Object.fromEntries(rest.filter((word) => word.includes('=')).map((word) => word.split('=')));
  const at = start + (Number.isNaN(seconds) ? 0 : seconds * 1_000);
  return [{ at, verb, words: rest.filter((word) => !word.includes('=')), values }];
}

/** `a` and `a#2` are two jobs of one name. */
function nameIn(word: string): string {
  return word.split('#')[0] ?? '';
}

function idOf(word: string): string {
  return `id-of-${word}`;
}

function workloadOf(name: string): NonNullable<JobDocument['workload']> {
  return { kind: 'Job', namespace: 'default', name: `workload-of-${name}` };
}

function entryOf({ name, job_id, priority }: JobDocument): QueueEntryDocument {
  return { name, job_id, priority };
}

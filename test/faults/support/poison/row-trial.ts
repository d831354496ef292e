// One trial: rows of a killed server's database are poisoned, the program is started on it and watched for a quarter
// of an hour. Whatever is not poisoned ends, in its order; what is poisoned ends too, or is set aside as it is and reported.
import Database from 'better-sqlite3';
import { type Random, seededRandom } from '../../../../internal/platform/random.ts';
import { oneOf } from '../../../../internal/simulation/weather.ts';
import { toStoreFailure } from '../../../../internal/store/sqlite/failures.ts';
import { StoreFailure } from '../../../../internal/store/store.ts';
import { finishedStates } from '../../../../pkg/models/index.ts';
import { idOf } from '../../../support/store-builders.ts';
import { type PoisonedWorld, poisonedWorld } from './poisoned-world.ts';
import { type Mutation, rowMutation } from './row-mutations.ts';
import { allJobs, blocked, held, pending, type SoundDatabase, waitedFor } from './sound-database.ts';

export interface Poison {
  mutation: Mutation;
  /** The number of the job whose rows it is in; undefined for a table of all. */
  job: number | undefined;
}

export type RowOutcome = 'refused_at_start' | 'set_aside' | 'ended';

export interface RowTrial {
  poisons: Poison[];
  outcome: RowOutcome;
  problems: string[];
}

/** One poison, or now and then three. */
export function choosePoisons(random: Random): Poison[] {
  return Array.from({ length: random.next() < 0.8 ? 1 : 3 }, () => {
    const mutation = rowMutation(random);
    return { mutation, job: mutation.isGlobal ? undefined : oneOf(random, allJobs) };
  });
}

/** With those that wait for one of them. */
export function poisonedJobs(poisons: readonly Poison[]): Set<number> {
  const poisoned = new Set(poisons.flatMap(({ job }) => (job === undefined ? [] : [job])));
  if (poisoned.has(waitedFor)) poisoned.add(blocked);
  return poisoned;
}

export function applyPoisons(path: string, poisons: readonly Poison[]): void {
  const db = new Database(path);
  db.unsafeMode(true);
  db.pragma('ignore_check_constraints = ON');
  db.exec("CREATE TEMP TABLE before AS SELECT sql FROM sqlite_schema WHERE name = 'jobs'");
  for (const { mutation, job } of poisons) db.exec(mutation.sql.replaceAll('= ?', `= ${job}`));
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.close();
}

export async function rowTrial(seed: number, folder: string, sound: SoundDatabase): Promise<RowTrial> {
  const random = seededRandom(seed);
  const path = sound.copyTo(folder);
  const poisons = choosePoisons(random);
  applyPoisons(path, poisons);
  const poisoned = poisonedJobs(poisons);
  const before = rowsOf(path);
  let world: PoisonedWorld;
  try {
    world = await poisonedWorld({ path, seed, sound });
  } catch (error) {
    return { poisons, outcome: 'refused_at_start', problems: refusal(error) };
  }
  try {
    const problems = await live(world, poisoned);
    const after = rowsOf(path);
    const sorts = await Promise.all([...poisoned].map((job) => whatBecameOf(job, world, before, after)));
    problems.push(
      ...othersOf(poisoned, after),
      ...sorts.flatMap((sort) => (typeof sort === 'string' ? [] : sort.problems)),
    );
    return { poisons, outcome: sorts.every((sort) => sort === 'ended') ? 'ended' : 'set_aside', problems };
  } finally {
    await world.close();
  }
}

/** Values of another type are damage of the file, and a small file is checked for it. */
function refusal(error: unknown): string[] {
  const { code, message } = error instanceof StoreFailure ? error : toStoreFailure(error);
  return code === 'corrupt' ? [] : [`the start was refused: ${code}: ${message}`];
}

/** Far more than all jobs need. */
const lifeMs = 900_000;

async function live(world: PoisonedWorld, poisoned: ReadonlySet<number>): Promise<string[]> {
  const { clock, program } = world;
  const problems = await lookAround(world, 'at the start');
  await clock.advance(10_000);
  problems.push(...(await lookAround(world, 'after 10 s')));
  const submitted = await program.engine.submit({ name: 'newcomer', priority: 0, queue: 'default', workload: {} });
  if (!submitted.ok) problems.push(`a new job was refused: ${submitted.refusal.code}`);
  if (!poisoned.has(held)) await program.engine.change('cancel', idOf(held));
  await clock.advance(lifeMs);
  problems.push(...(await lookAround(world, 'at the end')));
  const newcomer = submitted.ok ? world.store.reader.job(submitted.value.jobId) : undefined;
  if (newcomer?.state !== 'succeeded') problems.push(`a new job is ${newcomer?.state} at the end`);
  return problems;
}

/** Everything that can be read is read; nothing of it may fail. */
export async function lookAround({ api }: PoisonedWorld, when: string): Promise<string[]> {
  const lists = [
    '/jobs',
    '/jobs?state=pending',
    '/jobs?label=team%3Dteam-1',
    '/jobs/pending',
    '/jobs/running',
    '/health',
  ];
  const problems: string[] = [];
  for (const url of [...lists, '/settings', ...allJobs.map((number) => `/jobs/${idOf(number)}`)]) {
    const { statusCode, body } = await api.inject({ url, headers: { host: 'localhost' } });
    if (statusCode >= 500) problems.push(`${when} ${url} was answered with ${statusCode} ${body.slice(0, 200)}`);
  }
  return problems;
}

type Row = Record<string, unknown>;

export interface Rows {
  jobs: Map<string, Row>;
  dispatches: Map<string, number>;
}

export function rowsOf(path: string): Rows {
  const db = new Database(path, { readonly: true }).defaultSafeIntegers();
  try {
    const jobs = db.prepare('SELECT lower(hex(job_id)) AS id, * FROM jobs').all() as Row[];
    const attempts = db.prepare('SELECT lower(hex(job_id)) AS id, dispatch_sequence FROM attempts').all() as Row[];
    return {
      jobs: new Map(jobs.map((row) => [String(row.id), row])),
      dispatches: new Map(attempts.map((row) => [String(row.id), Number(row.dispatch_sequence)])),
    };
  } finally {
    db.close();
  }
}

export function hexOf(number: number): string {
  return idOf(number).replaceAll('-', '');
}

export function isOver(row: Row | undefined): boolean {
  return (finishedStates as readonly unknown[]).includes(row?.state);
}

/** All others have ended, and were dispatched in their order. */
export function othersOf(poisoned: ReadonlySet<number>, { jobs, dispatches }: Rows): string[] {
  const others = allJobs.filter((number) => !poisoned.has(number));
  const problems = others
    .filter((number) => !isOver(jobs.get(hexOf(number))))
    .map((number) => `job ${number}, which is sound, is ${String(jobs.get(hexOf(number))?.state)} at the end`);
  const waiting = pending.filter((number) => !poisoned.has(number) && dispatches.has(hexOf(number)));
  const priorityOf = (number: number): number => Number(jobs.get(hexOf(number))?.priority);
  const expected = [...waiting].sort((a, b) => priorityOf(b) - priorityOf(a) || a - b);
  const found = [...waiting].sort((a, b) => Number(dispatches.get(hexOf(a))) - Number(dispatches.get(hexOf(b))));
  if (found.join() !== expected.join()) problems.push(`dispatched were ${found.join()}, not ${expected.join()}`);
  return problems;
}

async function whatBecameOf(
  job: number,
  world: PoisonedWorld,
  before: Rows,
  after: Rows,
): Promise<'ended' | 'set_aside' | { problems: string[] }> {
  const id = hexOf(job);
  const { core } = world.program.engine;
  const row = after.jobs.get(id);
  if (row === undefined && before.jobs.get(id) === undefined) return 'set_aside';
  if (row === undefined) return { problems: [`the row of job ${job} is gone`] };
  if (isOver(row)) return core.running(idOf(job)) ? { problems: [`job ${job} is over and holds a slot`] } : 'ended';
  const known = core.running(idOf(job)) ?? core.state.waiting.get(idOf(job)) ?? core.isPending(idOf(job));
  const seen = world.store.reader.job(idOf(job));
  if (core.running(idOf(job)) && (await world.workloads()).length === 0) {
    return { problems: [`job ${job} holds a slot without a workload`] };
  }
  if (known && seen?.state === row.state) return 'set_aside';
  if (!isReported(job, row, world.reports))
    return { problems: [`job ${job} is ${String(row.state)} and nobody is told why`] };
  return same(row, before.jobs.get(id)) ? 'set_aside' : { problems: [`job ${job} was set aside and changed`] };
}

export function isReported(job: number, row: Row, reports: readonly string[]): boolean {
  const inWords = [idOf(job), 'pending jobs are counted', JSON.stringify(row.state).slice(1, -1)];
  return reports.some((report) => inWords.some((words) => words !== '' && report.includes(words)));
}

function same(a: Row, b: Row | undefined): boolean {
  return b !== undefined && Object.keys(a).every((column) => String(a[column]) === String(b[column]));
}

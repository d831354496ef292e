// Scenarios are lines of text that anyone can add:
//
//   concurrency 2                       settings come first: concurrency, duration, settle, job-ttl
//   t=0   submit job1 prio=2 exit=1     at second 0; also duration=3s, and kind=PyTorchJob
//                                             (a master and two workers) or kind=JobSet (a leader and two workers, two restarts)
//   t=5   expect pending job4 job1      exactly these, in dispatch order; `expect running` in order of dispatch
//   t=10  expect start job4 job5        exactly these start within second 10, in this order
//   t=12  cancel job4                   also: priority job1 9 · delete job1 (somebody else deletes its workload)
//   t=13  crash                         the program is killed and starts again at once
//   t=14  cluster down                  … and `cluster up`
//   t=30  expect job1 failed exit_code  its state, then its reason and `exit=1` if they are given
//   t=30  expect position job1 0        pending jobs before it · `expect workloads 2`: Jobs on the cluster
//
// `#` starts a comment. Lines of one time are done in their order. This file only reads the text.
import { isManifestKind, type ManifestKind } from '../../pkg/models/index.ts';
import { parseDuration } from './cluster/fate.ts';

export interface ScenarioSettings {
  maxConcurrency: number;
  durationMs: number;
  settleMs: number;
  jobTtlMs: number;
}

export type Step =
  | { do: 'submit'; name: string; priority: number; annotations: Record<string, string>; kind: ManifestKind }
  | { do: 'cancel' | 'delete'; name: string }
  | { do: 'priority'; name: string; priority: number }
  | { do: 'crash' }
  | { do: 'cluster'; reachable: boolean }
  | { do: 'expect_list'; list: 'pending' | 'running' | 'start'; names: string[] }
  | { do: 'expect_position'; name: string; position: number }
  | { do: 'expect_workloads'; count: number }
  | { do: 'expect_state'; name: string; words: string[] };

export interface ScenarioLine {
  number: number;
  text: string;
  /** After the start of the scenario. */
  atMs: number;
  step: Step;
}

export interface Scenario {
  settings: ScenarioSettings;
  lines: ScenarioLine[];
}

/** Throws an Error that names the line it cannot read. */
export function parseScenario(text: string): Scenario {
  const scenario: Scenario = {
    settings: { maxConcurrency: 2, durationMs: 10_000, settleMs: 100, jobTtlMs: 3_600_000 },
    lines: [],
  };
  for (const [index, whole] of text.split('\n').entries()) {
    const line = whole.replace(/#.*/, '').trim();
    if (line === '') continue;
    if (!readLine(scenario, line, index + 1)) throw new Error(`line ${index + 1} makes no sense: ${line}`);
  }
  return scenario;
}

function readLine(scenario: Scenario, text: string, number: number): boolean {
  const [first = '', ...words] = text.split(/\s+/);
  const time = /^t=(\d+(\.\d+)?)$/.exec(first)?.[1];
  if (time === undefined) return readSetting(scenario.settings, first, words[0] ?? '');
  const step = readStep(words);
  const atMs = Number(time) * 1_000;
  if (!step || atMs < (scenario.lines.at(-1)?.atMs ?? 0)) return false;
  scenario.lines.push({ number, text, atMs, step });
  return true;
}

function readSetting(settings: ScenarioSettings, name: string, value: string): boolean {
  const field = ({ duration: 'durationMs', settle: 'settleMs', 'job-ttl': 'jobTtlMs' } as const)[name];
  if (name === 'concurrency' && /^[1-9]\d*$/.test(value)) settings.maxConcurrency = Number(value);
  else if (field && parseDuration(value) !== undefined) settings[field] = parseDuration(value) as number;
  else return false;
  return true;
}

function readStep([verb = '', ...words]: string[]): Step | undefined {
  const [name, second] = words;
  if (verb === 'crash') return { do: 'crash' };
  if (verb === 'cluster') return { do: 'cluster', reachable: name === 'up' };
  if (name === undefined) return undefined;
  if (verb === 'submit') return readSubmit(name, words.slice(1));
  if (verb === 'cancel' || verb === 'delete') return { do: verb, name };
  if (verb === 'priority') return { do: 'priority', name, priority: Number(second) };
  return verb === 'expect' ? readExpectation(name, words.slice(1)) : undefined;
}

function readExpectation(what: string, words: string[]): Step {
  const [first = '', second] = words;
  switch (what) {
    case 'pending':
    case 'running':
    case 'start':
      return { do: 'expect_list', list: what, names: words };
    case 'position':
      return { do: 'expect_position', name: first, position: Number(second) };
    case 'workloads':
      return { do: 'expect_workloads', count: Number(first) };
    default:
      return { do: 'expect_state', name: what, words };
  }
}

function readSubmit(name: string, options: string[]): Step | undefined {
  const annotations: Record<string, string> = {};
  let priority = 0;
  let kind: ManifestKind = 'Job';
  for (const option of options) {
    const [key, value = ''] = option.split('=');
    if (key === 'prio') priority = Number(value);
    else if (key === 'duration') annotations['kubejobs.io/simulate-duration'] = value;
    else if (key === 'exit') annotations['kubejobs.io/simulate-exit-code'] = value;
    else if (key === 'kind' && isManifestKind(value)) kind = value;
    else return undefined;
  }
  return { do: 'submit', name, priority, annotations, kind };
}

// Plays a scenario through the real core, engine, dispatcher and controllers on a simulated world, and says which of
// its expectations did not hold. Starts are judged at the end, by the times in the rows.
import { type ManifestKind, manifestKinds, type WorkloadManifest } from '../../pkg/models/index.ts';
import type { Scenario, ScenarioLine, Step } from './scenario.ts';
import { type SteppableClock, World } from './world.ts';

/** One sentence for each expectation that did not hold; none is success. */
export async function runScenario(scenario: Scenario, clock: SteppableClock): Promise<string[]> {
  const { durationMs, ...settings } = scenario.settings;
  const world = new World({ clock, seed: 1, settings, durationMs });
  const run = new ScenarioRun(world, scenario.lines);
  await world.start();
  const failures = await run.play();
  await world.close();
  return failures;
}

class ScenarioRun {
  readonly #world: World;
  readonly #lines: readonly ScenarioLine[];
  readonly #startMs: number;
  readonly #idOf = new Map<string, string>();
  readonly #failures: string[] = [];

  constructor(world: World, lines: readonly ScenarioLine[]) {
    this.#world = world;
    this.#lines = lines;
    this.#startMs = world.clock.now();
  }

  async play(): Promise<string[]> {
    const { clock } = this.#world;
    await clock.advance(0);
    for (const line of this.#lines) {
      await clock.advance(Math.max(0, this.#startMs + line.atMs - clock.now()));
      await this.#do(line, line.step);
      await clock.advance(0);
    }
    await clock.advance(1_000);
    for (const line of this.#lines) this.#checkStarts(line, line.step);
    return this.#failures;
  }

  async #do(line: ScenarioLine, step: Step): Promise<void> {
    const world = this.#world;
    switch (step.do) {
      case 'submit':
        void this.#submit(step);
        break;
      case 'cancel':
        void world.cancel(this.#id(step.name));
        break;
      case 'delete':
        await world.deleteWorkload(this.#id(step.name), 'background');
        break;
      case 'priority':
        void world.reprioritise(this.#id(step.name), step.priority);
        break;
      case 'crash':
        world.crash();
        break;
      case 'cluster':
        world.setReachable(step.reachable);
        break;
      case 'expect_list':
        if (step.list !== 'start') this.#checkList(line, step.list, step.names);
        break;
      case 'expect_position':
        this.#expect(line, String(this.#view(step.name)?.queuePosition), String(step.position));
        break;
      case 'expect_workloads':
        this.#expect(line, String((await world.workloads()).length), String(step.count));
        break;
      case 'expect_state':
        this.#checkState(line, step.name, step.words);
        break;
    }
  }

  async #submit({ name, priority, annotations, kind }: Extract<Step, { do: 'submit' }>): Promise<void> {
    const workload = kind === 'Job' ? {} : { manifest: manifests[kind] };
    const answer = await this.#world.submit([{ name, priority, queue: 'default', annotations, workload }]);
    if (answer?.ok) for (const { jobId } of answer.value.jobs) this.#idOf.set(name, jobId);
  }

  #checkList(line: ScenarioLine, list: 'pending' | 'running', names: string[]): void {
    const found = this.#world.program?.service[list]({ limit: 1_000 }).items.map(({ name }) => name) ?? [];
    this.#expect(line, found.join(' '), names.join(' '));
  }

  #checkState(line: ScenarioLine, name: string, words: string[]): void {
    const { state, reason, exitCode } = this.#view(name) ?? {};
    const found = words.map((word) => {
      if (word.startsWith('exit=')) return `exit=${exitCode}`;
      return word === words[0] ? state : reason;
    });
    this.#expect(line, found.join(' '), words.join(' '));
  }

  #checkStarts(line: ScenarioLine, step: Step): void {
    if (step.do !== 'expect_list' || step.list !== 'start') return;
    const second = Math.floor(line.atMs / 1_000);
    const started = [...this.#idOf]
      .map(([name, jobId]) => ({ name, attempt: this.#world.store.reader.job(jobId)?.attempts.at(-1) }))
      .filter(({ attempt }) => attempt && Math.floor((attempt.dispatchedAt - this.#startMs) / 1_000) === second)
      .sort((a, b) => (a.attempt?.dispatchSequence ?? 0) - (b.attempt?.dispatchSequence ?? 0));
    this.#expect(line, started.map(({ name }) => name).join(' '), step.names.join(' '));
  }

  #view(name: string) {
    return this.#world.program?.service.job(this.#id(name));
  }

  #id(name: string): string {
    return this.#idOf.get(name) ?? `no-job-named-${name}`;
  }

  #expect(line: ScenarioLine, found: string, expected: string): void {
    if (found !== expected) this.#failures.push(`line ${line.number} (${line.text}): found “${found}”`);
  }
}

const replica = { template: { spec: { containers: [{ name: 'pytorch', image: 'train' }] } } };

const manifests: Record<Exclude<ManifestKind, 'Job'>, WorkloadManifest> = {
  JobSet: {
    apiVersion: manifestKinds.JobSet,
    kind: 'JobSet',
    spec: {
      failurePolicy: { maxRestarts: 2 },
      replicatedJobs: [
        { name: 'leader', template: { spec: replica } },
        { name: 'worker', replicas: 2, template: { spec: replica } },
      ],
    },
  },
  PyTorchJob: {
    apiVersion: manifestKinds.PyTorchJob,
    kind: 'PyTorchJob',
    spec: { pytorchReplicaSpecs: { Master: { replicas: 1, ...replica }, Worker: { replicas: 2, ...replica } } },
  },
};

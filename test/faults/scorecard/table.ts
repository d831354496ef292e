// The table of faults in words: all that docs/reliability.md promises to look at. A row's module in test/faults/rows/ says
// how it is run; a test keeps the words of both the same.

export interface FaultWords {
  number: number;
  fault: string;
  how: string;
  required: string;
  /** What one trial is, in the plural. */
  unit: string;
  /** What was planned to be run before a release. */
  planned: string;
  /** Every case there is, each once, is run: nothing is sampled, so no rate can be told from it. */
  exhaustive?: true;
}

export const tableOfFaults: readonly FaultWords[] = [
  {
    number: 1,
    fault: 'anything, safety',
    how: 'simulation',
    required: '0 violations',
    unit: 'seeds',
    planned: '50,000 seeds of 5,000 steps',
  },
  {
    number: 2,
    fault: 'liveness',
    how: 'simulation, then faults off',
    required: 'all finished within 10 simulated minutes',
    unit: 'seeds',
    planned: 'with 1',
  },
  {
    number: 3,
    fault: 'harness power',
    how: 'planted bugs',
    required: 'every one caught',
    unit: 'planted bugs',
    planned: 'all of at least 20',
    exhaustive: true,
  },
  {
    number: 4,
    fault: 'kill −9 of the real server under load',
    how: 'random moments and named points',
    required: '0 accepted jobs lost, 0 second workloads of an attempt, 0 leaked slots',
    unit: 'kills',
    planned: '1,000 kills',
  },
  {
    number: 5,
    fault: 'power loss',
    how: 'below the real SQLite, what was not fsynced is dropped, at every write',
    required: '0 accepted lost',
    unit: 'points',
    planned: 'all points',
    exhaustive: true,
  },
  {
    number: 6,
    fault: 'create executed, answer lost',
    how: 'proxy before the API server',
    required: 'one workload per attempt',
    unit: 'creates',
    planned: '10,000 creates',
  },
  {
    number: 7,
    fault: 'API server gone 5 min, slow, 429, 5xx',
    how: 'stop it; proxy',
    required: 'submissions accepted throughout, no retry before Retry-After, drained within 30 s of its return',
    unit: 'outages',
    planned: '50 outages',
  },
  {
    number: 8,
    fault: 'watch cut, half-open, stale, 410',
    how: 'proxy, compaction',
    required: 'right again within one relist; the silent stream noticed',
    unit: 'broken watches',
    planned: '20,000 broken watches, simulated',
  },
  {
    number: 9,
    fault: 'others delete Jobs, TTL, namespace terminating, quota',
    how: 'matrix on the cluster',
    required: 'slot freed, true reason, no hot loop, others go on',
    unit: 'cases',
    planned: 'all cases',
    exhaustive: true,
  },
  {
    number: 10,
    fault: 'results: crash between any two steps',
    how: 'named points',
    required: 'no result lost or doubled',
    unit: 'crashes',
    planned: '10,000 crashes, simulated',
  },
  {
    number: 11,
    fault: 'hostile logs: 1 GB, control characters, broken UTF-8',
    how: 'log source',
    required: 'memory +32 MiB at most, ConfigMap accepted',
    unit: 'logs',
    planned: '20 of each',
  },
  {
    number: 12,
    fault: 'disk full, read-only, corrupt or newer database',
    how: 'tmpfs, bit flips',
    required: '503 or refusal to start with the reason; never an acknowledgement, never silent repair',
    unit: 'cases',
    planned: '1,000 bit flips',
  },
  {
    number: 13,
    fault: 'a poisoned row or object (unknown state, absurd annotation)',
    how: 'mutations',
    required: 'set aside and reported; the others go on',
    unit: 'mutations',
    planned: '10,000 mutations',
  },
  {
    number: 14,
    fault:
      'HTTP: fuzz by the OpenAPI document, raw bytes, 10,000 slow connections, 1 MiB+ bodies, deep JSON, `__proto__`',
    how: 'schemathesis, scripts',
    required: '0 5xx, 0 crashes, good clients’ p99 under 2×',
    unit: 'requests',
    planned: '100,000 requests',
  },
  {
    number: 15,
    fault: 'order and starvation',
    how: 'property tests against a naive model',
    required: 'exact order',
    unit: 'runs',
    planned: '100,000 runs',
  },
  {
    number: 16,
    fault: 'one million pending',
    how: 'load, restart',
    required: 'start ≤ 1.5 s from a snapshot, else ≤ 10 s; ≤ 200 MiB above the empty server',
    unit: 'restarts',
    planned: 'one load, kill and restart',
  },
  {
    number: 17,
    fault: 'soak',
    how: 'simulated 30 days; real 30 min',
    required: 'heap and descriptors flat',
    unit: 'soaks',
    planned: 'one simulated, one real',
  },
  {
    number: 18,
    fault: 'SIGTERM under load',
    how: 'real server',
    required: 'every accepted job kept, exit within 10 s, code 0',
    unit: 'stops',
    planned: '100 stops',
  },
];

// How a row becomes poison: values that the schema lets through and no program would write, rows that are missing, and,
// behind the back of the schema, values of the wrong type. Each is SQL on the rows of one job, or on a table of all.
import type { Random } from '../../../../internal/platform/random.ts';
import { oneOf } from '../../../../internal/simulation/weather.ts';
import { killedAt } from './sound-database.ts';

export interface Mutation {
  name: string;
  /** `?` is the number of the job, where there is one. */
  sql: string;
  /** It concerns no single job. */
  isGlobal?: boolean;
}

const longText = "printf('%.*c', 300000, 'x')";
const controls = "char(27) || '[2J' || char(0) || char(8238) || 'x' || char(10)";
const absurdNumbers = ['-1', '0', '7', '2147483648', '9007199254740993', '9223372036854775807', '-9223372036854775808'];
const absurdTimes = ['-1e300', '1e300', '9e999', '-1', '0', '8.64e15 + 1', `${killedAt} + 1e13`];
const brokenJson = [
  "'{'",
  "''",
  "'null'",
  "'5'",
  "'[]'",
  "'[5]'",
  '\'"x"\'',
  '\'{"a":{"b":[1]}}\'',
  '\'{"a":5}\'',
  deepJson(),
];

function deepJson(): string {
  return `'${'['.repeat(5_000)}${']'.repeat(5_000)}'`;
}

const words = ["'odd'", "''", "'RUNNING'", longText, controls];
const states = ["'odd'", "''", "'Pending'", "'queued'", controls];

const columnsOfJobs: Record<string, readonly string[]> = {
  state: [...states, "'running'", "'blocked'", "'scheduled'"],
  priority: ['9000000000000', '-9000000000000', '1000001', '2147483648', '-2147483649'],
  sequence: ['9007199254740991', '9007199254740993', '9223372036854775807', '-5', '4503599627370497'],
  name: [...words, "'UPPER_case'", "'../../x'"],
  queue: words,
  namespace: [...words, "'../../kube-system'"],
  labels: brokenJson,
  annotations: [
    ...brokenJson,
    `'{"kubejobs.io/simulate-duration":"banana"}'`,
    `'{"kubejobs.io/simulate-duration":"-5s","kubejobs.io/simulate-exit-code":"1e999"}'`,
    `json_object('example.com/x', ${longText})`,
  ],
  spec: [
    ...brokenJson,
    `'{"image":5}'`,
    `'{"args":"x"}'`,
    `'{"template":7}'`,
    `'{"template":{"spec":[]}}'`,
    `'{"env":{}}'`,
  ],
  accepted_as: words,
  reason: words,
  message: [longText, controls],
  attempt: absurdNumbers,
  exit_code: absurdNumbers,
  created_at: absurdTimes,
  started_at: absurdTimes,
  finished_at: absurdTimes,
  rules: [...brokenJson, `'{"retries":-1}'`, `'{"retries":"many"}'`, `'{"timeoutMs":1e300}'`, `'{"timeoutMs":"x"}'`],
  held: absurdNumbers,
  start_at: absurdTimes,
  expires_at: absurdTimes,
  waits_for: [...brokenJson, `'[{}]'`, `'[{"jobId":"nobody","on":"finish"}]'`, `'[{"jobId":5,"on":"odd"}]'`],
  attempts_before: absurdNumbers,
  gave_way_times: absurdNumbers,
};

const columnsOfAttempts: Record<string, readonly string[]> = {
  attempt: ['-1', '0', '2', '9007199254740993'],
  dispatch_sequence: absurdNumbers,
  dispatched_at: absurdTimes,
  workload_kind: [...words, "'Secret'"],
  workload_namespace: words,
  workload_name: words,
  workload_uid: words,
  creation: [...words, "'refused'"],
  unknown_at: absurdTimes,
  cancel_requested_at: absurdTimes,
  finished_at: absurdTimes,
  outcome: words,
  reason: words,
  message: [longText, controls],
  exit_code: absurdNumbers,
  cleanup_at: absurdTimes,
  made_at: absurdTimes,
  give_way: [longText, controls],
  restarts: absurdNumbers,
};

const columnsOfEvents: Record<string, readonly string[]> = {
  at: absurdTimes,
  state: states,
  reason: words,
  message: [longText, controls],
  attempt: absurdNumbers,
};

const global: readonly Mutation[] = [
  ...['-5', '9007199254740993'].map((value) => ofAll('job_counts', `UPDATE job_counts SET jobs = ${value}`)),
  ofAll('job_counts', 'DELETE FROM job_counts'),
  ofAll('job_counts', "INSERT OR REPLACE INTO job_counts VALUES ('odd', 7)"),
  ofAll('job_labels', 'DELETE FROM job_labels'),
  ofAll('job_labels', "INSERT OR REPLACE INTO job_labels VALUES ('team', 'team-1', 999999), ('', '', -1)"),
  ...['-5', '9007199254740993', '9223372036854775807'].map((value) =>
    ofAll('meta', `UPDATE meta SET last_dispatch_sequence = ${value}`),
  ),
  ...['-5', '0', '9007199254740993'].map((value) => ofAll('meta', `UPDATE meta SET max_concurrency = ${value}`)),
  ofAll('meta', 'UPDATE meta SET paused = 7'),
  ...['-5', '9007199254740993'].map((value) => ofAll('meta', `UPDATE meta SET last_event = ${value}`)),
  ofAll('idempotency_keys', "INSERT OR REPLACE INTO idempotency_keys VALUES ('', '', x'01', -1, 1e300)"),
];

function ofAll(table: string, sql: string): Mutation {
  return { name: table, sql, isGlobal: true };
}

const wrongTypes: readonly Mutation[] = ['priority', 'created_at', 'name', 'state', 'spec'].flatMap((column) =>
  ["x'00ff'", 'NULL', "'text'"].map((value) => ({
    name: `jobs.${column} of another type`,
    sql: `PRAGMA writable_schema = ON;
      UPDATE sqlite_schema SET sql = replace(replace(sql, ') STRICT', ')'), 'NOT NULL', '') WHERE name = 'jobs';
      PRAGMA writable_schema = RESET; UPDATE jobs SET ${column} = ${value} WHERE sequence = ?;
      PRAGMA writable_schema = ON;
      UPDATE sqlite_schema SET sql = (SELECT sql FROM temp.before) WHERE name = 'jobs';
      PRAGMA writable_schema = RESET`,
  })),
);

const ofJob = '(SELECT job_id FROM jobs WHERE sequence = ?)';

const missingRows: readonly Mutation[] = [
  { name: 'attempts missing', sql: `DELETE FROM attempts WHERE job_id = ${ofJob}` },
  { name: 'events missing', sql: `DELETE FROM events WHERE job_id = ${ofJob}` },
  { name: 'job missing', sql: 'DELETE FROM jobs WHERE sequence = ?' },
];

export function rowMutation(random: Random): Mutation {
  const dice = random.next();
  if (dice < 0.55) return ofColumn('jobs', columnsOfJobs, 'sequence = ?', random);
  if (dice < 0.78) return ofColumn('attempts', columnsOfAttempts, `job_id = ${ofJob}`, random);
  if (dice < 0.83) return ofColumn('events', columnsOfEvents, `job_id = ${ofJob}`, random);
  if (dice < 0.9) return oneOf(random, missingRows);
  return oneOf(random, dice < 0.98 ? global : wrongTypes);
}

function ofColumn(table: string, columns: Record<string, readonly string[]>, where: string, random: Random): Mutation {
  const [column, values] = oneOf(random, Object.entries(columns));
  const value = oneOf(random, values);
  const shown = value.length > 60 ? `${value.slice(0, 60)}…` : value;
  return { name: `${table}.${column} = ${shown}`, sql: `UPDATE ${table} SET ${column} = ${value} WHERE ${where}` };
}

// The measuring points as the parts see them; the prom-client behind them is the program's business.
// A name and its labels are declared here once: the metrics page of the docs is held against this list by a test.

export interface MetricDefinition {
  type: 'counter' | 'gauge' | 'histogram';
  help: string;
  labels: readonly string[];
  buckets?: readonly number[];
}

const secondsOfWork = [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 14_400, 86_400] as const;
const secondsOfCalls = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] as const;

const secondsOfLooks = [0.0001, 0.001, 0.01, 0.1, 1, 10, 60, 300] as const;

export const metricDefinitions = {
  kubejobs_jobs: { type: 'gauge', help: 'Jobs by state.', labels: ['state'] },
  kubejobs_queue_depth: { type: 'gauge', help: 'Pending jobs.', labels: [] },
  kubejobs_slots: { type: 'gauge', help: 'The cap on running jobs (max_concurrency).', labels: [] },
  kubejobs_slots_used: { type: 'gauge', help: 'Slots held by running jobs.', labels: [] },
  kubejobs_paused: { type: 'gauge', help: '1 while a person has paused dispatching, else 0.', labels: [] },
  kubejobs_job_wait_seconds: {
    type: 'histogram',
    help: 'From acceptance to dispatch.',
    labels: [],
    buckets: secondsOfWork,
  },
  kubejobs_job_run_seconds: {
    type: 'histogram',
    help: 'From dispatch to the end of the attempt, by the state it ended in.',
    labels: ['state'],
    buckets: secondsOfWork,
  },
  kubejobs_dispatch_outcomes_total: {
    type: 'counter',
    help: 'Ends of create calls: made, refused, quota_refused, unknown.',
    labels: ['outcome'],
  },
  kubejobs_api_server_request_duration_seconds: {
    type: 'histogram',
    help: 'Calls to the Kubernetes API server by verb, resource and outcome (ok, refused, unknown).',
    labels: ['verb', 'resource', 'outcome'],
    buckets: secondsOfCalls,
  },
  kubejobs_cluster_reachable: { type: 'gauge', help: '1 while the API server answers, else 0.', labels: [] },
  kubejobs_commit_duration_seconds: {
    type: 'histogram',
    help: 'One durable commit of a turn.',
    labels: [],
    buckets: secondsOfCalls,
  },
  kubejobs_commit_inputs: {
    type: 'histogram',
    help: 'Inputs that shared one commit.',
    labels: [],
    buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024],
  },
  kubejobs_store_available: { type: 'gauge', help: '1 while the store takes writes, else 0.', labels: [] },
  kubejobs_store_failures_total: {
    type: 'counter',
    help: 'Commits that failed, and tries to write again that did, by code: disk_full, io, read_only, corrupt and others.',
    labels: ['code'],
  },
  kubejobs_access_refusals_total: {
    type: 'counter',
    help: 'Calls turned away by reason: no_token, no_bearer_token, unknown_token, expired, role.',
    labels: ['reason'],
  },
  kubejobs_tokens_reloads_total: {
    type: 'counter',
    help: 'Times that a changed tokens file was read, by outcome: used, refused.',
    labels: ['outcome'],
  },
  kubejobs_tokens_stale: {
    type: 'gauge',
    help: '1 while the tokens file cannot be used and the tokens before it stay, else 0.',
    labels: [],
  },
  kubejobs_http_connections: { type: 'gauge', help: 'Open connections of clients.', labels: [] },
  kubejobs_event_readers: { type: 'gauge', help: 'Clients that follow the events.', labels: [] },
  kubejobs_event_readers_cut_off_total: {
    type: 'counter',
    help: 'Clients that were cut off because they took no events.',
    labels: [],
  },
  kubejobs_http_connections_dropped_total: {
    type: 'counter',
    help: 'Connections closed by reason: room (made for a newer one), full, pipelining, unread (answers not read).',
    labels: ['reason'],
  },
  kubejobs_schedules: { type: 'gauge', help: 'Schedules, suspended ones too.', labels: [] },
  kubejobs_schedule_runs_total: {
    type: 'counter',
    help: 'Runs of schedules by outcome: submitted, or missed as too_late, superseded, job_unfinished, refused.',
    labels: ['outcome'],
  },
  kubejobs_webhook_deliveries: {
    type: 'gauge',
    help: 'Finish webhooks that have not arrived, by state: pending, failed.',
    labels: ['state'],
  },
  kubejobs_webhook_tries_total: {
    type: 'counter',
    help: 'Tries of finish webhooks by outcome: delivered, later, failed; and dropped, when too many waited.',
    labels: ['outcome'],
  },
  kubejobs_workloads: {
    type: 'gauge',
    help: 'Watched JobSets, PyTorchJobs and Jobs, ours and everyone else’s, by state.',
    labels: ['kind', 'state'],
  },
  kubejobs_container_issues: {
    type: 'gauge',
    help: 'Containers of watched workloads that have an issue, by its reason; Other for a reason that nobody knows.',
    labels: ['reason'],
  },
  kubejobs_workload_objects_skipped_total: {
    type: 'counter',
    help: 'Times that a watched object made no sense and was skipped, by each who watches it.',
    labels: ['kind'],
  },
  kubejobs_podgroups: {
    type: 'gauge',
    help: 'Groups of pods, ours and everyone else’s, by state: ready, not_ready.',
    labels: ['state'],
  },
  kubejobs_podgroup_labels_total: {
    type: 'counter',
    help: 'Ready labels that were to be put on pods, by outcome: labelled, passed_over (the pod was gone or changed), failed.',
    labels: ['outcome'],
  },
  kubejobs_gang_deadlocked_podgroups: {
    type: 'gauge',
    help: 'Groups of pods that wait for one another.',
    labels: [],
  },
  kubejobs_gang_deadlocks_total: {
    type: 'counter',
    help: 'Times that groups of pods began to wait for one another.',
    labels: [],
  },
  kubejobs_gang_give_ways_total: {
    type: 'counter',
    help: 'Jobs that were asked to go back to the queue because their groups of pods waited for others.',
    labels: [],
  },
  kubejobs_results_saved_total: {
    type: 'counter',
    help: 'Results of finished Jobs that were saved, by status.',
    labels: ['status'],
  },
  kubejobs_results_failures_total: {
    type: 'counter',
    help: 'Times that the result of a Job could not be saved yet, by outcome: refused, unknown.',
    labels: ['outcome'],
  },
  jobset_completed_total: {
    type: 'counter',
    help: 'JobSets that completed, by name; after 1,000 of them the name is other.',
    labels: ['jobset_name', 'namespace'],
  },
  jobset_failed_total: {
    type: 'counter',
    help: 'JobSets that failed, by name; after 1,000 of them the name is other.',
    labels: ['jobset_name', 'namespace'],
  },
  kubejobs_jobset_ground: {
    type: 'gauge',
    help: '1 for what was found of JobSets on the cluster (ours, no_crd, another, unreadable), else 0; they are run when it is ours.',
    labels: ['found'],
  },
  kubejobs_controller_queue_depth: {
    type: 'gauge',
    help: 'Keys that wait for a controller, for their turn or for the end of a pause.',
    labels: ['controller'],
  },
  kubejobs_controller_keys_processing: {
    type: 'gauge',
    help: 'Keys that a controller is looking at.',
    labels: ['controller'],
  },
  kubejobs_controller_wait_seconds: {
    type: 'histogram',
    help: 'How long a key waited for its turn; the pause before a retry is not in it.',
    labels: ['controller'],
    buckets: secondsOfCalls,
  },
  kubejobs_controller_reconcile_seconds: {
    type: 'histogram',
    help: 'How long one look at a key took, calls to the API server included.',
    labels: ['controller'],
    buckets: secondsOfLooks,
  },
  kubejobs_controller_retries_total: {
    type: 'counter',
    help: 'Looks after which a key comes back later.',
    labels: ['controller'],
  },
  kubejobs_spans_total: {
    type: 'counter',
    help: 'Spans of traces by outcome: exported, failed (the collector did not take them).',
    labels: ['outcome'],
  },
  kubejobs_informer_relists_total: { type: 'counter', help: 'Full lists by resource.', labels: ['resource'] },
} as const satisfies Record<string, MetricDefinition>;

export type MetricName = keyof typeof metricDefinitions;

export interface Metrics {
  /** Adds to a counter. */
  count(name: MetricName, labels?: Record<string, string>, by?: number): void;
  /** Sets a gauge. */
  set(name: MetricName, value: number, labels?: Record<string, string>): void;
  /** Adds one observation to a histogram (seconds, or a count). */
  observe(name: MetricName, value: number, labels?: Record<string, string>): void;
}

export const silentMetrics: Metrics = { count() {}, set() {}, observe() {} };

// JobSet of jobset.x-k8s.io/v1alpha2, as it stands on the API server: its types, the values that its fields can have, their
// defaults, and the names that it gives to labels and annotations. Plain data; what it means is the controller's, and what
// is refused says the CRD in deploy/crds. The names are JobSet's own and never change.
// Source: https://jobset.sigs.k8s.io/docs/reference/jobset.v1alpha2/ and, for templates, batch/v1 and core/v1 of Kubernetes.

export const jobSetGroup = 'jobset.x-k8s.io';
export const jobSetVersion = 'v1alpha2';
export const jobSetApiVersion = `${jobSetGroup}/${jobSetVersion}`;
export const jobSetKind = 'JobSet';
export const jobSetPlural = 'jobsets';
/** The name of the CustomResourceDefinition. */
export const jobSetCrdName = `${jobSetPlural}.${jobSetGroup}`;
/** On a CustomResourceDefinition that `kubejobs install crds` made, with the value `true`; others are left alone. */
export const managedCrdAnnotation = 'kubejobs.io/managed-crd';

export interface JobSet {
  apiVersion: typeof jobSetApiVersion;
  kind: typeof jobSetKind;
  metadata: JobSetMetadata;
  spec: JobSetSpec;
  status?: JobSetStatus;
}

export interface JobSetMetadata {
  name: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  /** RFC 3339, as all times here. */
  creationTimestamp?: string;
  deletionTimestamp?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

// The spec and the status are aliases, not interfaces, so that they are also the plain objects of other types.
/** As it was written: the API server fills in what is left out from `jobSetDefaults`. */
export type JobSetSpec = {
  /** By `name`; immutable, but for some fields of the pod templates while suspended. */
  replicatedJobs?: ReplicatedJob[];
  network?: JobSetNetwork;
  /** Immutable. */
  successPolicy?: SuccessPolicy;
  /** Without one the first failed Job fails the JobSet. Immutable. */
  failurePolicy?: FailurePolicy;
  /** Immutable. */
  startupPolicy?: StartupPolicy;
  /** No pods run while it is true. */
  suspend?: boolean;
  coordinator?: Coordinator;
  /** Other than `jobSetController`: another controller's JobSet. Immutable, at most 63 characters. */
  managedBy?: string;
  /** Seconds from its end to its deletion; never deleted without. */
  ttlSecondsAfterFinished?: number;
};

/** A group of identical Jobs. */
export interface ReplicatedJob {
  /** Unique in the JobSet. */
  name: string;
  groupName?: string;
  /** How many Jobs. */
  replicas?: number;
  template: ReplicatedJobTemplate;
  /** All of these first; each is earlier in the list. At most `longestDependsOn`. */
  dependsOn?: DependsOn[];
}

/** JobTemplateSpec of batch/v1. Fields that nobody here reads are there under their own names. */
export interface ReplicatedJobTemplate {
  metadata?: TemplateMetadata;
  spec: ReplicatedJobSpec;
}

export interface TemplateMetadata {
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  [field: string]: unknown;
}

export interface ReplicatedJobSpec {
  parallelism?: number;
  completions?: number;
  completionMode?: CompletionMode;
  suspend?: boolean;
  template: PodTemplate;
  [field: string]: unknown;
}

/** PodTemplateSpec of core/v1. */
export interface PodTemplate {
  metadata?: TemplateMetadata;
  spec?: PodTemplateSpec;
}

export interface PodTemplateSpec {
  restartPolicy?: string;
  subdomain?: string;
  priorityClassName?: string;
  nodeSelector?: Record<string, string>;
  tolerations?: Toleration[];
  schedulingGates?: Array<{ name: string }>;
  affinity?: Record<string, unknown>;
  [field: string]: unknown;
}

export interface Toleration {
  key?: string;
  operator?: string;
  value?: string;
  effect?: string;
  tolerationSeconds?: number;
}

export const completionModes = ['Indexed', 'NonIndexed'] as const;
export type CompletionMode = (typeof completionModes)[number];

/** `Ready`: ready + succeeded + failed Jobs are all replicas; `Complete`: succeeded ones are. */
export const dependencyStatuses = ['Ready', 'Complete'] as const;
export type DependencyStatus = (typeof dependencyStatuses)[number];

export interface DependsOn {
  /** Of an earlier replicated job. */
  name: string;
  status: DependencyStatus;
}

export interface JobSetNetwork {
  /** A headless Service, and a subdomain in the pods. */
  enableDNSHostnames?: boolean;
  /** Of the Service and of the pods; the JobSet's name when absent. */
  subdomain?: string;
  publishNotReadyAddresses?: boolean;
}

/** `Any`: one successful Job among the targets is enough; `All`: every Job of every target. */
export const successOperators = ['All', 'Any'] as const;
export type SuccessOperator = (typeof successOperators)[number];

export interface SuccessPolicy {
  operator: SuccessOperator;
  /** Names of replicated jobs; every one when empty. */
  targetReplicatedJobs?: string[];
}

/** `BlockingRecreate`: no new Job before all Jobs of the attempt before are gone. */
export const restartStrategies = ['Recreate', 'BlockingRecreate'] as const;
export type RestartStrategy = (typeof restartStrategies)[number];

export interface FailurePolicy {
  /** How many restarts that count. */
  maxRestarts?: number;
  restartStrategy?: RestartStrategy;
  /** The first that matches decides; `RestartJobSet` when none does. */
  rules?: FailurePolicyRule[];
}

export const failurePolicyActions = ['FailJobSet', 'RestartJobSet', 'RestartJobSetAndIgnoreMaxRestarts'] as const;
export type FailurePolicyAction = (typeof failurePolicyActions)[number];

/** The reasons that a Job's own `Failed` condition can have. */
export const jobFailureReasons = [
  'BackoffLimitExceeded',
  'DeadlineExceeded',
  'FailedIndexes',
  'MaxFailedIndexesExceeded',
  'PodFailurePolicy',
] as const;
export type JobFailureReason = (typeof jobFailureReasons)[number];

export interface FailurePolicyRule {
  /** Unique among the rules; `failurePolicyRuleName(index)` when it was left out. */
  name?: string;
  action: FailurePolicyAction;
  /** Any when empty. */
  onJobFailureReasons?: JobFailureReason[];
  /** Regular expressions (RE2) of which one is to be found in the condition's message; any message when empty. */
  onJobFailureMessagePatterns?: string[];
  /** Names of replicated jobs; every one when empty. */
  targetReplicatedJobs?: string[];
}

/** `InOrder`: replicated jobs start in the order of the list, each once the one before it is ready. */
export const startupPolicyOrders = ['AnyOrder', 'InOrder'] as const;
export type StartupPolicyOrder = (typeof startupPolicyOrders)[number];

export interface StartupPolicy {
  startupPolicyOrder: StartupPolicyOrder;
}

/** The pod whose address all pods are told; its Job is Indexed. */
export interface Coordinator {
  replicatedJob: string;
  /** From 0, as `podIndex`; both 0 when absent. */
  jobIndex?: number;
  podIndex?: number;
}

export type JobSetStatus = {
  /** By `type`. */
  conditions?: JobSetCondition[];
  /** Attempts before this one: what the Jobs of this one are labelled with. */
  restarts?: number;
  /** Those of them that count towards `maxRestarts`. */
  restartsCountTowardsMax?: number;
  /** Empty until it is over. */
  terminalState?: TerminalState | '';
  /** By `name`. */
  replicatedJobsStatus?: ReplicatedJobStatus[];
};

export const terminalStates = ['Completed', 'Failed'] as const;
export type TerminalState = (typeof terminalStates)[number];

export const jobSetConditionTypes = [
  'Completed',
  'Failed',
  'Suspended',
  'StartupPolicyInProgress',
  'StartupPolicyCompleted',
] as const;
export type JobSetConditionType = (typeof jobSetConditionTypes)[number];

export interface JobSetCondition {
  type: JobSetConditionType;
  status: 'True' | 'False' | 'Unknown';
  reason: string;
  message: string;
  /** RFC 3339, whole seconds. */
  lastTransitionTime: string;
  observedGeneration?: number;
}

/** Counts of Jobs. */
export interface ReplicatedJobStatus {
  name: string;
  ready: number;
  succeeded: number;
  failed: number;
  active: number;
  suspended: number;
}

/** Reasons of conditions; each is also its event's. */
export const jobSetReasons = {
  completed: 'AllJobsCompleted',
  failedJobs: 'FailedJobs',
  reachedMaxRestarts: 'ReachedMaxRestarts',
  failedByRule: 'FailJobSetFailurePolicyAction',
  suspended: 'SuspendedJobs',
  resumed: 'ResumeJobs',
  startupInProgress: 'InOrderStartupPolicyInProgress',
  startupCompleted: 'InOrderStartupPolicyCompleted',
} as const;
export type JobSetReason = (typeof jobSetReasons)[keyof typeof jobSetReasons];

/** Reasons of Warning events that no condition has. */
export const jobSetEventReasons = {
  restarted: 'RestartJobSetFailurePolicyAction',
  restartedUncounted: 'RestartJobSetAndIgnoreMaxRestartsFailurePolicyAction',
  jobRefused: 'JobCreationFailed',
  serviceRefused: 'HeadlessServiceCreationFailed',
} as const;
export type JobSetEventReason = (typeof jobSetEventReasons)[keyof typeof jobSetEventReasons];

const prefix = 'jobset.sigs.k8s.io';

/** The only `managedBy` that leaves a JobSet to a JobSet controller. */
export const jobSetController = `${prefix}/jobset-controller`;

/** On child Jobs and on their pods, each as a label and as an annotation. */
export const jobSetLabels = {
  jobSetName: `${prefix}/jobset-name`,
  jobSetUid: `${prefix}/jobset-uid`,
  replicatedJobName: `${prefix}/replicatedjob-name`,
  replicatedJobReplicas: `${prefix}/replicatedjob-replicas`,
  /** From 0, in its replicated job. */
  jobIndex: `${prefix}/job-index`,
  /** From 0, over all Jobs in the order of the list. */
  jobGlobalIndex: `${prefix}/job-global-index`,
  globalReplicas: `${prefix}/global-replicas`,
  groupName: `${prefix}/group-name`,
  groupReplicas: `${prefix}/group-replicas`,
  /** From 0, in its group. */
  jobGroupIndex: `${prefix}/job-group-index`,
  /** `status.restarts` when the Job was made. */
  restartAttempt: `${prefix}/restart-attempt`,
  /** Hexadecimal SHA-1 of `<namespace>/<job name>`. */
  jobKey: `${prefix}/job-key`,
  /** The coordinator's address; only where the spec has one. */
  coordinator: `${prefix}/coordinator`,
} as const;

/** On exclusive pods: the number behind their PriorityClass. */
export const jobSetPriorityLabel = `${prefix}/priority`;

/** On a JobSet or on a template of a replicated job: the node label whose domains belong to one Job each. */
export const exclusiveTopologyAnnotation = `alpha.${prefix}/exclusive-topology`;
/** On the same: nodes are labelled beforehand, with `namespacedJobLabel`. */
export const nodeSelectorAnnotation = `alpha.${prefix}/node-selector`;
/** On nodes: `<namespace>_<job>`. */
export const namespacedJobLabel = `alpha.${prefix}/namespaced-job`;
/** The taint of such nodes. */
export const noScheduleTaint = `alpha.${prefix}/no-schedule`;

/** What the API server fills in; by an admission policy, not by the schema, where the value depends on the place. */
export const jobSetDefaults = {
  groupName: 'default',
  replicas: 1,
  completionMode: 'Indexed',
  podRestartPolicy: 'OnFailure',
  enableDNSHostnames: true,
  publishNotReadyAddresses: true,
  successOperator: 'All',
  maxRestarts: 0,
  restartStrategy: 'Recreate',
  startupPolicyOrder: 'AnyOrder',
  suspend: false,
  jobIndex: 0,
  podIndex: 0,
} as const;

/** `index` from 0. */
export function failurePolicyRuleName(index: number): string {
  return `failurePolicyRule${index}`;
}

export const longestDependsOn = 5;
export const longestManagedBy = 63;
export const longestRuleName = 128;
export const ruleNamePattern = '^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$';
/** Of a DNS-1035 label: Job names, pod names, group names, the subdomain. */
export const longestDnsLabel = 63;

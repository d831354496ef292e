// The pod-spec policy: what jobs may ask of the cluster.
export { checkNamespace, checkPodTemplates, rulesByLevel, type Violation } from './check.ts';
export { judgeSubmission, judgeWorkload, type SubmissionRules, submissionJudge } from './judgement.ts';
export { at, type Place, place, pointerOf } from './places.ts';
export {
  type Allowances,
  type AllowedHostPath,
  defaultPolicy,
  nothingMore,
  type PodSecurityLevel,
  type Policy,
  podSecurityLevels,
} from './policy.ts';
export {
  allowanceFields,
  type PolicyDocument,
  type PolicyDocumentResult,
  policyDocumentOf,
  policyFields,
  policyFromDocument,
  readNamespaces,
} from './policy-document.ts';
export { judgedKinds, podTemplatesOf } from './workload-templates.ts';

// The options of `kubejobs policy check`: those of `serve` that the policy depends on, and the file to judge.
import { type OptionTable, serveOptions } from '../../internal/platform/configuration.ts';

const { policy, namespace, namespaces } = serveOptions;

export const policyCheckOptions = {
  policy,
  'pod-security': serveOptions['pod-security'],
  namespaces,
  namespace: { ...namespace, default: 'default', help: 'namespace for jobs that name none' },
  'job-template': serveOptions['job-template'],
} as const satisfies OptionTable;

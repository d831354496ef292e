/**
 * How test files reach the cluster that the global setup started. Tests that stop the API server must not do that to
 * everybody: they start one of their own with `startCluster()`, which takes seconds.
 */
import { describe, inject } from 'vitest';
import type { ApiAccess } from './api-request.ts';
import type { Availability } from './binaries.ts';
import { type Kubectl, kubectlWith } from './kubectl.ts';

/** What crosses from the global setup to the test processes: plain data. */
export type ClusterContext =
  | ({
      available: true;
      kubeconfigPath: string;
      kubectlPath: string;
      etcdUrl: string;
      directory: string;
      realNode: Availability;
    } & ApiAccess)
  | { available: false; reason: string };

declare module 'vitest' {
  export interface ProvidedContext {
    cluster: ClusterContext;
  }
}

export interface SharedCluster extends ApiAccess {
  kubeconfigPath: string;
  kubectlPath: string;
  etcdUrl: string;
  directory: string;
  kubectl: Kubectl;
}

type Suite = (cluster: SharedCluster) => void;

/** A `describe` whose tests get the shared cluster; where there is none they are skipped and the title says why. */
export function describeCluster(title: string, suite: Suite): void {
  const context = inject('cluster');
  describeWhen(context, title, context, suite);
}

/** The same for tests that need the real node `localhost`. */
export function describeRealNode(title: string, suite: Suite): void {
  const context = inject('cluster');
  describeWhen(context.available ? context.realNode : context, title, context, suite);
}

function describeWhen(availability: Availability, title: string, context: ClusterContext, suite: Suite): void {
  if (availability.available && context.available) {
    const cluster = { ...context, kubectl: kubectlWith(context.kubectlPath, context.kubeconfigPath) };
    describe(title, () => suite(cluster));
  } else {
    const reason = availability.available ? '' : availability.reason;
    describe.skip(`${title} (skipped: ${reason})`, () => suite(absent)); // run only to count its tests
  }
}

const nowhere = { server: '', token: '', caPath: '', kubeconfigPath: '', kubectlPath: '', etcdUrl: '', directory: '' };
const absent: SharedCluster = { ...nowhere, kubectl: kubectlWith('false', '') };

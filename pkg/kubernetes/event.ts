// An event about an object, as `kubectl describe` shows it below that object. With a name that follows from what it tells,
// telling twice is telling once: "already exists" is success.
// Source: core/v1 Event of the Kubernetes API.
import type { KubernetesObject } from './cluster.ts';

export interface EventAbout {
  apiVersion: string;
  kind: string;
  namespace: string;
  name: string;
  uid: string;
  resourceVersion?: string;
}

export interface EventWords {
  /** Of the event itself. */
  name: string;
  type: 'Normal' | 'Warning';
  reason: string;
  message: string;
}

/** `now` in milliseconds; events have whole seconds. */
export function eventObject(about: EventAbout, { name, ...words }: EventWords, now: number): KubernetesObject {
  const at = `${new Date(now).toISOString().slice(0, 19)}Z`;
  const event = {
    ...{ apiVersion: 'v1', kind: 'Event', metadata: { name, namespace: about.namespace } },
    ...{ involvedObject: about, ...words },
    ...{ source: { component: 'kubejobs' }, reportingComponent: 'kubejobs', reportingInstance: '' },
    ...{ firstTimestamp: at, lastTimestamp: at, count: 1 },
  };
  return event;
}

// What is said of a JobSet's restarts, and of the pods that are none of the present ones.

import { describe, expect, it } from 'vitest';
import { Departed } from '../../../../../internal/controllers/jobs/departed.ts';
import { observeWithoutPods } from '../../../../../internal/controllers/jobs/missing-pods.ts';
import {
  type JobRecord,
  type PodRecord,
  projectJob,
  projectPod,
} from '../../../../../internal/controllers/jobs/records.ts';
import { RestartWatch } from '../../../../../internal/controllers/jobs/restarts.ts';
import { madeBy, madeByJobSet } from '../../../../../internal/controllers/jobs/watchers.ts';
import { eventName } from '../../../../../internal/controllers/jobset/naming.ts';
import type { Cluster, KubernetesObject } from '../../../../../pkg/kubernetes/cluster.ts';
import { ended, jobObject, podObject } from '../../../../support/kubernetes-objects.ts';
import { page } from '../../../../support/scripted-cluster.ts';

const jobSetWith = (restarts: number): JobRecord =>
  projectJob({ ...jobObject({ uid: 'set-uid' }), kind: 'JobSet', status: { restarts } });

function pod(name: string, restarts: string, parts: Parameters<typeof podObject>[0] = {}): PodRecord {
  const object = podObject({ name, owner: 'child-uid', ...parts });
  Object.assign(object.metadata.labels ?? {}, {
    'jobset.sigs.k8s.io/jobset-uid': 'set-uid',
    'jobset.sigs.k8s.io/restart-attempt': restarts,
  });
  return projectPod(object);
}

const failed = { phase: 'Failed', containers: { main: ended(7) } };
const names = (pods: readonly PodRecord[]): string[] => pods.map(({ name }) => name);

/** Events by the uid and the reason that are asked for. */
function cluster(told: Record<string, string> = {}, jobs: KubernetesObject[] = []) {
  const asked: string[] = [];
  const list: Cluster['list'] = async ({ plural }, { fieldSelector = '', labelSelector = '' }) => {
    asked.push(`${plural} ${fieldSelector}${labelSelector}`);
    const message = told[fieldSelector];
    const events = message === undefined ? [] : [{ ...podObject(), message, lastTimestamp: '2030-01-01T00:00:02Z' }];
    return { outcome: 'ok', value: page(plural === 'jobs' ? jobs : events) };
  };
  return { list, asked } as { list: Cluster['list']; asked: string[] } & Cluster;
}

describe('the pods of a JobSet', () => {
  it('are those since its last restart, by the labels that its controller gives them', () => {
    const pods = [pod('old', '0'), pod('new', '1'), pod('odd', 'x'), projectPod(podObject({ owner: 'set-uid' }))];
    expect(names(madeBy(jobSetWith(1), pods))).toEqual(['new']);
    expect(names(madeByJobSet(jobSetWith(1), pods, 0))).toEqual(['old']);
    expect(names(madeBy({ ...jobSetWith(1), uid: 'other' }, pods))).toEqual([]);
  });

  it('that left are kept of the newest restart alone, for older ones explain nothing any more', () => {
    const departed = new Departed();
    for (const name of ['a', 'b', 'c', 'd']) departed.podLeft('key', pod(name, '0', failed));
    expect(names(departed.pods('key'))).toEqual(['a', 'b', 'c']);
    departed.podLeft('key', pod('e', '1', failed));
    departed.podLeft('key', pod('late', '0', failed));
    expect(names(departed.pods('key'))).toEqual(['e']);
  });
});

describe('the cause of a restart', () => {
  it('is the first pod that failed before it', async () => {
    const asking = cluster();
    const watch = new RestartWatch(asking);
    expect(await watch.look('key', jobSetWith(2), [pod('good', '1'), pod('bad', '1', failed)])).toBe(true);
    const message = 'restart 2 of the JobSet: pod bad: container main: Error, exit code 7';
    expect(watch.of('key')).toEqual({ count: 2, message });
    expect(asking.asked).toEqual([]);
  });

  it('is what the controller’s event of this restart says when no pod is known, and no older one’s', async () => {
    const counted = 'RestartJobSetFailurePolicyAction';
    const uncounted = 'RestartJobSetAndIgnoreMaxRestartsFailurePolicyAction';
    const selector = (reason: string, count: number): string =>
      `metadata.name=${eventName(jobSetWith(count), reason, String(count))}`;
    const told = { [selector(counted, 1)]: 'Job a-0 failed', [selector(uncounted, 2)]: 'Job a-1 was preempted' };
    const watch = new RestartWatch(cluster(told));
    expect(await watch.look('key', jobSetWith(1), [])).toBe(true);
    expect(watch.of('key')).toEqual({ count: 1, message: 'restart 1 of the JobSet: Job a-0 failed' });
    expect(await watch.look('key', jobSetWith(2), [])).toBe(true);
    expect(watch.of('key')).toEqual({ count: 2, message: 'restart 2 of the JobSet: Job a-1 was preempted' });
    expect(await watch.look('key', jobSetWith(3), [])).toBe(false);
  });

  it('is waited for once, and then the restart is told without', async () => {
    const watch = new RestartWatch(cluster());
    expect(await watch.look('key', jobSetWith(1), [])).toBe(false);
    expect(watch.of('key')).toBeUndefined();
    expect(await watch.look('key', jobSetWith(1), [])).toBe(true);
    expect(watch.of('key')).toEqual({ count: 1, message: 'restart 1 of the JobSet' });
    watch.forget('key');
    expect(watch.keys()).toEqual([]);
  });

  it('is not asked for without a restart, nor twice', async () => {
    const asking = cluster();
    const watch = new RestartWatch(asking);
    expect(await watch.look('key', jobSetWith(0), [])).toBe(true);
    for (let look = 0; look < 2; look += 1) await watch.look('key', jobSetWith(1), [pod('bad', '0', failed)]);
    expect(asking.asked).toEqual([]);
    expect(watch.of('other')).toBeUndefined();
  });
});

describe('a JobSet without pods', () => {
  it('is explained by the refusal of its Jobs', async () => {
    const asking = cluster({ 'involvedObject.uid=set-uid,reason=JobCreationFailed': 'no such queue' });
    expect(await observeWithoutPods(asking, jobSetWith(0))).toMatchObject({ message: 'no such queue' });
  });

  it('is explained by the refusal of the pods of one of its Jobs', async () => {
    const child = jobObject({ name: 'set-a-0', uid: 'child-uid' });
    const asking = cluster({ 'involvedObject.uid=child-uid,reason=FailedCreate': 'exceeded quota' }, [child]);
    const message = 'Job set-a-0: exceeded quota';
    expect(await observeWithoutPods(asking, jobSetWith(0))).toMatchObject({ message });
    expect(asking.asked).toContain('jobs jobset.sigs.k8s.io/jobset-uid=set-uid');
  });

  it('is told as such when nobody refuses anything', async () => {
    const message = 'no pod has been created for the JobSet yet';
    expect(await observeWithoutPods(cluster(), jobSetWith(0))).toMatchObject({ reason: 'starting', message });
  });
});

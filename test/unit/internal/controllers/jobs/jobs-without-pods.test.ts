import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../../../../../pkg/kubernetes/cluster.ts';
import { jobObject, podObject } from '../../../../support/kubernetes-objects.ts';
import { page } from '../../../../support/scripted-cluster.ts';
import { reference, watched } from './watched.ts';

describe('a Job without pods', () => {
  const refusal = (message: string, at: string): KubernetesObject =>
    ({ ...podObject({ name: `event-${at}` }), kind: 'Event', message, lastTimestamp: at }) as KubernetesObject;
  const tenSeconds = 10_001;

  it('is explained by the newest words of the job controller, after a while', async () => {
    const events = [refusal('the quota', '2030-01-01T00:00:02Z'), refusal('older', '2030-01-01T00:00:01Z')];
    const { asked, clock, words, start } = watched({
      jobs: [jobObject()],
      expected: { 1: reference },
      listEvents: () => ({ outcome: 'ok', value: page(events) }),
    });
    await start();
    expect({ words: words(), asked }).toEqual({ words: ['1 active starting'], asked: [] });
    await clock.advance(tenSeconds);
    expect(words()).toEqual(['1 active starting: the quota']);
    expect(asked).toEqual(['events in team with involvedObject.uid=job-uid,reason=FailedCreate']);
  });

  it('is asked about ever more rarely, and no longer once it has a pod', async () => {
    const { asked, clock, words, sendPod, start } = watched({ jobs: [jobObject()], expected: { 1: reference } });
    await start();
    await clock.advance(300_000);
    expect(asked.length).toBeLessThan(20);
    const told = ['1 active starting', '1 active starting: no pod has been created for the Job yet'];
    expect([...new Set(words())]).toEqual(told); // again after each list
    await sendPod('ADDED', podObject({ phase: 'Running' }));
    const before = asked.length;
    await clock.advance(60_000); // a list would not have that pod
    expect({ words: words(), asked: asked.length }).toEqual({ words: ['1 active'], asked: before });
  });

  it('is told as such when its events may not be read', async () => {
    const listEvents = () => ({ outcome: 'refused', status: 403, reason: 'Forbidden', message: 'no' }) as const;
    const { clock, words, start } = watched({ jobs: [jobObject()], expected: { 1: reference }, listEvents });
    await start();
    await clock.advance(tenSeconds);
    expect(words()).toContain('1 active starting: no pod has been created for the Job yet');
  });

  it('is no business of ours when it is suspended, or when nobody expects it', async () => {
    const suspended = jobObject({ spec: { suspend: true } });
    const stray = jobObject({ name: 'job-2', uid: 'uid-2', attempt: 2 });
    const { asked, clock, start } = watched({ jobs: [suspended, stray], expected: { 1: reference } });
    await start();
    await clock.advance(300_000);
    expect(asked).toEqual([]);
  });
});

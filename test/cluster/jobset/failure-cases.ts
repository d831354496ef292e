// What a failed Job means for its JobSet. Each title is a sentence of what JobSet promises.
import { describe, expect, it } from 'vitest';
import type { FailurePolicyRule } from '../../../pkg/models/index.ts';
import { attemptOf, simple } from '../support/jobset-objects.ts';
import type { JobSetGround, TestJobSet } from '../support/jobsets.ts';

const first = (set: TestJobSet, job: string): string => `(first failed job: ${set.name}-${job})`;

export function failureCases(ground: () => JobSetGround): void {
  const create: JobSetGround['create'] = (...args) => ground().create(...args);
  /** Its three Jobs are there. */
  const withRules = async (maxRestarts: number, ...rules: FailurePolicyRule[]): Promise<TestJobSet> => {
    const set = await create(simple({ maxRestarts, rules }));
    await set.jobsAre('a-0', 'a-1', 'b-0');
    return set;
  };

  describe('the failure policy', () => {
    it('no policy: the JobSet fails at the first failed Job', async () => {
      const set = await create(simple());
      await set.jobsAre('a-0', 'a-1', 'b-0');
      await set.fail('a-1');
      const { reason, message } = await set.condition('Failed');
      expect(reason).toBe('FailedJobs');
      expect(message).toBe(`jobset failed due to one or more job failures ${first(set, 'a-1')}`);
      expect((await set.status()).terminalState).toBe('Failed');
      expect(await set.event('FailedJobs')).toMatchObject({ type: 'Warning', message });
      await set.jobsAre('a-1');
    });

    it('RestartJobSet: restarts + 1 and restartsCountTowardsMax + 1; at maxRestarts Failed, reason ReachedMaxRestarts', async () => {
      const set = await withRules(1);
      const { metadata } = await set.jobWhen('b-0');
      await set.fail('a-0');
      await set.statusWhen(({ restarts, restartsCountTowardsMax }) => restarts === 1 && restartsCountTowardsMax === 1);
      const again = await set.jobWhen('b-0', (job) => job.metadata.uid !== metadata.uid);
      expect(attemptOf(again)).toBe('1');
      await set.jobWhen('a-0', (job) => attemptOf(job) === '1');
      await set.jobsAre('a-0', 'a-1', 'b-0');
      await set.fail('a-0');
      const { reason, message } = await set.condition('Failed');
      expect([reason, message]).toEqual([
        'ReachedMaxRestarts',
        `jobset failed due to reaching max number of restarts ${first(set, 'a-0')}`,
      ]);
      expect(await set.event('ReachedMaxRestarts')).toMatchObject({ type: 'Warning', message });
      expect(await set.status()).toMatchObject({ restarts: 1, restartsCountTowardsMax: 1, terminalState: 'Failed' });
    });

    it('maxRestarts is 0 unless said', async () => {
      const set = await create(simple({}));
      await set.jobsAre('a-0', 'a-1', 'b-0');
      await set.fail('b-0');
      expect((await set.condition('Failed')).reason).toBe('ReachedMaxRestarts');
      expect((await set.status()).restarts).toBe(0);
    });

    it('a restart gives one Warning event, which names the first failed Job', async () => {
      const set = await withRules(5);
      await set.fail('a-1');
      const message = `applying RestartJobSet failure policy action ${first(set, 'a-1')}`;
      expect(await set.event('RestartJobSetFailurePolicyAction')).toMatchObject({ type: 'Warning', message });
      await set.jobWhen('b-0', (job) => attemptOf(job) === '1');
      await set.fail('b-0');
      await set.jobWhen('a-0', (job) => attemptOf(job) === '2');
      const reason = 'RestartJobSetFailurePolicyAction';
      expect(await set.reasons(2)).toEqual([reason, reason]);
    });

    it('old Jobs become previous and are deleted in the foreground; what they do later counts for nothing', async () => {
      const set = await withRules(5);
      await set.hold('a-1');
      await set.fail('a-0');
      const old = await set.jobWhen('a-1', ({ metadata }) => metadata.deletionTimestamp !== undefined);
      expect(attemptOf(old)).toBe('0');
      await set.jobWhen('b-0', (job) => attemptOf(job) === '1');
      await set.fail('a-1');
      await set.ready('b-0');
      await set.counts('b', { ready: 1 });
      expect(await set.status()).toMatchObject({ restarts: 1, restartsCountTowardsMax: 1 });
      await set.counts('a', { failed: 0 });
      await set.letGo('a-1');
      await set.jobWhen('a-1', (job) => attemptOf(job) === '1');
    });

    it('BlockingRecreate makes no Job until all previous Jobs are gone', async () => {
      const set = await create(simple({ maxRestarts: 1, restartStrategy: 'BlockingRecreate' }));
      await set.jobsAre('a-0', 'a-1', 'b-0');
      await set.hold('a-1');
      await set.fail('a-0');
      await set.jobsAre('a-1');
      const { deletionTimestamp } = (await set.jobWhen('a-1')).metadata;
      expect(deletionTimestamp).toBeDefined();
      expect(await set.jobs()).toEqual(['a-1']);
      await set.letGo('a-1');
      await set.jobsAre('a-0', 'a-1', 'b-0');
      expect(attemptOf(await set.jobWhen('a-1'))).toBe('1');
    });

    it('Recreate, the default, makes what has no name in the way at once', async () => {
      const set = await withRules(1);
      await set.hold('a-1');
      await set.fail('a-0');
      await set.jobWhen('a-0', (job) => attemptOf(job) === '1');
      expect(attemptOf(await set.jobWhen('a-1'))).toBe('0');
      await set.letGo('a-1');
      await set.jobWhen('a-1', (job) => attemptOf(job) === '1');
    });

    it('FailJobSet fails the JobSet, whatever restarts are left', async () => {
      const set = await withRules(5, { action: 'FailJobSet', onJobFailureReasons: ['PodFailurePolicy'] });
      await set.fail('a-0', 'PodFailurePolicy');
      const { reason, message } = await set.condition('Failed');
      expect(reason).toBe('FailJobSetFailurePolicyAction');
      expect(message).toBe(`applying FailJobSet failure policy action ${first(set, 'a-0')}`);
      expect(await set.event('FailJobSetFailurePolicyAction')).toMatchObject({ type: 'Warning', message });
      expect((await set.status()).restarts).toBe(0);
    });

    it('RestartJobSetAndIgnoreMaxRestarts raises restarts alone, as often as it matches', async () => {
      const action = 'RestartJobSetAndIgnoreMaxRestarts';
      const set = await withRules(0, { action, targetReplicatedJobs: ['a'] });
      for (const restarts of [1, 2]) {
        await set.fail('a-0');
        const status = await set.statusWhen((now) => now.restarts === restarts);
        expect(status.restartsCountTowardsMax ?? 0).toBe(0);
        await set.jobWhen('a-0', (job) => attemptOf(job) === String(restarts));
      }
      const reason = `${action}FailurePolicyAction`;
      expect(await set.reasons(2)).toEqual([reason, reason]);
      const { type, message } = await set.event(reason);
      expect([type, message]).toEqual(['Warning', `applying ${action} failure policy action ${first(set, 'a-0')}`]);
      await set.jobWhen('b-0', (job) => attemptOf(job) === '2');
      await set.fail('b-0');
      expect((await set.condition('Failed')).reason).toBe('ReachedMaxRestarts');
    });

    it('uncounted restarts leave the counted ones what they may', async () => {
      const set = await withRules(1, { action: 'RestartJobSetAndIgnoreMaxRestarts', targetReplicatedJobs: ['a'] });
      await set.fail('a-0');
      await set.jobWhen('b-0', (job) => attemptOf(job) === '1');
      await set.fail('b-0');
      const status = await set.statusWhen(({ restarts }) => restarts === 2);
      expect(status.restartsCountTowardsMax).toBe(1);
    });

    it('the first rule, in order, that matches some failed Job is taken', async () => {
      const set = await withRules(
        1,
        { action: 'FailJobSet', targetReplicatedJobs: ['b'] },
        { action: 'RestartJobSetAndIgnoreMaxRestarts', targetReplicatedJobs: ['a'] },
        { action: 'FailJobSet' },
      );
      await set.fail('a-0');
      await set.event('RestartJobSetAndIgnoreMaxRestartsFailurePolicyAction');
      await set.jobWhen('b-0', (job) => attemptOf(job) === '1');
      await set.fail('b-0');
      expect((await set.condition('Failed')).reason).toBe('FailJobSetFailurePolicyAction');
    });

    it('no rule matches: RestartJobSet', async () => {
      const set = await withRules(
        1,
        { action: 'FailJobSet', onJobFailureReasons: ['DeadlineExceeded'] },
        { action: 'FailJobSet', targetReplicatedJobs: ['b'] },
        { action: 'FailJobSet', onJobFailureMessagePatterns: ['^nothing$'] },
      );
      await set.fail('a-0');
      const status = await set.statusWhen(({ restarts }) => restarts === 1);
      expect(status.restartsCountTowardsMax).toBe(1);
    });

    it('a rule matches by reason, message and parent at once, never by one of them alone', async () => {
      const set = await withRules(2, {
        ...{ action: 'FailJobSet', onJobFailureReasons: ['PodFailurePolicy'], targetReplicatedJobs: ['a'] },
        onJobFailureMessagePatterns: ['exit code 4[0-9]'],
      });
      await set.fail('a-0', 'PodFailurePolicy', 'exit code 1');
      await set.jobWhen('b-0', (job) => attemptOf(job) === '1');
      await set.fail('b-0', 'PodFailurePolicy', 'exit code 42');
      await set.jobWhen('a-0', (job) => attemptOf(job) === '2');
      await set.fail('a-0', 'PodFailurePolicy', 'ended with exit code 42.');
      expect((await set.condition('Failed')).reason).toBe('FailJobSetFailurePolicyAction');
    });

    it('one of several reasons, patterns and targets is enough', async () => {
      const set = await withRules(0, {
        ...{ action: 'FailJobSet', targetReplicatedJobs: ['b', 'a'] },
        ...{ onJobFailureReasons: ['DeadlineExceeded', 'BackoffLimitExceeded'] },
        onJobFailureMessagePatterns: ['^no$', 'limit'],
      });
      await set.fail('a-1', 'BackoffLimitExceeded', 'over the limit');
      expect((await set.condition('Failed')).reason).toBe('FailJobSetFailurePolicyAction');
    });

    it('a pattern whose match would take other engines for ever takes no time', async () => {
      const set = await withRules(0, { action: 'FailJobSet', onJobFailureMessagePatterns: ['^(a+)+$'] });
      const { metadata } = await set.jobWhen('b-0');
      await set.fail('a-0', 'BackoffLimitExceeded', `${'a'.repeat(20_000)}b`);
      expect((await set.condition('Failed')).reason).toBe('ReachedMaxRestarts');
      expect(metadata.uid).toBeDefined();
    });
  });
}

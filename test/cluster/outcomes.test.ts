// What becomes of a job is told as it was: success, failure with its exit code, deletion by others, trouble on the way.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeCluster, describeRealNode } from './harness/shared-cluster.ts';
import { fated, realCommand, TestQueue, until } from './support/queue.ts';

describeCluster('the outcome of a job', (cluster) => {
  let queue: TestQueue;
  beforeAll(async () => {
    queue = await TestQueue.start(cluster, '--max-concurrency', '10');
  });
  afterAll(() => queue.stop());

  it('is success for a job of the default template, with exit code 0', async () => {
    const job = await queue.finished(await queue.submit({ name: 'plain' }));
    expect(job).toMatchObject({ state: 'succeeded', exit_code: 0 });
  });

  it('carries the marks of its queue, job and attempt on the Job and its pods', async () => {
    const jobId = await queue.submit({ name: 'marked', labels: { team: 'a' }, image: 'busybox:1.36' });
    const { workload } = await queue.finished(jobId);
    const marks = {
      'app.kubernetes.io/managed-by': 'kubejobs',
      'kubejobs.io/job-id': jobId,
      'kubejobs.io/attempt': '1',
    };
    const name = workload?.name ?? '';
    const job = JSON.parse(await cluster.kubectl('get', 'job', name, '-n', queue.namespace, '-o', 'json'));
    expect(job.metadata.labels).toMatchObject({ ...marks, team: 'a' });
    expect(job.metadata.labels['kubejobs.io/queue-id']).toMatch(/^[0-9a-f-]{36}$/);
    expect(job.spec.template.metadata.labels).toMatchObject({ ...marks, team: 'a' });
    expect(name).toBe(`marked-${jobId.replaceAll('-', '').slice(-12)}-1`);
  });

  it('is failure with the exit code of the container that failed', async () => {
    const job = await queue.finished(
      await queue.submit({ name: 'seven', template: fated('fail', { 'exit-code': '7' }) }),
    );
    expect(job).toMatchObject({ state: 'failed', reason: 'exit_code', exit_code: 7 });
  });

  it('is failure for lack of memory when the container was killed for it', async () => {
    const job = await queue.finished(await queue.submit({ name: 'oom', template: fated('oom') }));
    expect(job).toMatchObject({ state: 'failed', reason: 'oom_killed', exit_code: 137 });
  });

  it('is failure at the deadline when Kubernetes ends it there', async () => {
    const template = { ...fated('never'), activeDeadlineSeconds: 1 };
    const job = await queue.finished(await queue.submit({ name: 'late', template }));
    expect(job).toMatchObject({ state: 'failed', reason: 'deadline' });
  });

  it('is failure with that reason when others delete the Job', async () => {
    const jobId = await queue.submit({ name: 'deleted', template: fated('never') });
    const { workload } = await queue.jobWhen(
      jobId,
      (job) => job.state === 'running' && job.workload?.uid !== undefined,
    );
    await cluster.kubectl('delete', 'job', workload?.name ?? '', '-n', queue.namespace);
    expect(await queue.finished(jobId)).toMatchObject({ state: 'failed', reason: 'workload_deleted' });
  });

  it('is failure with the API server’s words when it refuses the Job for good', async () => {
    const anywhere = await TestQueue.start(cluster, '--namespaces', '*');
    const jobId = await anywhere.submit({ name: 'nowhere', namespace: 'no-such-namespace' });
    const job = await anywhere.finished(jobId);
    expect(job).toMatchObject({ state: 'failed', reason: 'create_refused' });
    expect(job.message).toContain('namespaces "no-such-namespace" not found');
    await anywhere.stop();
  });

  it('is cancelled, and the Job is gone, when a person cancels it while it runs', async () => {
    const jobId = await queue.submit({ name: 'cancelled', template: fated('never') });
    const { workload } = await queue.jobWhen(jobId, (job) => job.workload?.uid !== undefined);
    const answer = await fetch(`${queue.url}/jobs/${jobId}`, { method: 'DELETE' });
    expect(answer.status).toBe(200);
    expect(await queue.finished(jobId)).toMatchObject({ state: 'cancelled', reason: 'by_user' });
    expect((await queue.kubernetesJobs()).map((job) => job.metadata.name)).not.toContain(workload?.name);
  });

  it('waits, with the scheduler’s words, while no node can take it', async () => {
    const template = {
      backoffLimit: 0,
      template: {
        spec: {
          restartPolicy: 'Never',
          containers: [{ name: 'main', image: 'busybox:1.36', resources: { requests: { cpu: '4000' } } }],
        },
      },
    };
    const jobId = await queue.submit({ name: 'huge', template });
    const job = await queue.jobWhen(jobId, (one) => one.reason === 'unschedulable');
    expect(job.state).toBe('running');
    expect(job.message).toMatch(/Insufficient cpu/);
    await fetch(`${queue.url}/jobs/${jobId}`, { method: 'DELETE' });
    await queue.finished(jobId);
  });

  it('waits with the reason while its image cannot be had', async () => {
    const jobId = await queue.submit({ name: 'no-image', template: fated('image-pull') });
    expect(await queue.jobWhen(jobId, (one) => one.reason === 'image_problem')).toMatchObject({ state: 'running' });
    await fetch(`${queue.url}/jobs/${jobId}`, { method: 'DELETE' });
    await queue.finished(jobId);
  });

  it('is refused at submit with the API server’s words when the template is wrong, and nothing is stored', async () => {
    const template = { template: { spec: { containers: [{ name: 'Not_A_Label', image: 'busybox:1.36' }] } } };
    const response = await fetch(`${queue.url}/jobs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'wrong', template }),
    });
    const problem = (await response.json()) as { code: string; detail: string; errors: Array<{ pointer: string }> };
    expect(response.status).toBe(400);
    expect(problem.code).toBe('template_refused');
    expect(problem.detail).toContain('Not_A_Label');
    expect(problem.errors[0]?.pointer).toBe('/template');
    const found = (await (await fetch(`${queue.url}/jobs?name=wrong`)).json()) as unknown[];
    expect(found).toEqual([]);
  });
});

describeCluster('a finished Job', (cluster) => {
  it('is deleted by kubejobs once its time to live is over, with its outcome recorded', async () => {
    const queue = await TestQueue.start(cluster, '--job-ttl', '1s');
    const jobId = await queue.submit({ name: 'short' });
    await queue.finished(jobId);
    await until(async () => (await queue.kubernetesJobs()).length === 0, 30_000);
    expect(await queue.job(jobId)).toMatchObject({ state: 'succeeded', exit_code: 0 });
    await queue.stop();
  });
});

describeCluster('a quota', (cluster) => {
  it('puts a job back without blocking the others, and lets it run once there is room', async () => {
    const queue = await TestQueue.start(cluster, '--max-concurrency', '4', '--namespaces', 'default');
    const quota = ['quota', 'one', '--hard=count/jobs.batch=0', '-n', queue.namespace];
    await cluster.kubectl('create', ...quota);
    const refused = await queue.submit({ name: 'refused', priority: 9 });
    await queue.jobWhen(refused, (job) => job.reason === 'quota_refused');
    const elsewhere = await queue.submit({ name: 'elsewhere', namespace: 'default', priority: 1 });
    expect(await queue.finished(elsewhere)).toMatchObject({ state: 'succeeded' });
    expect(await queue.job(refused)).toMatchObject({ state: 'pending', reason: 'quota_refused' });
    await cluster.kubectl('delete', 'quota', 'one', '-n', queue.namespace);
    expect(await queue.finished(refused)).toMatchObject({ state: 'succeeded' });
    await queue.stop();
  });
});

describeRealNode('a real container', (cluster) => {
  let queue: TestQueue;
  beforeAll(async () => {
    queue = await TestQueue.start(cluster, '--max-concurrency', '3');
  });
  afterAll(() => queue.stop());

  it('prints its line and succeeds', async () => {
    const jobId = await queue.submit({ name: 'prints', template: realCommand('echo hello from a real process') });
    const job = await queue.finished(jobId);
    expect(job).toMatchObject({ state: 'succeeded', exit_code: 0 });
    const log = await cluster.kubectl('logs', `job/${job.workload?.name}`, '-n', queue.namespace);
    expect(log).toContain('hello from a real process');
  });

  it('fails with its exit code', async () => {
    const jobId = await queue.submit({ name: 'seven', template: realCommand('exit 7') });
    expect(await queue.finished(jobId)).toMatchObject({ state: 'failed', reason: 'exit_code', exit_code: 7 });
  });

  it('is seen as killed for lack of memory', async () => {
    const eat = 'a=x; while true; do a=$a$a; done';
    const jobId = await queue.submit({ name: 'eats', template: realCommand(eat, { limits: { memory: '24Mi' } }) });
    expect(await queue.finished(jobId)).toMatchObject({ state: 'failed', reason: 'oom_killed', exit_code: 137 });
  });
});

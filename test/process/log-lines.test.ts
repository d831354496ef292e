// The log of the real program: every line is JSON, and every line about a job has its id in the one field `jobId`, so that
// the story of a job is one filter.
import { describe, expect, it } from 'vitest';
import { type JobJson, type ServerProcess, startServer, submitJob } from '../support/server-process.ts';

interface Line {
  level: number;
  time: string;
  msg: string;
  jobId?: string;
  attempt?: number;
  state?: string;
}

const simulated = (exitCode: number) => ({
  'kubejobs.io/simulate-duration': '50ms',
  'kubejobs.io/simulate-exit-code': String(exitCode),
});

async function submitted(server: ServerProcess, body: object): Promise<string> {
  const answer = await submitJob(server.url, body);
  expect(answer.status).toBe(201);
  return ((await answer.json()) as JobJson).job_id;
}

const ended = async (server: ServerProcess, jobId: string): Promise<void> => {
  await fetch(`${server.url}/jobs/${jobId}/wait?timeout=20`);
};

describe('the log', () => {
  it('has the id of its job in each line about a job', async () => {
    const server = await startServer(['--log-level', 'debug', '--settle-ms', '0', '--max-concurrency', '4']);
    const succeeds = await submitted(server, { name: 'succeeds', annotations: simulated(0) });
    const fails = await submitted(server, { name: 'fails', annotations: simulated(3) });
    const retries = { max: 1, backoff_seconds: 1 };
    const again = await submitted(server, { name: 'again', annotations: simulated(4), retries });
    const waits = await submitted(server, { name: 'waits', hold: true });
    await fetch(`${server.url}/jobs/${waits}`, { method: 'DELETE' });
    for (const jobId of [succeeds, fails, again]) await ended(server, jobId);
    await server.kill('SIGTERM');

    const lines = server
      .stderr()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Line);
    const about = lines.filter((line) =>
      [succeeds, fails, again, waits].some((id) => JSON.stringify(line).includes(id)),
    );
    expect(about.length).toBeGreaterThan(8);
    for (const line of about) {
      const { jobId, ...others } = line;
      expect(line).toMatchObject({ jobId: expect.stringMatching(/^[0-9a-f-]{36}$/) });
      expect(JSON.stringify(others)).not.toContain(jobId);
    }
    const story = (jobId: string): unknown[] => lines.filter((line) => line.jobId === jobId).map(({ msg }) => msg);
    expect(story(succeeds)).toEqual(['job running', 'job succeeded']);
    expect(story(fails)).toEqual(['job running', 'job failed']);
    expect(story(waits)).toEqual(['job cancelled']);
    expect(story(again)).toContain('job scheduled');
    expect(lines.filter(({ jobId, msg }) => jobId === undefined && msg.startsWith('job '))).toEqual([]);
  });
});

// `GET /debug/snapshot` and `kubejobs debug snapshot` of the real program: what support needs is there, and none of the
// secrets that were planted wherever the program comes across them.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import type { SnapshotDocument } from '../../pkg/client/index.ts';
import { type JobJson, runProgram, startServer } from '../support/server-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { tokens, tokensText } from '../support/tokens.ts';

const planted = {
  environment: 'planted-of-a-job',
  webhook: 'planted-key-of-webhooks',
  receiver: 'planted-of-the-receiver',
  query: 'planted-of-a-query',
  header: 'planted-of-a-header',
  collector: 'planted-of-the-collector',
  ofTraces: 'planted-of-traces',
};

describe('a snapshot', () => {
  const folder = temporaryFolder();
  afterAll(() => folder.remove());

  it('says how the server is, to administrators alone, and tells no secret', async () => {
    const [tokensPath, secretPath] = [join(folder.path, 'tokens.yaml'), join(folder.path, 'hook')];
    writeFileSync(tokensPath, tokensText(), { mode: 0o600 });
    writeFileSync(secretPath, planted.webhook, { mode: 0o600 });
    const server = await startServer(
      [
        ...['--auth', `tokens:${tokensPath}`, '--settle-ms', '0', '--dry-run-duration', '1h'],
        ...['--webhooks', '127.0.0.1:1', '--webhook-secret-file', secretPath],
        ...['--otlp-endpoint', `http://ann:${planted.collector}@127.0.0.1:1/`],
        ...['--store', `sqlite:${join(folder.path, 'queue.db')}`],
      ],
      {
        KUBEJOBS_SERVER: `http://ann:${planted.receiver}@127.0.0.1`,
        OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer ${planted.ofTraces}`,
      },
    );
    const asAdmin = { authorization: `Bearer ${tokens.admin}` };
    const post = async (body: object): Promise<string> => {
      const headers = { ...asAdmin, 'content-type': 'application/json' };
      const answer = await fetch(`${server.url}/jobs`, { method: 'POST', headers, body: JSON.stringify(body) });
      expect(answer.status).toBe(201);
      return ((await answer.json()) as JobJson).job_id;
    };
    const env = [{ name: 'KEY', value: planted.environment }];
    const running = await post({ name: 'runs', image: 'busybox', env, priority: 3 });
    const hook = `http://127.0.0.1:1/hook/?key=${planted.receiver}`;
    const cancelled = await post({ name: 'ends', hold: true, on_finish: { url: hook } });
    await fetch(`${server.url}/jobs/${cancelled}`, { method: 'DELETE', headers: asAdmin });
    await fetch(`${server.url}/jobs?token=${planted.query}`, {
      headers: { authorization: `Bearer ${planted.header}` },
    });

    const statusFor = async (token?: string): Promise<number> => {
      const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
      return (await fetch(`${server.url}/debug/snapshot`, { headers })).status;
    };
    expect(await Promise.all([statusFor(), statusFor(tokens.read), statusFor(tokens.submit)])).toEqual([401, 403, 403]);

    await vi.waitFor(() => expect(server.stderr()).toContain('traces cannot be sent'), { timeout: 15_000 });
    const answer = await fetch(`${server.url}/debug/snapshot`, { headers: asAdmin });
    const text = await answer.text();
    const snapshot = JSON.parse(text) as SnapshotDocument;
    expect(snapshot).toMatchObject({
      versions: { node: process.versions.node },
      configuration: {
        auth: 'tokens:***',
        'otlp-endpoint': 'http:***',
        'dry-run': true,
        webhooks: ['127.0.0.1:1'],
        'max-connections': 10_000,
      },
      queue: { jobs: { running: 1, cancelled: 1 }, max_concurrency: 2, paused: false },
      engine: { accepting: true },
      store: { available: true },
      watches: [
        { resource: 'jobs', synced: true, objects: 1 },
        { resource: 'pods', synced: true },
      ],
      process: { pid: server.process.pid, memory_bytes: { rss: expect.any(Number) } },
    });
    expect(snapshot.queue.slots).toMatchObject([{ job_id: running, attempt: 1, priority: 3 }]);
    expect(snapshot.problems.map(({ message }) => message)).toEqual(
      expect.arrayContaining([
        'a call was turned away',
        'traces cannot be sent; they are dropped until the collector takes them',
      ]),
    );
    expect(snapshot.process.event_loop_lag_seconds.p99).toBeGreaterThan(0);
    expect(snapshot.metrics).toContain('kubejobs_queue_depth 0');
    for (const secret of [...Object.values(planted), ...Object.values(tokens)]) {
      expect(text).not.toContain(secret);
      expect(server.stderr()).not.toContain(secret);
    }

    const environment = { KUBEJOBS_SERVER: server.url, KUBEJOBS_TOKEN: tokens.admin };
    const printed = await runProgram(['debug', 'snapshot'], environment);
    expect(JSON.parse(printed.stdout)).toMatchObject({ queue: { jobs: { running: 1 } } });
    await server.kill('SIGTERM');
  });
});

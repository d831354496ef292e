// The witness on planted histories: what it must notice is there, and it notices.
import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { json, type KubernetesServer, kubernetesServer, tlsFile } from '../../../support/kubernetes-server.ts';
import { JobWitness } from './job-witness.ts';

let server: KubernetesServer;
let witness: JobWitness;
afterEach(async () => {
  await witness.stop();
  await server.close();
});

function jobObject(uid: string, { attempt = '1', finished = false, labels = true } = {}) {
  const marks = { 'kubejobs.io/job-id': 'job-a', 'kubejobs.io/attempt': attempt };
  const conditions = finished ? [{ type: 'Complete', status: 'True' }] : [];
  return { metadata: { uid, name: uid, resourceVersion: '1', labels: labels ? marks : {} }, status: { conditions } };
}

/** A witness of a server that lists these and then tells these lines. */
async function witnessing(listed: object[], lines: Array<[string, object]>): Promise<void> {
  let watch: ServerResponse | undefined;
  server = await kubernetesServer(
    ({ url }, response) => {
      if (url.includes('watch')) watch = response.writeHead(200);
      else json(response, 200, { items: listed, metadata: { resourceVersion: '1' } });
    },
    { tls: true },
  );
  const { url } = server;
  witness = await JobWitness.start({ server: url, token: 't', caPath: tlsFile('ca.pem') }, 'team');
  await vi.waitFor(() => expect(watch).toBeDefined());
  for (const [type, object] of lines) watch?.write(`${JSON.stringify({ type, object })}\n`);
  const last = lines.at(-1)?.[1] as ReturnType<typeof jobObject> | undefined;
  if (last) await vi.waitFor(() => expect(witness.seen.has(last.metadata.uid)).toBe(true));
}

describe('a witness', () => {
  it('tells of two workloads of one attempt, and not of two attempts', async () => {
    await witnessing(
      [jobObject('a')],
      [
        ['ADDED', jobObject('b', { attempt: '2' })],
        ['DELETED', jobObject('a')],
        ['ADDED', jobObject('c')],
      ],
    );
    expect(witness.doubled()).toEqual(['job job-a, attempt 1 had 2 workloads: a, c']);
  });

  it('counts the most that were unfinished at once, at any time', async () => {
    await witnessing(
      [jobObject('a')],
      [
        ['ADDED', jobObject('b')],
        ['MODIFIED', jobObject('a', { finished: true })],
        ['DELETED', jobObject('b')],
        ['ADDED', jobObject('c')],
      ],
    );
    expect({ most: witness.mostUnfinished, now: witness.unfinished() }).toEqual({ most: 2, now: 1 });
  });

  it('remembers whose a workload was when its labels are taken away', async () => {
    await witnessing([jobObject('a')], [['MODIFIED', jobObject('a', { labels: false })]]);
    expect(witness.of('job-a')).toMatchObject([{ uid: 'a', attempt: '1' }]);
  });
});

// Every version that the JobSets of a namespace have, in their order, as a watch of the API server tells them: what a test
// that looks now and then would miss. Nothing here asserts.
import { readFileSync } from 'node:fs';
import type { ClientRequest } from 'node:http';
import { request } from 'node:https';
import { createInterface } from 'node:readline';
import { type ApiAccess, apiObject } from '../harness/api-request.ts';
import type { JobSetDocument } from './jobset-objects.ts';

export class JobSetWatch {
  readonly versions: JobSetDocument[] = [];
  #request: ClientRequest | undefined;

  /** From here on. */
  static async open(access: ApiAccess, namespace: string): Promise<JobSetWatch> {
    const watch = new JobSetWatch();
    const path = `/apis/jobset.x-k8s.io/v1alpha2/namespaces/${namespace}/jobsets`;
    const { metadata } = await apiObject<{ metadata: { resourceVersion: string } }>(access, 'GET', path);
    await watch.#follow(access, `${path}?watch=1&timeoutSeconds=600&resourceVersion=${metadata.resourceVersion}`);
    return watch;
  }

  of(name: string): JobSetDocument[] {
    return this.versions.filter(({ metadata }) => metadata.name === name);
  }

  close(): void {
    this.#request?.destroy();
  }

  #follow(access: ApiAccess, path: string): Promise<void> {
    const headers = { authorization: `Bearer ${access.token}` };
    return new Promise((resolve, reject) => {
      const outgoing = request(new URL(path, access.server), {
        headers,
        ca: readFileSync(access.caPath),
        agent: false,
      });
      this.#request = outgoing;
      outgoing.on('error', reject);
      outgoing.on('response', (answer) => {
        answer.on('error', () => undefined);
        const lines = createInterface({ input: answer }).on('line', (line) => this.#note(line));
        lines.on('error', () => undefined);
        resolve();
      });
      outgoing.end();
    });
  }

  #note(line: string): void {
    const { type, object } = JSON.parse(line) as { type: string; object: JobSetDocument };
    if (type !== 'DELETED') this.versions.push(object);
  }
}

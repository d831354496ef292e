// The Jobs of a namespace as a watch tells of them: one connection and no polling, so that looking costs next to nothing.
import { readFileSync } from 'node:fs';
import type { ClientRequest } from 'node:http';
import { request } from 'node:https';
import { createInterface } from 'node:readline';
import { type ApiAccess, apiObject } from '../../cluster/harness/api-request.ts';

interface WatchEvent {
  type: string;
  object: { metadata: { uid: string; resourceVersion: string } };
}

export class WatchedJobs {
  readonly #access: ApiAccess;
  readonly #path: string;
  readonly #made = new Set<string>();
  #version = '';
  #stream: ClientRequest | undefined;
  #look: () => void = () => {};
  #closed = false;

  /** Begins with the Jobs that are there now, which do not count. */
  static async begin(access: ApiAccess, namespace: string): Promise<WatchedJobs> {
    const watched = new WatchedJobs(access, `/apis/batch/v1/namespaces/${namespace}/jobs`);
    const page = await apiObject<{ metadata: { resourceVersion: string } }>(access, 'GET', `${watched.#path}?limit=1`);
    watched.#version = page.metadata.resourceVersion;
    watched.#watch();
    return watched;
  }

  private constructor(access: ApiAccess, path: string) {
    this.#access = access;
    this.#path = path;
  }

  /** Resolves when so many Jobs are there that were not there at the beginning. */
  until(count: number): Promise<void> {
    return new Promise((resolve) => {
      this.#look = () => {
        if (this.#made.size >= count) resolve();
      };
      this.#look();
    });
  }

  close(): void {
    this.#closed = true;
    this.#stream?.destroy();
  }

  /** The API server ends the watch of whoever cannot follow for a moment: it goes on from what was read last. */
  #watch(): void {
    const { server, token, caPath } = this.#access;
    const url = new URL(`${this.#path}?watch=true&resourceVersion=${this.#version}`, server);
    const options = { headers: { authorization: `Bearer ${token}` }, ca: readFileSync(caPath), agent: false as const };
    this.#stream = request(url, options, (answer) => {
      const lines = createInterface(answer);
      lines.on('line', (line) => this.#read(JSON.parse(line) as WatchEvent));
      lines.on('error', () => {});
      lines.on('close', () => {
        if (!this.#closed) this.#watch();
      });
    });
    this.#stream.on('error', () => {});
    this.#stream.end();
  }

  #read({ type, object: { metadata } }: WatchEvent): void {
    this.#version = metadata.resourceVersion;
    if (type === 'ADDED') this.#made.add(metadata.uid);
    if (type === 'DELETED') this.#made.delete(metadata.uid);
    this.#look();
  }
}

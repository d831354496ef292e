// Clients that submit to a server for as long as it answers, and remember what it acknowledged.
import { getJson, type JobJson, submitJob } from './server-process.ts';

export interface LoadResult {
  /** Ids that were answered with 201. */
  acknowledged: string[];
  /** Every other answer. */
  refusals: Array<{ status: number; retryAfter: string | null; code: string }>;
  /** Requests that ended without an answer. */
  unanswered: number;
}

export interface Load {
  /** Resolves when so many submissions were acknowledged. */
  reached(acknowledged: number): Promise<void>;
  /** Resolves when every client has met the end of the server. */
  finished: Promise<LoadResult>;
}

/** Each client submits one job after the other until a connection fails. Priorities differ in no particular order. */
export function submitUntilTheEnd(url: string, clients: number): Load {
  const result: LoadResult = { acknowledged: [], refusals: [], unanswered: 0 };
  const waiting: Array<{ count: number; resolve: () => void }> = [];
  let submitted = 0;
  const submitOne = async (): Promise<void> => {
    submitted += 1;
    const response = await submitJob(url, { name: `load-${submitted}`, priority: (submitted * 7_919) % 11 });
    if (response.status === 201) {
      result.acknowledged.push(((await response.json()) as JobJson).job_id);
      for (const { count, resolve } of waiting) if (result.acknowledged.length >= count) resolve();
      return;
    }
    const { code } = (await response.json()) as { code: string };
    result.refusals.push({ status: response.status, retryAfter: response.headers.get('retry-after'), code });
  };
  const client = async (): Promise<void> => {
    try {
      for (;;) await submitOne();
    } catch {
      result.unanswered += 1;
    }
  };
  return {
    reached: (count) => new Promise((resolve) => waiting.push({ count, resolve })),
    finished: Promise.all(Array.from({ length: clients }, client)).then(() => result),
  };
}

/** Every page of a list. */
export async function allPages<T>(url: string, path: string): Promise<T[]> {
  const items: T[] = [];
  let next: string | undefined = path;
  while (next !== undefined) {
    const response: Response = await fetch(`${url}${next}`);
    if (!response.ok) throw new Error(`${next} answered ${response.status}`);
    items.push(...((await response.json()) as T[]));
    next = /<([^>]+)>; *rel="next"/.exec(response.headers.get('link') ?? '')?.[1];
  }
  return items;
}

/** The ids of the fixed lists, and those of all jobs. */
export async function queueOf(url: string): Promise<{ pending: string[]; running: string[]; all: string[] }> {
  const ids = async (path: string): Promise<string[]> => (await allPages<JobJson>(url, path)).map((job) => job.job_id);
  const running = (await getJson<JobJson[]>(`${url}/jobs/running`)).map((job) => job.job_id);
  return { pending: await ids('/jobs/pending'), running, all: await ids('/jobs') };
}

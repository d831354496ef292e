// What the HTTP server needs of whoever reads saved results.
import type { Answer } from '../models/index.ts';

export interface ResultView {
  namespace: string;
  jobName: string;
  status: 'completed' | 'failed';
  /** RFC 3339. */
  completionTime: string;
  /** Of the queue's own jobs. */
  jobId?: string;
  attempt?: number;
  exitCode?: number;
  pods: unknown[];
  /** Absent when it was not asked for. */
  logs?: string;
  /** Why not all of the log is there. */
  logProblem?: string;
}

export interface ResultService {
  /** Of the newest Job of this name. */
  result(namespace: string, jobName: string, options: { logs: boolean }): Promise<Answer<ResultView>>;
}

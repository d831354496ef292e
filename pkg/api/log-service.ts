// What the HTTP server needs of whoever reads the logs of jobs.
import type { Readable } from 'node:stream';
import type { Answer } from '../models/index.ts';

export interface LogRequest {
  /** The newest when absent. */
  attempt?: number;
  /** All when absent. */
  container?: string;
  follow: boolean;
  /** Only the last lines of each container. */
  tail?: number;
  timestamps: boolean;
  /** Ends the stream. */
  signal: AbortSignal;
}

export interface LogService {
  open(jobId: string, request: LogRequest): Promise<Answer<Readable>>;
}

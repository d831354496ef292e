// What the HTTP server needs for support: one document with how the server is, which never holds a secret.
import type { SnapshotDocument } from './schemas/snapshot.ts';

export interface DebugService {
  snapshot(): Promise<SnapshotDocument>;
}

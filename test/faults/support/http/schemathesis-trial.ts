// The OpenAPI document against the server that serves it: as it is, and on a second server with tokens, as a caller who may
// do everything. Without Python or its packages the trial is left out, and says so.
import { createHash, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ServerProcess, startServer } from '../../../support/server-process.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { runSchemathesis, schemathesis } from './schemathesis.ts';
import { complaintsAbout } from './server-watch.ts';

export interface DocumentTrial {
  violations: string[];
  counts: Record<string, number>;
}

export async function documentTrial(server: ServerProcess, seed: number, examples: number): Promise<DocumentTrial> {
  const found = await schemathesis();
  if ('missing' in found) {
    process.stderr.write(`row 14 goes without schemathesis: ${found.missing}\n`);
    return { violations: [], counts: { schemathesis_left_out: 1 } };
  }
  const open = await runSchemathesis(found.program, { url: server.url, seed, examples });
  const guarded = await withTokens((url, token) => runSchemathesis(found.program, { url, seed, examples, token }));
  const reports = [open.report, guarded.report].filter((report) => report !== undefined);
  const violations = reports.map((report) => `schemathesis --seed ${seed} found: ${report}`);
  return {
    violations: [...violations, ...guarded.complaints],
    counts: { schemathesis_requests: open.cases, schemathesis_requests_with_token: guarded.cases },
  };
}

async function withTokens<T extends object>(trial: (url: string, token: string) => Promise<T>) {
  const folder = temporaryFolder();
  const token = randomBytes(24).toString('base64url');
  const path = join(folder.path, 'tokens');
  const sha256 = createHash('sha256').update(token).digest('hex');
  writeFileSync(path, JSON.stringify([{ name: 'fuzz', role: 'admin', sha256 }]), { mode: 0o600 });
  const server = await startServer(['--auth', `tokens:${path}`, '--dry-run-duration', '1h']);
  try {
    return { ...(await trial(server.url, token)), complaints: complaintsAbout(server) };
  } finally {
    await server.kill('SIGKILL');
    folder.remove();
  }
}

// `make audit`: asks the registry for known advisories about what a production installation consists of, and about all that
// is used for building and testing. Where the registry has no audit endpoint nothing can be said; that is printed, and it
// fails only with KUBEJOBS_REQUIRE_AUDIT=1.
import { spawnSync } from 'node:child_process';
import { readRepositoryFile, repositoryRoot } from '../support/repository.ts';
import { type Advisory, type AuditException, type AuditReport, advisoriesOf, auditProblems } from './audit.ts';

function audit(...flags: string[]): Advisory[] | undefined {
  const commandLine = ['audit', '--json', '--loglevel', 'silent', ...flags];
  const { stdout } = spawnSync('npm', commandLine, { cwd: repositoryRoot, encoding: 'utf8', maxBuffer: 1 << 26 });
  const report = JSON.parse(stdout || '{}') as Partial<AuditReport>;
  return report.vulnerabilities && advisoriesOf(report as AuditReport);
}

function main(): number {
  const exceptions = JSON.parse(readRepositoryFile('test/supply-chain/audit-exceptions.json')) as AuditException[];
  const production = audit('--omit=dev');
  const all = audit();
  if (!production || !all) {
    process.stderr.write('NOT AUDITED: the registry in use has no audit endpoint, or could not be reached.\n');
    return process.env.KUBEJOBS_REQUIRE_AUDIT === '1' ? 1 : 0;
  }
  const problems = auditProblems(all, exceptions, new Date().toISOString().slice(0, 10));
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  const known = `${production.length} known advisories in production, ${all.length} in all`;
  process.stdout.write(`${known}; ${problems.length} problems\n`);
  return problems.length === 0 ? 0 : 1;
}

process.exitCode = main();

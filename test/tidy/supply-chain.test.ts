// What is installed is what the lock file says, byte for byte, and what the bill of materials says.
import { describe, expect, it } from 'vitest';
import { type Advisory, type AuditException, advisoriesOf, auditProblems } from '../supply-chain/audit.ts';
import { makeSbom, productionPackages } from '../supply-chain/sbom.ts';
import { readRepositoryFile } from '../support/repository.ts';

interface LockEntry {
  version?: string;
  resolved?: string;
  integrity?: string;
  link?: boolean;
}

const text = readRepositoryFile('package-lock.json');
const lock = JSON.parse(text) as { lockfileVersion: number; packages: Record<string, LockEntry> };
const entries = Object.entries(lock.packages).filter(([path]) => path !== '');

describe('the lock file', () => {
  it('has an integrity hash for every package', () => {
    expect(entries.length).toBeGreaterThan(100);
    const without = entries.filter(
      ([, entry]) => !/^sha(512|384)-[A-Za-z0-9+/]{64,88}={0,2}$/.test(entry.integrity ?? ''),
    );
    expect(without.map(([path]) => path)).toEqual([]);
  });

  it('takes no package from a link, a file or a repository', () => {
    const odd = entries.filter(
      ([, entry]) => entry.link === true || /^(file|git|github|http)/.test(entry.resolved ?? ''),
    );
    expect(odd).toEqual([]);
  });

  it('names no host that packages are loaded from', () => {
    expect(text).not.toMatch(/"resolved"|registry\./);
  });

  it('is for the versions that package.json pins, each to one version', () => {
    const { dependencies, devDependencies } = JSON.parse(readRepositoryFile('package.json')) as Record<string, object>;
    const pinned = Object.entries({ ...dependencies, ...devDependencies });
    const wrong = pinned.filter(([name, version]) => lock.packages[`node_modules/${name}`]?.version !== version);
    expect(wrong).toEqual([]);
  });
});

describe('the bill of materials', () => {
  const sbom = makeSbom();

  it('is CycloneDX and about this program', () => {
    const { name, version } = JSON.parse(readRepositoryFile('package.json')) as { name: string; version: string };
    expect(sbom).toMatchObject({
      bomFormat: 'CycloneDX',
      specVersion: expect.stringMatching(/^1\.[5-9]$/),
      version: 1,
    });
    expect(sbom.serialNumber).toMatch(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(sbom.metadata.component).toMatchObject({ type: 'application', name, version });
  });

  it('lists what a production installation has, all and nothing else', () => {
    expect(productionPackages().size).toBeGreaterThan(50);
    const listed = sbom.components.map((component) => `${component.name}@${component.version}`);
    expect(listed.sort()).toEqual([...productionPackages()].sort());
  });

  it('has every dependency of package.json, and no development tool', () => {
    const { dependencies, devDependencies } = JSON.parse(readRepositoryFile('package.json')) as Record<string, object>;
    const listed = new Set(sbom.components.map((component) => component.name));
    expect(Object.keys(dependencies ?? {}).filter((name) => !listed.has(name))).toEqual([]);
    expect(['vitest', 'typescript', 'eslint'].filter((name) => listed.has(name))).toEqual([]);
    expect(Object.keys(devDependencies ?? {})).toContain('vitest');
  });

  it('identifies each component by its package URL, its hash and its licence', () => {
    const vague = sbom.components.filter(
      ({ purl, hashes, licenses }) => !purl.startsWith('pkg:npm/') || !hashes?.length || !licenses?.length,
    );
    expect(vague.map((component) => component['bom-ref'])).toEqual([]);
  });

  it('knows every component that another one depends on', () => {
    const known = new Set([sbom.metadata.component['bom-ref'], ...sbom.components.map((one) => one['bom-ref'])]);
    const referred = sbom.dependencies.flatMap(({ ref, dependsOn = [] }) => [ref, ...dependsOn]);
    expect(referred.filter((ref) => !known.has(ref))).toEqual([]);
  });

  it('is the same each time it is made', () => {
    expect(makeSbom()).toEqual(sbom);
  });
});

describe('an audit', () => {
  const advisory: Advisory = {
    name: 'leftish',
    title: 'it pads on the wrong side',
    severity: 'high',
    url: 'https://example.invalid/advisories/GHSA-aaaa-bbbb-cccc',
    range: '<2.0.0',
  };
  const exception: AuditException = { advisory: 'GHSA-aaaa-bbbb-cccc', reason: 'never called', expires: '2026-12-31' };
  const today = '2026-12-31';

  it('fails for an advisory of high or critical severity, and for no other', () => {
    const of = (severity: string) => auditProblems([{ ...advisory, severity }], [], today).length;
    expect(['low', 'moderate', 'high', 'critical'].map(of)).toEqual([0, 0, 1, 1]);
  });

  it('passes when it is explained, until the explanation ends', () => {
    expect(auditProblems([advisory], [exception], today)).toEqual([]);
    expect(auditProblems([advisory], [exception], '2027-01-01').join()).toContain('has expired');
  });

  it('fails for an explanation of nothing, and for one without a reason', () => {
    expect(auditProblems([], [exception], today).join()).toContain('is not needed any more');
    expect(auditProblems([advisory], [{ ...exception, reason: ' ' }], today).join()).toContain('says no why');
  });

  it('counts an advisory once, by whatever way it is reached', () => {
    const vulnerabilities = {
      leftish: { severity: 'high', via: [advisory] },
      padder: { severity: 'high', via: ['leftish'] },
      bundled: { severity: 'high', via: [advisory] },
    };
    expect(advisoriesOf({ vulnerabilities })).toEqual([advisory]);
  });

  it('has exceptions with a reason and an end only', () => {
    const exceptions = JSON.parse(readRepositoryFile('test/supply-chain/audit-exceptions.json')) as AuditException[];
    const wrong = exceptions.filter(
      ({ advisory: id, reason, expires }) => !/^GHSA-/.test(id) || !reason || !/^\d{4}-\d\d-\d\d$/.test(expires),
    );
    expect(wrong).toEqual([]);
  });
});

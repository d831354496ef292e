import { expect, it } from 'vitest';
import { hasFragileBuild, readBuild } from '../../../../../internal/store/sqlite/fragile-build.ts';

const fragile = (): Buffer => Buffer.from('…AddEnvironmentCleanupHook…RemoveEnvironmentCleanupHook…');
const sound = (): Buffer => Buffer.from('…AddEnvironmentCleanupHook…');

it.each([
  ['v24.19.0', fragile, true],
  ['v24.21.3', fragile, true],
  ['v24.21.3', sound, false],
  ['v24.18.1', fragile, false],
  ['v24.2.0', fragile, false],
  ['v20.19.0', fragile, false],
  ['v26.1.0', fragile, false],
] as const)('on Node %s a build like %o is fragile: %s', (version, read, expected) => {
  expect(hasFragileBuild(version, read)).toBe(expected);
});

it('a build that cannot be found is not called fragile', () => {
  const missing = (): never => {
    throw new Error('ENOENT');
  };
  expect(hasFragileBuild('v24.21.0', missing)).toBe(false);
});

it('the build that these tests run on is found, and is not fragile (else run .ci/mend-sqlite)', () => {
  expect(readBuild().includes('AddEnvironmentCleanupHook')).toBe(true);
  expect(hasFragileBuild('v24.21.0')).toBe(false);
});

import { defineConfig } from 'vitest/config';

// Five projects: `fast` needs nothing but Node; `install` takes packages from npm and PyPI, or their caches; `browser` looks
// at the dashboard in a real Chromium; `faults` is the small column of the fault scorecard, as far as it needs no cluster;
// `cluster` starts a real control plane (see test/cluster/README.md) and has the scorecard's other rows.
export default defineConfig({
  test: {
    reporters: ['default', './test/faults/scorecard/seconds-reporter.ts', './test/support/closing-line-reporter.ts'],
    projects: [
      {
        test: {
          name: 'fast',
          include: ['test/{unit,contract,api,simulation,tidy,process}/**/*.test.ts'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'install',
          include: ['test/install/**/*.test.ts'],
          testTimeout: 90_000,
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          globalSetup: ['test/browser/support/build-dashboard.ts'],
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'faults',
          include: ['test/faults/*.test.ts', 'test/faults/support/**/*.test.ts', 'test/faults/scorecard/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          name: 'cluster',
          include: ['test/cluster/**/*.test.ts', 'test/faults/cluster/**/*.test.ts'],
          globalSetup: ['test/cluster/harness/global-setup.ts'],
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 1_800_000,
        },
      },
    ],
  },
});

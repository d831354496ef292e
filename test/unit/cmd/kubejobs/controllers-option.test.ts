import { describe, expect, it } from 'vitest';
import { chosenControllers } from '../../../../cmd/kubejobs/controllers.ts';
import { parseConfiguration, serveOptions } from '../../../../internal/platform/configuration.ts';

const parsed = (controllers?: string) =>
  parseConfiguration(serveOptions, { ...(controllers !== undefined && { controllers }) }, {}).controllers;

describe('--controllers', () => {
  it.each([
    ['health', ['health']],
    ['health, health', ['health']],
    ['jobset,results', ['jobset', 'results']],
    ['health,podgroup,results,jobset', ['health', 'podgroup', 'results', 'jobset']],
    ['none', []],
    [undefined, undefined],
  ])('%j is %j', (given, names) => {
    expect(parsed(given)).toEqual(names);
  });

  it.each(['podgroups', 'health,cronjob', 'everything', '', 'health,', 'Health', 'none,health'])(
    'refuses %j',
    (given) => {
      expect(() => parsed(given)).toThrow(/--controllers is ".*"; allowed is none, or some of health/);
    },
  );

  it('has health on by default where there is a cluster, and nothing in a dry run', () => {
    expect(chosenControllers({ controllers: undefined, dryRun: false }).has('health')).toBe(true);
    expect([...chosenControllers({ controllers: undefined, dryRun: true })]).toEqual([]);
    expect([...chosenControllers({ controllers: ['health'], dryRun: true })]).toEqual(['health']);
    expect([...chosenControllers({ controllers: [], dryRun: false })]).toEqual([]);
  });
});

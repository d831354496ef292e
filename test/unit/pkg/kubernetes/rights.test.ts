import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { withRightsHint } from '../../../../pkg/kubernetes/rights.ts';
import { repositoryRoot } from '../../../support/repository.ts';

const missing = 'configmaps "a-results" is forbidden: User "system:serviceaccount:q:kubejobs" cannot get resource';

it.each(['results', 'health', 'podgroup'])('names the manifest %s that gives a missing right', (file) => {
  expect(withRightsHint(missing, file)).toBe(`${missing} (deploy/rbac/${file}.yaml gives the right)`);
  expect(existsSync(`${repositoryRoot}deploy/rbac/${file}.yaml`)).toBe(true);
});

it('leaves other words as they are', () => {
  const words = 'pods "a" is forbidden: exceeded quota: q';
  expect(withRightsHint(words, 'results')).toBe(words);
});

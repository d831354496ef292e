import { describe, expect, it } from 'vitest';
import type { ObjectMeta } from '../../../../pkg/kubernetes/cluster.ts';
import { controllerReference } from '../../../../pkg/kubernetes/owner.ts';

const job = { apiVersion: 'batch/v1', kind: 'Job', name: 'a', uid: 'u' };

function referenceAmong(ownerReferences: unknown): unknown {
  return controllerReference({ name: 'pod', ownerReferences } as ObjectMeta);
}

describe('the controller of an object', () => {
  it('is the owner that says so of itself', () => {
    const controller = { ...job, controller: true };
    expect(referenceAmong([job, controller])).toEqual(controller);
  });

  it.each([
    ['that has no owners', undefined],
    ['whose owners do not control it', [job, { ...job, controller: false }]],
    ['whose owners make no sense', [null, 'Job', ['controller'], { controller: 'true' }]],
    ['whose owners are no list', { controller: true }],
  ])('is missing of one %s', (_title, ownerReferences) => {
    expect(referenceAmong(ownerReferences)).toBeUndefined();
  });
});

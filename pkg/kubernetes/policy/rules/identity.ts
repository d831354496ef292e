// Rules of our own, beside the Pod Security Standards and at every level of them: as whom a pod speaks to the cluster,
// where it runs, and where its images come from.
import { isFromOneOf } from '../images.ts';
import { at, type Place } from '../places.ts';
import type { PodPlaces } from '../pod-places.ts';
import { absentOr, type Finding, list, type Rule, unless } from '../rule.ts';

const source = 'the server’s policy';

/** A pod is its namespace's `default` account: any other may have rights that whoever submits jobs does not have. */
export const serviceAccounts: Rule = {
  control: 'service accounts',
  source,
  allowance: 'allow.service_accounts',
  find: ({ spec }, { allow }) => {
    if (allow.serviceAccounts.includes('*')) return [];
    const allowed = ['default', ...allow.serviceAccounts];
    const must = `must be one of ${list(allowed)}, or left out`;
    const names = ['serviceAccountName', 'serviceAccount']; // the second is the first's older name
    return names.flatMap((name) => unless(at(spec, name), absentOr('', ...allowed), must));
  },
};

/** The scheduler chooses the node: a pod with nodeName goes around it, its taints and its counting of resources. */
export const nodeName: Rule = {
  control: 'the node',
  source,
  allowance: 'allow.node_name',
  find: ({ spec }, { allow }) =>
    allow.nodeName ? [] : unless(at(spec, 'nodeName'), absentOr(''), 'must be left out (use nodeSelector or affinity)'),
};

/** Where the operator names image prefixes, every image begins with one of them, those of image volumes too. */
export const imagePrefixes: Rule = {
  control: 'images',
  source,
  allowance: 'image_prefixes',
  find: (pod, { imagePrefixes: prefixes }) =>
    prefixes === undefined ? [] : imagesOf(pod).flatMap((image) => fromElsewhere(image, prefixes)),
};

function imagesOf({ containers, volumes }: PodPlaces): Place[] {
  const volumeImages = volumes.map((volume) => at(volume, 'image')).filter(({ value }) => value !== undefined);
  return [
    ...containers.map((container) => at(container, 'image')),
    ...volumeImages.map((image) => at(image, 'reference')),
  ];
}

function fromElsewhere(image: Place, prefixes: readonly string[]): Finding[] {
  return unless(image, (value) => isFromOneOf(value, prefixes), `must be an image from ${list(prefixes)}`);
}

// What is said of a group of pods that are to run together: why it is not ready, and who says how many pods it must have.

/** In the order in which they are told. */
export const podGroupReasons = [
  'size_invalid',
  'pods_missing',
  'pods_deleted',
  'pods_unschedulable',
  'pods_not_running',
  'pods_ended',
  'owner_gone',
  'owner_unreadable',
  'labels_missing',
] as const;
export type PodGroupReason = (typeof podGroupReasons)[number];

/** `pods`: nobody does, those that are there are the group. */
export const podGroupSizeSources = ['annotation', 'owners', 'pods'] as const;
export type PodGroupSizeSource = (typeof podGroupSizeSources)[number];

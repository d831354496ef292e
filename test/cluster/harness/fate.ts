/**
 * How a test chooses what becomes of a pod on a KWOK node: labels and annotations on the pod (for a Job, in its pod
 * template). The label may also be changed while the pod runs: a pod that runs for ever ends when its fate is patched.
 */

/** Label. Absent means `succeed`. */
export const fateLabel = 'test.kubejobs.io/fate';

/**
 * - `succeed`, `fail`, `oom`: runs for the duration, then ends with 0, the exit code, or 137 `OOMKilled`;
 * - `image-pull`: stays Pending in `ImagePullBackOff`;
 * - `crash-loop`: Running, its container fails and restarts again and again, in `CrashLoopBackOff` between;
 * - `never`: runs until it is deleted;
 * - `gang`: runs until the pod has the label `podgroup.jhwagner.github.io/ready: "true"`, then succeeds.
 */
export type Fate = 'succeed' | 'fail' | 'oom' | 'image-pull' | 'crash-loop' | 'never' | 'gang';

export const fateAnnotations = {
  /** A Go duration such as `300ms` or `1m30s` from Running to the end. Default `1s`. */
  duration: 'test.kubejobs.io/duration',
  /** For `fail`, of the first container; the others end with 0. Default `1`. */
  exitCode: 'test.kubejobs.io/exit-code',
  /** A Go duration from scheduled to Running. Default `0s`. */
  startDelay: 'test.kubejobs.io/start-delay',
  /** A Go duration from the deletion to the end of the containers. Default `0s`. */
  terminationDelay: 'test.kubejobs.io/termination-delay',
} as const;

export const gangReadyLabel = 'podgroup.jhwagner.github.io/ready';

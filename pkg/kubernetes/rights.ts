// From the API server's words for a missing right to what helps: the manifest of deploy/rbac that gives it.

const missingRight = /is forbidden: User /;

/** `file` without its ending: `results` for deploy/rbac/results.yaml. Other messages stay as they are. */
export function withRightsHint(message: string, file: string): string {
  return missingRight.test(message) ? `${message} (deploy/rbac/${file}.yaml gives the right)` : message;
}

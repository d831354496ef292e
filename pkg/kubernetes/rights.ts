// From the API server's words for a missing right to what helps: the manifest of deploy/rbac that gives it.

const missingRight = /is forbidden: User /;

/** Whether a 403 is about the account that asks, and not about what it sent. */
export function isMissingRight(message: string): boolean {
  return missingRight.test(message);
}

/** `file` without its ending: `results` for deploy/rbac/results.yaml. Other messages stay as they are. */
export function withRightsHint(message: string, file: string): string {
  return isMissingRight(message) ? `${message} (deploy/rbac/${file}.yaml gives the right)` : message;
}

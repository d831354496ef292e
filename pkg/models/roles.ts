// What a caller may do, in three steps: each role may do everything that the one before it may.

export const roles = ['read', 'submit', 'admin'] as const;
/** `read` looks, `submit` also submits, changes and cancels jobs, `admin` also changes how the server works. */
export type Role = (typeof roles)[number];

export function roleIncludes(role: Role, needed: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(needed);
}

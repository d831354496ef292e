/** RFC 3339 in UTC with milliseconds. */
export function timeOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

/** When the job was accepted, in milliseconds since the epoch: a UUIDv7 begins with it (RFC 9562, section 5.7). */
export function acceptedAt(jobId: string): number {
  return Number.parseInt(jobId.slice(0, 8) + jobId.slice(9, 13), 16);
}

export function isJobId(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}

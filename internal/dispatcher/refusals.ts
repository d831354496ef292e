// What the API server's "no" to a create means. A quota may say yes later; a request that was turned away because the
// server is busy was not read at all; every other 4xx is final, and its words are the job's message.
// Source: Kubernetes API conventions (Status.reason) and the ResourceQuota admission plugin's wording.
interface Refused {
  status: number;
  reason: string;
  message: string;
}

/** `undefined`: not a refusal of this job, only of this moment. */
export function classifyRefusal(result: Refused): 'permanent' | 'quota' | undefined {
  if (result.status === 429 || result.status === 408) return undefined;
  if (result.status === 401) return undefined;
  if (result.status === 403 && /exceeded quota|failed quota|insufficient quota/i.test(result.message)) return 'quota';
  return 'permanent';
}

/** The server turned the request away unread: it surely made nothing. */
export function surelyUnread(result: { outcome: string; status?: number }): boolean {
  return result.outcome === 'refused' && (result.status === 429 || result.status === 401);
}

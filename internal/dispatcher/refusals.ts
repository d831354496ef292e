// What the API server's "no" to a create means. A quota may say yes later; a request that was turned away because the
// server is busy, or because two creates raced for the same quota, was not carried out and is sent again; every other
// 4xx is final, and its words are the job's message.
// Source: Kubernetes API conventions (Status.reason) and the ResourceQuota admission plugin's wording: "exceeded
// quota", "insufficient quota to match these scopes" and, until a new quota was first counted, "status unknown for
// quota". Its "failed quota: … must specify" is about the spec and never goes away.
interface Refused {
  status: number;
  reason: string;
  message: string;
}

type Result = { outcome: string; status?: number; reason?: string };

const quotaWords = /exceeded quota|insufficient quota|status unknown for quota/i;

/** `undefined`: not a refusal of this job, only of this moment. */
export function classifyRefusal(result: Refused): 'permanent' | 'quota' | undefined {
  if ([401, 408, 409, 429].includes(result.status)) return undefined;
  return result.status === 403 && quotaWords.test(result.message) ? 'quota' : 'permanent';
}

/** The server turned the request away before it did anything: it surely made nothing. */
export function surelyUnread(result: Result): boolean {
  return result.outcome === 'refused' && result.status !== undefined && [401, 409, 429].includes(result.status);
}

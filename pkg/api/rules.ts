// What a text field may look like: each rule is a pattern and the words that an error message and the docs use for it.
// The patterns are linear (no nested repetition), and they are Kubernetes' own rules where Kubernetes has one.

export interface TextRule {
  pattern: string;
  /** Completes "must be …". */
  allowed: string;
}

const qualifiedName = '[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?';
const subdomain = '[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?(?:\\.[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?){0,127}';
const labelKey = `(?:${subdomain}/)?${qualifiedName}`;
const labelValue = `(?:${qualifiedName})?`;

const dnsLabelWords =
  'a DNS label (RFC 1123): 1 to 63 characters, lower-case letters, digits and "-", beginning and ending with a letter or a digit';

export const rules = {
  dnsLabel: { pattern: '^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$', allowed: dnsLabelWords },
  /** What lists are asked for: `*` is in no name. */
  nameQuery: {
    pattern: '^[a-z0-9](?:[-a-z0-9]{0,62}\\*|[-a-z0-9]{0,61}[a-z0-9])?$',
    allowed: `${dnsLabelWords}; or the beginning of one, followed by "*"`,
  },
  /** https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set */
  labelKey: {
    pattern: `^${labelKey}$`,
    allowed:
      'a Kubernetes label key: an optional DNS subdomain and "/", then 1 to 63 letters, digits, "-", "_" and ".", beginning and ending with a letter or a digit',
  },
  labelValue: {
    pattern: `^${labelValue}$`,
    allowed:
      'a Kubernetes label value: up to 63 letters, digits, "-", "_" and ".", beginning and ending with a letter or a digit',
  },
  labelSelector: { pattern: `^${labelKey}=${labelValue}$`, allowed: 'a label as key=value' },
  /** https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/ (negative ones make no sense here). */
  quantity: {
    pattern: '^\\+?(?:[0-9]{1,18}(?:\\.[0-9]{0,18})?|\\.[0-9]{1,18})(?:[KMGTPE]i|[numkMGTPE]|[eE][-+]?[0-9]{1,3})?$',
    allowed: 'a Kubernetes quantity as a string, such as "500m", "2" or "1.5Gi"',
  },
  environmentName: {
    pattern: '^[-._A-Za-z][-._A-Za-z0-9]{0,255}$',
    allowed:
      'the name of an environment variable: 1 to 256 letters, digits, "-", "_" and ".", not beginning with a digit',
  },
  image: {
    pattern: '^[A-Za-z0-9](?:[-A-Za-z0-9._:/@+]{0,1022}[A-Za-z0-9])?$',
    allowed: 'an image reference such as "busybox" or "registry.example/team/app:1.2": 1 to 1024 characters, no spaces',
  },
  duration: {
    pattern: '^[0-9]{1,9}(?:ms|s|m|h)$',
    allowed: 'a duration as a whole number and a unit (ms, s, m, h), such as "3s", "1m" or "500ms"',
  },
  longDuration: {
    pattern: '^[0-9]{1,9}(?:s|m|h|d)$',
    allowed: 'a duration as a whole number and a unit (s, m, h, d), such as "90s", "10m" or "2d"',
  },
  /** RFC 3339, section 5.6; whether there is such a day is checked apart. */
  startAfter: {
    pattern:
      '^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\\.[0-9]{1,9})?(?:[Zz]|[-+][0-9]{2}:[0-9]{2})$',
    allowed: 'a time (RFC 3339) such as "2026-11-04T09:30:00Z", or an object such as {"in": "10m"}',
  },
  eventId: { pattern: '^[0-9]{1,15}$', allowed: 'the id of an event: up to 15 digits' },
  retryCause: {
    pattern:
      '^(?:failed|timeout|deleted|node_lost|create_refused|exit:(?:[0-9]|[1-9][0-9]|1[0-9][0-9]|2[0-4][0-9]|25[0-5]))$',
    allowed: 'failed, timeout, deleted, node_lost, create_refused or exit:CODE with a code from 0 to 255',
  },
  /** RFC 9110 has no such header; this is draft-ietf-httpapi-idempotency-key-header, with a bound. */
  idempotencyKey: {
    pattern: '^[\\x21-\\x7e]{1,255}$',
    allowed: '1 to 255 printable ASCII characters without spaces',
  },
  exitCode: {
    pattern: '^(?:[0-9]|[1-9][0-9]|1[0-9][0-9]|2[0-4][0-9]|25[0-5])$',
    allowed: 'an exit code from 0 to 255 as a string, such as "1"',
  },
  podGroupSize: {
    pattern: '^(?:[1-9][0-9]{0,4}|100000)$',
    allowed: 'a number from 1 to 100000 as a string, such as "4"',
  },
  uuid: {
    pattern: '^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$',
    allowed: 'a UUID',
  },
  cursor: { pattern: '^[A-Za-z0-9_-]{1,256}$', allowed: 'the cursor of a Link header, unchanged' },
} as const satisfies Record<string, TextRule>;

const wordsByPattern = new Map<string, string>(Object.values(rules).map(({ pattern, allowed }) => [pattern, allowed]));

/** The words for a pattern of this file; a pattern from elsewhere speaks for itself. */
export function wordsFor(pattern: string): string {
  return wordsByPattern.get(pattern) ?? `a string that matches ${pattern}`;
}

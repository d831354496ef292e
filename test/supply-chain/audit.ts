// What an audit by npm comes to. A known advisory of high or critical severity fails it, unless audit-exceptions.json
// explains why it does no harm here; an explanation has an end, and one that explains nothing any more has to go.

export interface AuditReport {
  vulnerabilities: Record<string, { severity: string; via: ReadonlyArray<string | Advisory> }>;
}

export interface Advisory {
  /** The package it is about. */
  name: string;
  title: string;
  severity: string;
  url: string;
  range: string;
}

export interface AuditException {
  /** The last part of the advisory's URL, such as GHSA-xxxx-xxxx-xxxx. */
  advisory: string;
  reason: string;
  /** The last day on which it counts, YYYY-MM-DD. */
  expires: string;
}

const serious = new Set(['high', 'critical']);

/** Advisories of any severity, each once; other entries only lead to them. */
export function advisoriesOf(report: AuditReport): Advisory[] {
  const all = Object.values(report.vulnerabilities).flatMap(({ via }) => via.filter((one) => typeof one !== 'string'));
  return [...new Map(all.map((advisory) => [advisory.url, advisory])).values()];
}

/** What makes the audit fail, a sentence each. `today` is YYYY-MM-DD. */
export function auditProblems(
  advisories: readonly Advisory[],
  exceptions: readonly AuditException[],
  today: string,
): string[] {
  const findings = advisories.filter((advisory) => serious.has(advisory.severity));
  const counting = exceptions.filter((exception) => exception.expires >= today);
  const unexplained = findings.filter((finding) => !counting.some(({ advisory }) => advisory === idOf(finding)));
  const pointless = exceptions.filter(({ advisory }) => !findings.some((finding) => idOf(finding) === advisory));
  return [
    ...unexplained.map(({ name, range, severity, title, url }) => `${name} ${range}: ${severity}: ${title} (${url})`),
    ...exceptions.filter((one) => one.expires < today).map((one) => `the exception for ${one.advisory} has expired`),
    ...pointless.map((one) => `the exception for ${one.advisory} is not needed any more`),
    ...exceptions
      .filter((one) => one.reason.trim() === '')
      .map((one) => `the exception for ${one.advisory} says no why`),
  ];
}

function idOf({ url }: Advisory): string {
  return url.slice(url.lastIndexOf('/') + 1);
}

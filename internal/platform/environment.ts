// The environment as others fill it. Kubernetes gives every pod variables for each Service of its namespace: a Service
// that is called kubejobs makes KUBEJOBS_PORT=tcp://10.0.0.1:8000, KUBEJOBS_SERVICE_HOST and more, which look like ours
// and mean nothing to us. They are told by their form, so that they never stop a start or are taken for a mistake.
// https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables

export type Environment = Readonly<Record<string, string | undefined>>;

/** A `<SERVICE>_PORT` with a URL in it, which no option of such a name takes. */
export function isServiceLink(name: string, value: string | undefined): boolean {
  return name.endsWith('_PORT') && value !== undefined && /^(tcp|udp|sctp):\/\/\S+:\d+$/.test(value);
}

const serviceVariable = /_SERVICE_HOST$|_SERVICE_PORT(_[A-Z0-9_]+)?$|_PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?$/;

/** The names that begin with `prefix`, are not among `known` and were not set by Kubernetes, in alphabetical order. */
export function unknownVariables(prefix: string, known: readonly string[], environment: Environment): string[] {
  const names = Object.keys(environment).filter((name) => name.startsWith(prefix) && !known.includes(name));
  return names.filter((name) => !serviceVariable.test(name) && !isServiceLink(name, environment[name])).sort();
}

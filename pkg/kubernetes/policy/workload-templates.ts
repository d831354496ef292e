// Where the pod templates of a workload are. Knows a place for each kind that kubejobs can make; what is not where it
// should be is judged by the API server, and a kind that is not here has no templates that could be judged.
import { at, entriesOf, itemsOf, type Place, place } from './places.ts';

type Fields = Record<string, unknown>;

const templatesByKind: Record<string, (object: Place) => Place[]> = {
  Job: (object) => [at(object, 'spec', 'template')],
  JobSet: (object) =>
    itemsOf(at(object, 'spec', 'replicatedJobs')).map((job) => at(job, 'template', 'spec', 'template')),
  PyTorchJob: (object) =>
    entriesOf(at(object, 'spec', 'pytorchReplicaSpecs')).map((replica) => at(replica, 'template')),
};

export const judgedKinds: readonly string[] = Object.keys(templatesByKind);

/** The PodTemplateSpecs of a Job, JobSet or PyTorchJob, each with its way from the object; undefined for other kinds. */
export function podTemplatesOf(object: object): Place[] | undefined {
  const { kind } = object as Fields;
  return typeof kind === 'string' && Object.hasOwn(templatesByKind, kind)
    ? templatesByKind[kind]?.(place(object))
    : undefined;
}

// The places of a pod template that rules look at, found once for all of them.
import { at, itemsOf, type Place } from './places.ts';

export interface PodPlaces {
  metadata: Place;
  spec: Place;
  /** Init, regular and ephemeral ones. */
  containers: readonly Place[];
  volumes: readonly Place[];
  /** The pod's own and each container's. */
  securityContexts: readonly Place[];
  /** `hostUsers: false`: root in the pod is nobody on the node. */
  ownUserNamespace: boolean;
  /** `os.name: windows`: the API server refuses Linux's fields there, so nobody can ask for them. */
  windows: boolean;
}

/** `template`: a PodTemplateSpec. */
export function podPlaces(template: Place): PodPlaces {
  const spec = at(template, 'spec');
  const lists = ['initContainers', 'containers', 'ephemeralContainers'];
  const containers = lists.flatMap((name) => itemsOf(at(spec, name)));
  return {
    metadata: at(template, 'metadata'),
    spec,
    containers,
    volumes: itemsOf(at(spec, 'volumes')),
    securityContexts: [spec, ...containers].map((owner) => at(owner, 'securityContext')),
    ownUserNamespace: at(spec, 'hostUsers').value === false,
    windows: at(spec, 'os', 'name').value === 'windows',
  };
}

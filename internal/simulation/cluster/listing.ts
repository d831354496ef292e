// Consistent lists in pages. The first page fixes what the later ones show, as the API server's continue tokens do;
// only the newest few unfinished lists are remembered, an older token is answered with 410.
import type { ApiResult, KubernetesObject, ListOptions, ListPage, Resource } from '../../../pkg/kubernetes/cluster.ts';
import { continueExpired, ok, refused } from './answers.ts';
import { indexedLabels, keyOfObject, type ObjectStore } from './object-store.ts';
import { parseSelector, type Requirement, selects } from './selectors.ts';

const rememberedLists = 16;

interface OpenList {
  id: number;
  items: KubernetesObject[];
  resourceVersion: string;
}

export class Listing {
  readonly #store: ObjectStore;
  readonly #open = new Map<number, OpenList>();
  #lastId = 0;

  constructor(store: ObjectStore) {
    this.#store = store;
  }

  page(resource: Resource, options: ListOptions): ApiResult<ListPage> {
    if (options.continue) return this.#continue(options.continue, options.limit);
    const requirements = parseSelector(options.labelSelector);
    if (!requirements) return badSelector(options.labelSelector);
    const items = this.#select(resource, requirements, options.namespace);
    items.sort(byKey);
    this.#lastId += 1;
    return ok(this.#cut({ id: this.#lastId, items, resourceVersion: String(this.#store.version) }, 0, options.limit));
  }

  #select(resource: Resource, requirements: Requirement[], namespace: string | undefined): KubernetesObject[] {
    const ofJob = requirements.find((one) => one.operator === 'equals' && indexedLabels.includes(one.label));
    const candidates =
      ofJob?.operator === 'equals' && namespace !== undefined
        ? this.#store.ofJob(resource, namespace, ofJob.value)
        : this.#store.all(resource);
    return candidates.filter((object) => isIn(namespace, object) && selects(requirements, object));
  }

  #continue(token: string, limit: number | undefined): ApiResult<ListPage> {
    const [id = 0, offset = 0] = token.split('.').map(Number);
    const list = this.#open.get(id);
    if (!list) return continueExpired;
    return ok(this.#cut(list, offset, limit));
  }

  #cut(list: OpenList, from: number, limit: number | undefined): ListPage {
    const to = limit ? from + limit : list.items.length;
    const page: ListPage = { items: list.items.slice(from, to), resourceVersion: list.resourceVersion };
    if (to < list.items.length) page.continue = this.#remember(list, to);
    return page;
  }

  #remember(list: OpenList, offset: number): string {
    this.#open.set(list.id, list);
    const oldest = this.#open.keys().next();
    if (this.#open.size > rememberedLists && !oldest.done) this.#open.delete(oldest.value);
    return `${list.id}.${offset}`;
  }
}

export function isIn(namespace: string | undefined, object: KubernetesObject): boolean {
  return namespace === undefined || object.metadata.namespace === namespace;
}

function badSelector(selector: string | undefined): ApiResult<never> {
  return refused(400, 'BadRequest', `unable to parse requirement: ${selector ?? ''}`);
}

function byKey(a: KubernetesObject, b: KubernetesObject): number {
  return keyOfObject(a) < keyOfObject(b) ? -1 : 1;
}

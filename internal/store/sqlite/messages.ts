// What the store and its writer's thread say to each other. Requests are answered in their order, one reply each.
import type { Prune, Pruned, Receipt, Snapshot, StoreFailureCode } from '../store.ts';
import type { PackedCommit } from './packed.ts';
import type { Identity, NewOwner } from './statements/take-over.ts';

export type Request =
  /** Opens the file as a new owner. */
  | ({ kind: 'open'; path: string } & NewOwner)
  /** Opens it again after a failure, as the same owner, and proves that a write succeeds. */
  | { kind: 'reopen'; path: string }
  | { kind: 'commit'; commit: PackedCommit }
  | { kind: 'prune'; prune: Prune }
  | { kind: 'load' }
  /** Leaves the connection as after a failed commit. */
  | { kind: 'give_up' }
  /** Closes it in order. */
  | { kind: 'close' };

export interface Results {
  open: Identity;
  reopen: undefined;
  commit: Receipt;
  prune: Pruned;
  load: { snapshot: Snapshot; unreadable: string[] };
  give_up: undefined;
  close: undefined;
}

export type Reply<Kind extends Request['kind'] = Request['kind']> =
  | { ok: true; value: Results[Kind] }
  | { ok: false; code: StoreFailureCode; message: string };

/**
 * `make cluster-down`: removes the cluster that `make cluster-up` left running, and nothing else.
 */
import { cleanUp } from './clean-up.ts';
import { readState, removeState } from './state.ts';

const state = readState();
if (state === undefined) {
  console.log('No cluster is up.');
} else {
  await cleanUp(state.directory);
  removeState();
  console.log('The cluster is down.');
}

// How many workloads of each kind there are, by state, and what the cluster does not have.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { KindHealthDocument } from '../../pkg/client/index.ts';
import { count } from '../shared/format.ts';
import { paced } from '../shared/frames.ts';
import { api, asksForToken } from '../shared/session.ts';
import { inNumbers } from '../shared/workload-tree.tsx';
import { workloads } from './workloads-state.ts';

const pauseMs = 1_000;

export function Kinds() {
  const kinds = useSignal<readonly KindHealthDocument[]>([]);
  const load = useSignal(() => {});
  useEffect(() => {
    load.value = paced(async () => {
      await api()
        .workloads({ limit: 1 })
        .then(({ counts }) => {
          kinds.value = counts.kinds;
        })
        .catch(asksForToken);
    }, pauseMs);
    const stop = workloads.subscribe(() => load.value());
    return stop;
  }, [kinds, load]);
  return (
    <section class="figures kinds" aria-label="By kind">
      {kinds.value.map((kind) => (
        <Kind key={kind.kind} kind={kind} />
      ))}
    </section>
  );
}

function Kind({ kind }: { kind: KindHealthDocument }) {
  const all = Object.values(kind.states).reduce((sum, number) => sum + number, 0);
  return (
    <dl class="kind">
      <dt>{kind.kind}</dt>
      {kind.available ? (
        <>
          <dd>
            {count(all)}{' '}
            <small class={kind.unhealthy > 0 ? 'state unhealthy' : ''}>{count(kind.unhealthy)} unhealthy</small>
          </dd>
          <dd class="more">{inNumbers(kind.states)}</dd>
        </>
      ) : (
        <dd class="more">not available. {kind.message}</dd>
      )}
    </dl>
  );
}

// Every workload that is watched, as far as the filters let it through; one that is opened shows its tree.
import { useComputed, useSignal } from '@preact/signals';
import type { WorkloadHealthDocument } from '../../pkg/client/index.ts';
import { FollowedTree } from '../shared/followed-tree.tsx';
import { count } from '../shared/format.ts';
import { inNumbers } from '../shared/workload-tree.tsx';
import { workloads } from './workloads-state.ts';

const rowsAtOnce = 100;
const lookEveryMs = 2_000;

export function WorkloadList() {
  const text = useSignal('');
  const isUnhealthyOnly = useSignal(false);
  const shown = useSignal(rowsAtOnce);
  const fitting = useComputed(() =>
    workloads.value.sorted.filter((each) => fits(each, text.value) && !(isUnhealthyOnly.value && each.healthy)),
  );
  const all = fitting.value;
  return (
    <section class="card" aria-labelledby="all-title">
      <div class="bar">
        <h2 id="all-title">Unhealthy first</h2>
        <form class="filters" onSubmit={(event) => event.preventDefault()}>
          <label>
            <input
              type="checkbox"
              checked={isUnhealthyOnly.value}
              onChange={(event) => {
                isUnhealthyOnly.value = event.currentTarget.checked;
              }}
            />{' '}
            only unhealthy ones
          </label>
          <input
            type="search"
            aria-label="Search workloads"
            placeholder="name, namespace, kind or reason"
            onInput={(event) => {
              text.value = event.currentTarget.value;
            }}
          />
        </form>
      </div>
      {all.length === 0 && <p class="quiet">{workloads.value.sorted.length === 0 ? 'There is none.' : 'None fits.'}</p>}
      <ul class="workloads">
        {all.slice(0, shown.value).map((workload) => (
          <Workload key={workload.uid} workload={workload} />
        ))}
      </ul>
      {all.length > shown.value && (
        <button
          type="button"
          onClick={() => {
            shown.value += rowsAtOnce;
          }}
        >
          Show more of {count(all.length)}
        </button>
      )}
    </section>
  );
}

function fits({ kind, namespace, name, state, reason = '' }: WorkloadHealthDocument, text: string): boolean {
  const all = `${kind} ${namespace}/${name} ${state} ${reason}`.toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => all.includes(word));
}

function Workload({ workload }: { workload: WorkloadHealthDocument }) {
  const isOpen = useSignal(false);
  const { kind, namespace, name, state, healthy, reason, message, owner } = workload;
  return (
    <li>
      <details
        onToggle={(event) => {
          isOpen.value = event.currentTarget.open;
        }}
      >
        <summary>
          <span class={healthy ? `state ${state}` : 'state unhealthy'}>
            {!healthy && <span aria-hidden="true">✕ </span>}
            {healthy ? state : (reason ?? state)}
          </span>
          <span class="what">
            <span class="quiet">
              {kind} {namespace}/
            </span>
            <b>{name}</b>
            {owner && (
              <span class="quiet">
                {' '}
                of {owner.kind} {owner.name}
              </span>
            )}
          </span>
          <span class="quiet pods">{inNumbers(workload.jobs ?? workload.pods)}</span>
          {message !== undefined && <span class="message">{message}</span>}
        </summary>
        {isOpen.value && <FollowedTree workload={workload} lookEveryMs={lookEveryMs} />}
      </details>
    </li>
  );
}

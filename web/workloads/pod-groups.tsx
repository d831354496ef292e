// Groups of pods that are to run together: which are not ready, who is missing, and which wait for one another.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { type PodGroupDocument, Problem as Refusal } from '../../pkg/client/index.ts';
import { now } from '../shared/clock.ts';
import { count, counted, duration } from '../shared/format.ts';
import { wordsOf } from '../shared/problem.tsx';
import { api, asksForToken } from '../shared/session.ts';
import { inNumbers } from '../shared/workload-tree.tsx';
import { endedLast, standingOf } from './group-standing.ts';

const lookEveryMs = 3_000;
const mostGroups = 200;

export function PodGroups() {
  const groups = useSignal<readonly PodGroupDocument[] | undefined>(undefined);
  const total = useSignal(0);
  const why = useSignal('');
  useEffect(() => {
    const load = async (): Promise<void> => {
      try {
        const waiting = await api().podGroups({ ready: false, limit: mostGroups });
        const ready = await api().podGroups({ ready: true, limit: mostGroups });
        groups.value = [...waiting.items.toSorted(deadlockedFirst), ...ready.items].toSorted(endedLast);
        total.value = (waiting.total ?? waiting.items.length) + (ready.total ?? ready.items.length);
        why.value = '';
      } catch (error) {
        if (!asksForToken(error)) why.value = error instanceof Refusal ? error.message : wordsOf(error);
      }
    };
    const timer = setInterval(() => !document.hidden && void load(), lookEveryMs);
    void load();
    return () => clearInterval(timer);
  }, [groups, total, why]);
  return (
    <section class="card" aria-labelledby="groups-title">
      <h2 id="groups-title">Groups of pods</h2>
      {why.value !== '' && <p class="quiet">{why.value}</p>}
      {why.value === '' && groups.value?.length === 0 && <p class="quiet">No pod belongs to a group.</p>}
      <ul class="workloads">
        {groups.value?.map((group) => (
          <Group key={`${group.namespace}/${group.name}`} group={group} />
        ))}
      </ul>
      {total.value > (groups.value?.length ?? 0) && <p class="quiet">{counted(total.value, 'group')} in all.</p>}
    </section>
  );
}

function deadlockedFirst(a: PodGroupDocument, b: PodGroupDocument): number {
  return Number(b.deadlock !== undefined) - Number(a.deadlock !== undefined);
}

function Group({ group }: { group: PodGroupDocument }) {
  const { namespace, name, ready, since, deadlock } = group;
  const { word, look, sign, of } = standingOf(group);
  const age = duration(now.value - Date.parse(since));
  return (
    <li>
      <div class="summary">
        <span class={`state ${look}`}>
          <span aria-hidden="true">{sign} </span>
          {word}
        </span>
        <span class="what">
          <span class="quiet">{namespace}/</span>
          <b>{name}</b> <span class="quiet">{look === 'ended' ? `was ready ${age} ago` : `for ${age}`}</span>
        </span>
        <span class="quiet pods">
          {inNumbers(group.pods)} {of}
        </span>
        {group.message !== undefined && <span class="message">{group.message}</span>}
        {deadlock && (
          <span class="message state unhealthy wrap">
            Waits for others that wait for it: {deadlock.groups.join(', ')}
          </span>
        )}
      </div>
      {!ready && <Missing group={group} />}
    </li>
  );
}

function Missing({ group }: { group: PodGroupDocument }) {
  const here = Object.values(group.pods).reduce((sum, number) => sum + number, 0);
  const absent = Math.max(0, (group.size ?? here) - here);
  const leftOut = group.waiting_pods_left_out ?? 0;
  return (
    <ul class="missing">
      {absent > 0 && <li>{counted(absent, 'pod')} not created yet</li>}
      {group.waiting_pods.map((pod) => (
        <li key={pod.name}>
          <b>{pod.name}</b> {pod.state}
          {pod.deleted ? ', being deleted' : ''} <span class="quiet">{pod.message}</span>
        </li>
      ))}
      {leftOut > 0 && <li>and {count(leftOut)} more</li>}
    </ul>
  );
}

// What happened to a job, each with its cause and how long it took until the next.
import type { TimelineDocument } from '../../pkg/client/index.ts';
import { duration, time } from '../shared/format.ts';
import { StateWord } from '../shared/state-word.tsx';
import { inWords } from '../shared/words.ts';

export function Timeline({ entries }: { entries: readonly TimelineDocument[] }) {
  return (
    <section class="card" aria-labelledby="timeline-title">
      <h2 id="timeline-title">Timeline</h2>
      <ol class="history">
        {entries.map((entry, index) => (
          <Entry key={`${entry.at} ${index}`} entry={entry} next={entries[index + 1]} />
        ))}
      </ol>
    </section>
  );
}

function Entry({ entry, next }: { entry: TimelineDocument; next: TimelineDocument | undefined }) {
  const { at, state, reason, message, attempt } = entry;
  return (
    <li>
      <time dateTime={at}>{time(at)}</time>
      <div>
        <StateWord state={state} />
        {attempt === undefined ? '' : <span class="quiet"> attempt {attempt}</span>}
        {(reason ?? message) !== undefined && (
          <p>
            {reason !== undefined && <code>{reason}</code>} <span class="quiet">{message ?? inWords(reason)}</span>
          </p>
        )}
        {next && <p class="quiet gap">{duration(Date.parse(next.at) - Date.parse(at))}</p>}
      </div>
    </li>
  );
}

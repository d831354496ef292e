// The attempts of a job, the newest first.
import type { AttemptDocument } from '../../pkg/client/index.ts';
import { now } from '../shared/clock.ts';
import { duration, time } from '../shared/format.ts';
import { StateWord } from '../shared/state-word.tsx';
import { inWords } from '../shared/words.ts';

export function Attempts({ attempts }: { attempts: readonly AttemptDocument[] }) {
  return (
    <section class="card" aria-labelledby="attempts-title">
      <h2 id="attempts-title">Attempts</h2>
      {attempts.length === 0 && <p class="quiet">None yet: it has had no slot.</p>}
      {attempts.length > 0 && (
        <div class="scrolls">
          <table class="plain">
            <thead>
              <tr>
                <th scope="col">No</th>
                <th scope="col">Outcome</th>
                <th scope="col">Exit code</th>
                <th scope="col">Began</th>
                <th scope="col">Took</th>
              </tr>
            </thead>
            <tbody>
              {attempts.toReversed().map((attempt) => (
                <Attempt key={attempt.attempt} attempt={attempt} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function Attempt({ attempt }: { attempt: AttemptDocument }) {
  const { outcome, reason, message, exit_code, dispatched_at, finished_at, workload } = attempt;
  const end = finished_at === undefined ? now.value : Date.parse(finished_at);
  return (
    <tr>
      <td>{attempt.attempt}</td>
      <td>
        <StateWord state={outcome ?? 'running'} />
        {reason !== undefined && (
          <p>
            <code>{reason}</code> <span class="quiet">{message ?? inWords(reason)}</span>
          </p>
        )}
        <p class="quiet">
          {workload.kind} {workload.namespace}/{workload.name}
        </p>
      </td>
      <td>{exit_code ?? '–'}</td>
      <td>{time(dispatched_at)}</td>
      <td>{duration(end - Date.parse(dispatched_at))}</td>
    </tr>
  );
}

// Clients that go on submitting all the time while the server stops, each on its own connection, until it takes no
// connection any more. Whatever they are answered is either the job's acceptance or a refusal that says when to come again.
import { setTimeout as delay } from 'node:timers/promises';
import { fateAnnotations } from '../../../cluster/harness/fate.ts';
import type { Recorder } from '../history/recorder.ts';

const pauseMs = 5;

export interface LateAnswers {
  accepted: number;
  /** 503 with Retry-After. */
  refused: number;
  unanswered: number;
  /** Any other answer, in words. */
  others: string[];
}

export interface LateSubmitters {
  /** Resolves when the server is gone for all of them. */
  ended: Promise<LateAnswers>;
}

export function startLateSubmitters(url: string, recorder: Recorder, prefix: string, clients: number): LateSubmitters {
  const answers: LateAnswers = { accepted: 0, refused: 0, unanswered: 0, others: [] };
  const submitUntilGone = async (client: number): Promise<void> => {
    for (let number = 1; ; number += 1) {
      const name = `${prefix}-late-${client}-${number}`;
      const { answer } = await recorder.submit(url, { name, annotations: { [fateAnnotations.duration]: '50ms' } });
      if (answer === undefined) answers.unanswered += 1;
      else if (answer.status === 201) answers.accepted += 1;
      else if (answer.status === 503 && answer.headers.has('retry-after')) answers.refused += 1;
      else answers.others.push(`${answer.status} ${JSON.stringify(answer.document)}`);
      if (answer === undefined) return;
      await delay(pauseMs);
    }
  };
  const all = Promise.all(Array.from({ length: clients }, (_, client) => submitUntilGone(client)));
  return { ended: all.then(() => answers) };
}

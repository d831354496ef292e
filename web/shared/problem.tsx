// What went wrong, in the server's words where there are any.
import { Problem as Refusal, ServerUnreachable } from '../../pkg/client/index.ts';

export function wordsOf(error: unknown): string {
  if (error instanceof Refusal) return error.message;
  if (error instanceof ServerUnreachable) return 'The server does not answer.';
  return error instanceof Error ? error.message : String(error);
}

export function Problem({ error }: { error: unknown }) {
  return (
    <p class="problem" role="alert">
      {wordsOf(error)}
    </p>
  );
}

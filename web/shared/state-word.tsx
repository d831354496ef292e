// A state as a word with a sign in front: the sign's form tells it too, for those who do not see its colour.
const signs: Record<string, string> = {
  pending: '○',
  running: '◐',
  succeeded: '●',
  failed: '✕',
  cancelled: '⊘',
  expired: '⊘',
  held: '‖',
  scheduled: '◷',
  blocked: '‖',
};

export function StateWord({ state }: { state: string }) {
  return (
    <span class={`state ${state}`}>
      <span aria-hidden="true">{signs[state] ?? '•'}</span> {state}
    </span>
  );
}

// Everything that the API takes, as YAML: one submission, several, or a bare Kubernetes manifest. What is wrong is listed with
// the lines that it is about; choosing one goes there. Tab leaves the field, as everywhere.
import { type Signal, useComputed, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { SubmissionDocument } from '../../pkg/client/index.ts';
import { type Accepted, askIfAgain, send } from './submitting.ts';
import type { Parsed, PlacedMistake } from './yaml-text.ts';

interface EditorProps {
  /** What is shown until somebody has written something. */
  begin: SubmissionDocument;
  text: Signal<string | undefined>;
  done(jobs: readonly Accepted[]): void;
}

/** As one reads the text; what is about no line comes first. */
const byLine = (one: PlacedMistake, other: PlacedMistake): number => (one.line ?? 0) - (other.line ?? 0);

/** Loaded when the editor is opened: nothing else needs a parser of YAML. */
const yaml = () => import('./yaml-text.ts');

export function YamlEditor({ begin, text, done }: EditorProps) {
  const beginning = useSignal('');
  const mistakes = useSignal<readonly PlacedMistake[]>([]);
  const isBusy = useSignal(false);
  const editor = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    void yaml().then(({ yamlOf }) => {
      beginning.value = yamlOf(begin.name === '' ? { ...begin, name: 'job1' } : begin);
    });
  }, [begin, beginning]);
  const shown = useComputed(() => text.value ?? beginning.value);
  const tell = (jobs: readonly Accepted[], wrong: readonly PlacedMistake[]): void => {
    mistakes.value = wrong;
    done(jobs);
  };
  const submit = async (parsed: Parsed): Promise<void> => {
    isBusy.value = true;
    const outcome = await send(parsed.submissions);
    isBusy.value = false;
    if ('jobs' in outcome) tell(outcome.jobs, []);
    else tell([], outcome.mistakes.map(parsed.place).toSorted(byLine));
  };
  const start = async (event: Event): Promise<void> => {
    event.preventDefault();
    const parsed = (await yaml()).parseYaml(shown.value);
    if (isBusy.value) return;
    if ('mistakes' in parsed) tell([], parsed.mistakes);
    else askIfAgain(parsed.submissions, () => submit(parsed));
  };
  return (
    <form class="card yaml-form" onSubmit={(event) => void start(event)}>
      <label for="yaml">
        A job as <code>POST /jobs</code> takes it, several with <code>---</code> between them, or a whole Kubernetes
        manifest
      </label>
      <textarea
        id="yaml"
        class="yaml"
        ref={editor}
        rows={20}
        spellcheck={false}
        autocomplete="off"
        value={shown.value}
        readOnly={text.value === undefined && beginning.value === ''}
        aria-invalid={mistakes.value.length > 0}
        aria-describedby="yaml-mistakes"
        onInput={(event) => {
          text.value = event.currentTarget.value;
        }}
      />
      <ul id="yaml-mistakes" role="alert">
        {mistakes.value.map((mistake) => (
          <Mistake key={mistake.pointer + mistake.words} mistake={mistake} editor={editor.current} />
        ))}
      </ul>
      <button type="submit" class="primary" disabled={isBusy.value}>
        Submit
      </button>
    </form>
  );
}

function Mistake({ mistake, editor }: { mistake: PlacedMistake; editor: HTMLTextAreaElement | null }) {
  const { line, pointer, words } = mistake;
  return (
    <li class="mistake">
      {line !== undefined && (
        <button type="button" onClick={() => editor && selectLine(editor, line)}>
          line {line}
        </button>
      )}{' '}
      <code>{pointer}</code> {words}
    </li>
  );
}

function selectLine(editor: HTMLTextAreaElement, line: number): void {
  const lines = editor.value.split('\n');
  const start = lines.slice(0, line - 1).join('\n').length + (line > 1 ? 1 : 0);
  editor.focus();
  editor.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
}

// Everything that the API takes, as YAML: one submission, several, or a bare Kubernetes manifest. What is wrong is listed with
// the lines that it is about; choosing one goes there. Tab leaves the field, as everywhere.
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { SubmissionDocument } from '../../pkg/client/index.ts';
import { type Accepted, send } from './submitting.ts';
import type { PlacedMistake } from './yaml-text.ts';

interface EditorProps {
  /** What the text begins with. */
  begin: SubmissionDocument;
  done(jobs: readonly Accepted[]): void;
}

/** Loaded when the editor is opened: nothing else needs a parser of YAML. */
const yaml = () => import('./yaml-text.ts');

export function YamlEditor({ begin, done }: EditorProps) {
  const text = useSignal('');
  const mistakes = useSignal<readonly PlacedMistake[]>([]);
  const isBusy = useSignal(false);
  const editor = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    void yaml().then(({ yamlOf }) => {
      if (text.value === '') text.value = yamlOf(begin.name === '' ? { ...begin, name: 'job1' } : begin);
    });
  }, [begin, text]);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    isBusy.value = true;
    const [jobs, wrong] = await outcomeOf(text.value);
    isBusy.value = false;
    mistakes.value = wrong;
    done(jobs);
  };
  return (
    <form class="card yaml-form" onSubmit={(event) => void submit(event)}>
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
        value={text.value}
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

async function outcomeOf(text: string): Promise<[readonly Accepted[], PlacedMistake[]]> {
  const parsed = (await yaml()).parseYaml(text);
  if ('mistakes' in parsed) return [[], parsed.mistakes];
  const outcome = await send(parsed.submissions);
  return 'jobs' in outcome ? [outcome.jobs, []] : [[], outcome.mistakes.map(parsed.place)];
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

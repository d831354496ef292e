// The form for the simple job. What the server has against a field stands below it, and the first of these gets the focus.
import { type Signal, useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { type Fields, fieldOf, submissionOf } from './fields.ts';
import type { Mistake } from './mistake.ts';
import { type Accepted, askIfAgain, send } from './submitting.ts';

type TextField = { [Name in keyof Fields]: Fields[Name] extends string ? Name : never }[keyof Fields];

interface FieldWords {
  name: TextField;
  title: string;
  hint?: string;
  /** More than one line. */
  isLong?: boolean;
  isRequired?: boolean;
}

const groups: ReadonlyArray<{ title: string; fields: readonly FieldWords[] }> = [
  {
    title: 'Job',
    fields: [
      { name: 'name', title: 'Name', hint: 'lower-case letters, digits and hyphens', isRequired: true },
      { name: 'priority', title: 'Priority', hint: 'higher runs first' },
      { name: 'queue', title: 'Queue', hint: 'a name to filter by; default when empty' },
      { name: 'namespace', title: 'Namespace', hint: 'the server’s own when empty' },
    ],
  },
  {
    title: 'Container',
    fields: [
      { name: 'image', title: 'Image', hint: 'the server’s default template when empty' },
      { name: 'command', title: 'Command', hint: 'one word a line', isLong: true },
      { name: 'args', title: 'Arguments', hint: 'one a line', isLong: true },
      { name: 'env', title: 'Environment', hint: 'NAME=value, one a line', isLong: true },
      { name: 'cpu', title: 'CPU', hint: 'such as 500m: what it asks for, and its limit' },
      { name: 'memory', title: 'Memory', hint: 'such as 1Gi: what it asks for, and its limit' },
    ],
  },
  {
    title: 'Rules',
    fields: [
      { name: 'labels', title: 'Labels', hint: 'key=value, one a line', isLong: true },
      { name: 'timeout', title: 'Timeout in seconds', hint: 'of each attempt' },
      { name: 'retries', title: 'Retries', hint: 'attempts after the first' },
    ],
  },
];

interface FormProps {
  fields: Signal<Fields>;
  done(jobs: readonly Accepted[]): void;
}

export function SubmitForm({ fields, done }: FormProps) {
  const mistakes = useSignal<readonly Mistake[]>([]);
  const isBusy = useSignal(false);
  const form = useRef<HTMLFormElement>(null);
  const submit = async (): Promise<void> => {
    isBusy.value = true;
    const outcome = await send(submissionOf(fields.value));
    isBusy.value = false;
    mistakes.value = 'mistakes' in outcome ? outcome.mistakes : [];
    done('jobs' in outcome ? outcome.jobs : []);
    requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
  };
  const start = (event: Event): void => {
    event.preventDefault();
    if (!isBusy.value) askIfAgain(submissionOf(fields.value), submit);
  };
  const others = mistakes.value.filter(({ pointer }) => fieldOf(pointer) === undefined);
  return (
    <form class="submit-form" ref={form} noValidate onSubmit={start}>
      {groups.map((group) => (
        <fieldset key={group.title} class="card">
          <legend>{group.title}</legend>
          {group.fields.map((words) => (
            <Field key={words.name} words={words} fields={fields} mistakes={mistakes.value} />
          ))}
          {group.title === 'Rules' && <Switches fields={fields} />}
        </fieldset>
      ))}
      <div role="alert">
        {others.map(({ pointer, words }) => (
          <p key={pointer + words} class="mistake">
            {pointer} {words}
          </p>
        ))}
      </div>
      <button type="submit" class="primary" disabled={isBusy.value}>
        Submit
      </button>
    </form>
  );
}

interface FieldProps {
  words: FieldWords;
  fields: Signal<Fields>;
  mistakes: readonly Mistake[];
}

function Field({ words: { name, title, hint, isLong, isRequired }, fields, mistakes }: FieldProps) {
  const own = mistakes.filter(({ pointer }) => fieldOf(pointer) === name);
  const common = {
    id: `field-${name}`,
    name,
    value: fields.value[name],
    required: isRequired ?? false,
    spellcheck: false,
    autocomplete: 'off',
    'aria-invalid': own.length > 0,
    'aria-describedby': `hint-${name} mistake-${name}`,
    onInput: (event: { currentTarget: { value: string } }) => {
      fields.value = { ...fields.value, [name]: event.currentTarget.value };
    },
  };
  return (
    <div class="field">
      <label for={common.id}>{title}</label>
      <div>
        {isLong ? <textarea rows={3} {...common} /> : <input {...common} />}
        <p id={`hint-${name}`} class="quiet hint">
          {hint}
        </p>
        <p id={`mistake-${name}`} class="mistake">
          {[...new Set(own.map(({ words }) => words))].join('; ')}
        </p>
      </div>
    </div>
  );
}

function Switches({ fields }: { fields: Signal<Fields> }) {
  const switchOf = (name: 'hold' | 'results', title: string) => (
    <label class="switch">
      <input
        type="checkbox"
        checked={fields.value[name]}
        onChange={(event) => {
          fields.value = { ...fields.value, [name]: event.currentTarget.checked };
        }}
      />{' '}
      {title}
    </label>
  );
  return (
    <>
      {switchOf('hold', 'hold it until somebody releases it')}
      {switchOf('results', 'save its log when it has finished')}
    </>
  );
}

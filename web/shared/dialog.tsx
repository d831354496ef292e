// Questions before something is changed. Each says what will happen, does it, and stays open with the server's words when it
// was refused. The browser's own dialog keeps the focus inside and closes by Escape.
import { signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Problem } from './problem.tsx';
import { asksForToken } from './session.ts';

export interface Question {
  title: string;
  /** What will happen. */
  consequence: ComponentChildren;
  /** Fields, when there is something to say; the form is handed to `act`. */
  fields?: ComponentChildren;
  /** The words of the button that does it. */
  confirm: string;
  /** Whether it ends or takes away something. */
  danger?: boolean;
  act(form: FormData): Promise<unknown>;
}

const question = signal<Question | undefined>(undefined);

export function ask(asked: Question): void {
  question.value = asked;
}

export function Dialogs() {
  return question.value ? <Dialog key={question.value} question={question.value} /> : null;
}

function Dialog({ question: asked }: { question: Question }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [failure, setFailure] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  useEffect(() => dialog.current?.showModal(), []);
  const close = (): void => {
    dialog.current?.close();
  };
  // The browser tells later that it closed; by then the next question may have been asked.
  const forget = (): void => {
    if (question.value === asked) question.value = undefined;
  };
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    try {
      await asked.act(new FormData(event.currentTarget as HTMLFormElement));
      close();
    } catch (error) {
      if (asksForToken(error)) close();
      else setFailure(error);
    }
    setBusy(false);
  };
  return (
    <dialog ref={dialog} aria-labelledby="dialog-title" onClose={forget}>
      <form onSubmit={(event) => void submit(event)}>
        <h2 id="dialog-title">{asked.title}</h2>
        <div class="consequence">{asked.consequence}</div>
        {asked.fields}
        {failure !== undefined && <Problem error={failure} />}
        <div class="buttons">
          <button type="button" onClick={close}>
            Leave it
          </button>
          <button type="submit" class={asked.danger ? 'danger' : 'primary'} disabled={isBusy}>
            {asked.confirm}
          </button>
        </div>
      </form>
    </dialog>
  );
}

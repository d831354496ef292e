// The one stream of state changes, over all reconnections, and what is known of the connection. Changes are handed on once an
// animation frame. When the stream had to begin anew, or more came than a frame can tell, listeners are told to look at
// everything again instead.
import { signal } from '@preact/signals';
import { type EventDocument, ServerUnreachable, type StreamedEvent } from '../../pkg/client/index.ts';
import { serverNow } from './clock.ts';
import { onceAFrame } from './frames.ts';
import { api, asksForToken, caller, tokenWanted } from './session.ts';

export type Connection = { state: 'connecting' | 'live' } | { state: 'lost'; since: number };

export const connection = signal<Connection>({ state: 'connecting' });

/** `everything`: whatever is known may be old. */
export type News = { changes: readonly EventDocument[]; everything: boolean };
type Listener = (news: News) => void;

const mostChanges = 2_000;
const shortestPauseMs = 500;
const longestPauseMs = 5_000;
const lookEveryMs = 20_000;
const answerWithinMs = 10_000;
const listeners = new Set<Listener>();
let changes: EventDocument[] = [];
let everything = false;
let lastEventId: string | undefined;

/** Returns what ends it. */
export function listen(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const tell = onceAFrame(() => {
  const news = { changes, everything };
  changes = [];
  everything = false;
  for (const listener of listeners) listener(news);
});

function note(change: EventDocument): void {
  if (changes.length < mostChanges) changes.push(change);
  else everything = true;
  tell();
}

function lookAtEverything(): void {
  everything = true;
  tell();
}

/** Never ends. */
export function begin(): void {
  void follow();
}

async function follow(): Promise<void> {
  for (let failed = 0; ; failed += 1) {
    try {
      await readStream(() => {
        failed = 0;
      });
    } catch (error) {
      if (asksForToken(error)) await signedIn();
    }
    lose();
    await pause(Math.min(shortestPauseMs * 2 ** failed, longestPauseMs));
  }
}

async function readStream(opened: () => void): Promise<void> {
  caller.value = await api().caller();
  const watch = new AbortController();
  const stream = api().events({ lastEventId, signal: watch.signal, onOpen: () => isOpen(opened) });
  const stopWatching = watchOver(watch);
  try {
    await readAll(stream);
  } finally {
    stopWatching();
  }
}

/** A network that takes everything and gives nothing back ends no stream by itself. */
function watchOver(watch: AbortController): () => void {
  const timer = setInterval(async () => {
    const silence = new Promise((resolve) => setTimeout(resolve, answerWithinMs, 'silence'));
    const answer = api()
      .health()
      .catch((error: unknown) => (error instanceof ServerUnreachable ? 'silence' : 'refusal'));
    if ((await Promise.race([answer, silence])) === 'silence') watch.abort();
  }, lookEveryMs);
  return () => clearInterval(timer);
}

async function readAll(stream: AsyncIterable<StreamedEvent>): Promise<void> {
  for await (const event of stream) {
    lastEventId = event.id;
    if (event.type === 'change') note(event.change);
    else lookAtEverything();
  }
}

function isOpen(opened: () => void): void {
  opened();
  connection.value = { state: 'live' };
  lookAtEverything();
}

function lose(): void {
  if (tokenWanted.value !== undefined) connection.value = { state: 'connecting' };
  else if (connection.value.state !== 'lost') connection.value = { state: 'lost', since: serverNow() };
}

/** Resolves when somebody has given a token. */
function signedIn(): Promise<void> {
  connection.value = { state: 'connecting' };
  return new Promise((resolve) => {
    const stop = tokenWanted.subscribe((wanted) => {
      if (wanted !== undefined) return;
      queueMicrotask(() => stop());
      resolve();
    });
  });
}

/** Shorter when the network comes back, or when somebody looks again. */
function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      window.removeEventListener('online', done);
      document.removeEventListener('visibilitychange', done);
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(done, ms);
    window.addEventListener('online', done);
    document.addEventListener('visibilitychange', done);
  });
}

// Who is looking, and the client that speaks for him. A token is asked for when the server wants one and is kept in this
// module's memory only: never in a cookie, in storage or in the address.
import { computed, signal } from '@preact/signals';
import { type Client, createClient, Problem } from '../../pkg/client/index.ts';
import { noteServerTime } from './clock.ts';

export type Caller = Awaited<ReturnType<Client['caller']>>;

/** Undefined until the server has told it. */
export const caller = signal<Caller | undefined>(undefined);
/** What the server says to whoever has no token, or a wrong one; undefined when none is asked for. */
export const tokenWanted = signal<string | undefined>(undefined);

/** Whether that is about a token that somebody gave. */
export const tokenRefused = signal(false);
let isTokenGiven = false;

/** May submit, change and cancel. */
export const maySubmit = computed(() => caller.value !== undefined && caller.value.role !== 'read');
/** May change how the server works. */
export const mayAdminister = computed(() => caller.value?.role === 'admin');

const baseUrl = new URL('.', window.location.href).href;

async function timedFetch(...request: Parameters<typeof fetch>): Promise<Response> {
  const response = await fetch(...request);
  noteServerTime(response.headers.get('date'));
  return response;
}

let client = createClient({ baseUrl, fetch: timedFetch });

/** The client of this moment: not to be kept, for another token makes another one. */
export function api(): Client {
  return client;
}

/** Throws a TypeError for what cannot be a token. */
export function signIn(token: string): void {
  client = createClient({ baseUrl, token, fetch: timedFetch });
  isTokenGiven = true;
  tokenWanted.value = undefined;
}

/** True when the error means that a token is needed, which is then asked for. */
export function asksForToken(error: unknown): boolean {
  if (!(error instanceof Problem) || error.status !== 401) return false;
  caller.value = undefined;
  tokenRefused.value = isTokenGiven;
  tokenWanted.value = error.message;
  return true;
}

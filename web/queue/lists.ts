// The lists of jobs below the pictures: which one is shown, what is searched for, and where its rows come from.
import { computed, signal } from '@preact/signals';
import type { JobDocument } from '../../pkg/client/index.ts';
import type { JobState } from '../../pkg/models/states.ts';
import { cursorRows, positionedRows, type Rows } from '../shared/rows.ts';
import { api } from '../shared/session.ts';
import { type Search, searchOf } from './search.ts';

export const tabs = {
  pending: { title: 'Pending', states: ['pending'] },
  running: { title: 'Running', states: ['running'] },
  waiting: { title: 'Held, scheduled, blocked', states: ['held', 'scheduled', 'blocked'] },
  finished: { title: 'Finished', states: ['succeeded', 'failed', 'cancelled', 'expired'] },
} as const satisfies Record<string, { title: string; states: readonly JobState[] }>;
export type Tab = keyof typeof tabs;

export interface Lists {
  tab: { value: Tab };
  text: { value: string };
  /** A narrower choice among the states of the tab; undefined for all of them. */
  state: { value: JobState | undefined };
  rows: { readonly value: Rows<JobDocument> };
  refresh(): void;
}

export function listsOf(): Lists {
  const tab = signal<Tab>('pending');
  const text = signal('');
  const state = signal<JobState | undefined>(undefined);
  const rows = computed(() => rowsOf(tab.value, searchOf(text.value), state.value));
  return { tab, text, state, rows, refresh: () => rows.value.refresh() };
}

function rowsOf(tab: Tab, search: Search, state: JobState | undefined): Rows<JobDocument> {
  const isWhole = Object.keys(search).length === 0 && state === undefined;
  if (isWhole && tab === 'pending') return positionedRows((position, limit) => api().queue({ position, limit }));
  if (isWhole && tab === 'finished')
    return cursorRows((cursor, limit) => api().finished({ limit, ...(cursor && { cursor }) }));
  const states = state === undefined ? tabs[tab].states : [state];
  return cursorRows((cursor, limit) => api().list({ states, ...search, limit, ...(cursor && { cursor }) }));
}

// What the words of a search mean. Pure.
import type { JobsQuery } from '../../pkg/client/index.ts';

/** What a search names; empty when it names nothing. */
export type Search = Pick<JobsQuery, 'name' | 'labels' | 'queue'>;

/** `key=value` is a label, `queue:name` a queue, any other word what names begin with. */
export function searchOf(text: string): Search {
  const search: Search = {};
  for (const word of text.trim().split(/\s+/).filter(Boolean)) {
    const [key = '', value] = word.split('=', 2);
    if (value !== undefined) search.labels = { ...search.labels, [key]: value };
    else if (word.startsWith('queue:')) search.queue = word.slice('queue:'.length);
    else search.name = word.endsWith('*') ? word : `${word}*`;
  }
  return search;
}

// Which view is shown, by the address's fragment, so that links, the back button and a reload work, and the server has one page.
import { computed, signal } from '@preact/signals';

export type Route = { view: 'queue' } | { view: 'job'; jobId: string } | { view: 'workloads' } | { view: 'submit' };

const fragment = signal(window.location.hash);

window.addEventListener('hashchange', () => {
  fragment.value = window.location.hash;
  window.scrollTo(0, 0);
});

export const route = computed<Route>(() => {
  const [, view, rest] = /^#\/([a-z]+)(?:\/(.+))?$/.exec(fragment.value) ?? [];
  if (view === 'jobs' && rest) return { view: 'job', jobId: decodeURIComponent(rest) };
  if (view === 'workloads' || view === 'submit') return { view };
  return { view: 'queue' };
});

export function jobLink(jobId: string): string {
  return `#/jobs/${encodeURIComponent(jobId)}`;
}

export function goTo(link: string): void {
  window.location.hash = link;
}

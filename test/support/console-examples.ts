// The README's examples as data. Convention: a ```console block holds commands, each on a line after `$ ` (with `\` and
// indented lines to go on), and below each the answer. Ids and times in it are any ids and times, but the same id must
// stay the same one; JSON may be wrapped as one likes.
import { fencedBlocks } from './markdown.ts';

export interface ConsoleExample {
  command: string;
  answer: string;
  line: number;
}

export function consoleExamples(markdown: string): ConsoleExample[] {
  return fencedBlocks(markdown)
    .filter((block) => block.language === 'console')
    .flatMap((block) => examplesOf(block.text, block.line));
}

/** Those of one block, whose fence is in that line. */
export function examplesOf(text: string, firstLine: number): ConsoleExample[] {
  const examples: Array<ConsoleExample & { open: boolean }> = [];
  for (const [index, line] of text.split('\n').entries()) {
    const last = examples.at(-1);
    if (line.startsWith('$ ')) {
      examples.push({ command: line.slice(2), answer: '', line: firstLine + 1 + index, open: line.endsWith('\\') });
    } else if (last?.open) {
      last.command += `\n${line}`;
      last.open = line.endsWith('\\');
    } else if (last) last.answer += `${line}\n`;
  }
  return examples.map(({ command, answer, line }) => ({ command, answer: answer.trim(), line }));
}

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const time = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g;

/** Which id of this run stands for which id of the page. */
export class IdTranslation {
  readonly #toRun = new Map<string, string>();

  /** The page's text with the ids of this run. */
  toRun(text: string): string {
    return text.replace(uuid, (id) => this.#toRun.get(id) ?? id);
  }

  /**
   * The answer in the page's words: ids that are new on both sides are taken for the same, in their order.
   * Workload names carry the end of an id, so that is translated too.
   */
  toPage(answer: string, expected: string): string {
    const known = new Set(this.#toRun.values());
    const fresh = [...new Set(answer.match(uuid))].filter((id) => !known.has(id));
    const unbound = [...new Set(expected.match(uuid))].filter((id) => !this.#toRun.has(id));
    for (const [index, id] of unbound.entries()) {
      const twin = fresh[index];
      if (twin !== undefined) this.#toRun.set(id, twin);
    }
    let text = answer;
    for (const [page, run] of this.#toRun)
      text = text.replaceAll(run, page).replaceAll(run.slice(-12), page.slice(-12));
    return text;
  }
}

/** JSON in one form, times made equal, other text as it is. */
export function comparable(text: string): string {
  const timeless = text.replace(time, '<time>').trim();
  try {
    return JSON.stringify(JSON.parse(timeless), null, 2);
  } catch {
    return timeless;
  }
}

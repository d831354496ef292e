// The tokens that a server knows: those of one file, read at the start and again whenever it changes. A change that cannot
// be used is reported and leaves the tokens as they were: a slip of an editor locks nobody out, and lets nobody in.
// To take a token away, remove its entry; it is refused at the latest two seconds later.
import type { Stats } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import type { Role } from '../../pkg/models/index.ts';
import type { CancelTimer, Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import type { Metrics } from '../platform/metrics.ts';
import { TokenTable } from './token-table.ts';
import { TokensFormatError, tokenEntriesOf } from './tokens-document.ts';

export interface TokensFileDeps {
  path: string;
  clock: Clock;
  logger: Logger;
  metrics: Pick<Metrics, 'count' | 'set'>;
}

type Identification =
  | { known: true; caller: { name: string; role: Role } }
  | { known: false; why: 'unknown' }
  | { known: false; why: 'expired'; name: string };

const lookIntervalMs = 2_000;
const largestBytes = 1_048_576;

export class TokensFile {
  readonly #deps: TokensFileDeps;
  #table = new TokenTable([]);
  /** What the file looked like when it was last read. */
  #seen: string | undefined;
  /** The problem that was reported last, while it lasts. */
  #told: string | undefined;
  #cancelLook: CancelTimer = () => {};
  #stopped = false;

  constructor(deps: TokensFileDeps) {
    this.#deps = deps;
  }

  /** For the start: throws an Error with the path and what is wrong, and what is allowed. */
  async load(): Promise<void> {
    const { path } = this.#deps;
    try {
      this.#table = await this.#read();
    } catch (error) {
      throw new Error(`${path} ${wordsOf(error)}`);
    }
  }

  /** Looks at the file every two seconds from now on. */
  start(): void {
    if (this.#stopped) return;
    this.#cancelLook = this.#deps.clock.schedule(lookIntervalMs, () => {
      void this.#look().then(() => this.start());
    });
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelLook();
  }

  /** Reads the file, whether it has changed or not. Never rejects. */
  async reload(): Promise<void> {
    this.#told = undefined;
    await this.#replace();
  }

  identify(token: string): Identification {
    const entry = this.#table.find(token);
    if (entry === undefined) return { known: false, why: 'unknown' };
    const { name, role, expiresAt } = entry;
    if (expiresAt !== undefined && this.#deps.clock.now() >= expiresAt) return { known: false, why: 'expired', name };
    return { known: true, caller: { name, role } };
  }

  async #look(): Promise<void> {
    const looks = await stat(this.#deps.path).then(looksOf, codeOf);
    if (looks !== this.#seen) await this.#replace();
  }

  async #replace(): Promise<void> {
    try {
      this.#table = await this.#read();
      this.#reportUse();
    } catch (error) {
      this.#reportProblem(error);
    }
  }

  /** The looks are taken before the text: what is written in between is a change that the next look finds. */
  async #read(): Promise<TokenTable> {
    const { path } = this.#deps;
    this.#seen = undefined; // what cannot be read is tried again at each look
    const stats = await stat(path);
    const text = stats.isFile() && stats.size <= largestBytes ? await readFile(path, 'utf8') : undefined;
    this.#seen = looksOf(stats);
    if (text === undefined) throw new TokensFormatError(`must be a regular file of at most ${largestBytes} bytes`);
    const table = new TokenTable(tokenEntriesOf(text));
    this.#warnOfReaders(stats);
    return table;
  }

  #reportUse(): void {
    const { path, logger, metrics } = this.#deps;
    this.#told = undefined;
    metrics.count('kubejobs_tokens_reloads_total', { outcome: 'used' });
    metrics.set('kubejobs_tokens_stale', 0);
    logger.info({ file: path, tokens: this.#table.size }, 'the tokens file was read again');
  }

  /** A file that cannot be read is looked at again and again, but told once. */
  #reportProblem(error: unknown): void {
    const { path, logger, metrics } = this.#deps;
    const problem = wordsOf(error);
    if (!(error instanceof TokensFormatError) && problem === this.#told) return;
    this.#told = problem;
    metrics.count('kubejobs_tokens_reloads_total', { outcome: 'refused' });
    metrics.set('kubejobs_tokens_stale', 1);
    logger.error({ file: path, problem }, 'the tokens file cannot be used; the tokens before it stay');
  }

  #warnOfReaders({ mode }: Stats): void {
    if ((mode & 0o004) === 0) return;
    const fields = { file: this.#deps.path, mode: (mode & 0o777).toString(8).padStart(4, '0') };
    this.#deps.logger.warn(fields, 'every user of this machine can read the tokens file; 0600 or 0640 is enough');
  }
}

/** The status change time too: two writes within the grain of the modification time differ in it or in their size. */
function looksOf({ dev, ino, size, mtimeMs, ctimeMs }: Stats): string {
  return [dev, ino, size, mtimeMs, ctimeMs].join(' ');
}

function codeOf(error: unknown): string {
  return String((error as NodeJS.ErrnoException).code);
}

function wordsOf(error: unknown): string {
  if (error instanceof TokensFormatError) return error.message;
  const code = codeOf(error);
  return code === 'ENOENT' ? 'is not there' : `cannot be read (${code})`;
}

import { chmodSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TokensFile } from '../../../../internal/authentication/tokens-file.ts';
import { recordingLogger, recordingMetrics } from '../../../support/recorders.ts';
import { type TemporaryFolder, temporaryFolder } from '../../../support/temporary-folder.ts';
import { sha256Of, tokenOf, tokens, tokensText } from '../../../support/tokens.ts';
import { type VirtualClock, virtualClock } from '../../../support/virtual-clock.ts';

let folder: TemporaryFolder;
let path: string;
let clock: VirtualClock;
let logger: ReturnType<typeof recordingLogger>;
let metrics: ReturnType<typeof recordingMetrics>;
let file: TokensFile;

beforeEach(() => {
  folder = temporaryFolder();
  path = `${folder.path}/tokens.yaml`;
  clock = virtualClock(Date.parse('2026-11-04T09:30:00Z'));
  logger = recordingLogger();
  metrics = recordingMetrics();
  file = new TokensFile({ path, clock, logger, metrics });
});

afterEach(() => {
  file.stop();
  folder.remove();
});

function write(text: string): void {
  writeFileSync(path, text, { mode: 0o600 });
}

async function started(text = tokensText()): Promise<void> {
  write(text);
  await file.load();
  file.start();
}

const isKnown = (token: string): boolean => file.identify(token).known;
const told = (): string[] => logger.lines.map(({ level, message }) => `${level}: ${message}`);
const outcomes = (): Array<string | undefined> =>
  metrics.measured.flatMap(({ name, labels }) => (name === 'kubejobs_tokens_reloads_total' ? [labels.outcome] : []));
const stale = (): number | undefined =>
  metrics.measured.findLast(({ name }) => name === 'kubejobs_tokens_stale')?.value;
const refusal = 'error: the tokens file cannot be used; the tokens before it stay';

/** Looks again and again, in virtual time, until it holds: a look reads a real file. */
async function eventually(expectation: () => void): Promise<void> {
  await vi.waitFor(
    async () => {
      await clock.advance(2_000);
      expectation();
    },
    { timeout: 10_000, interval: 5 },
  );
}

describe('identifying', () => {
  it('knows each token by its role', async () => {
    await started();
    expect(file.identify(tokens.read)).toEqual({ known: true, caller: { name: 'reader', role: 'read' } });
    expect(file.identify(tokens.admin)).toEqual({ known: true, caller: { name: 'adminer', role: 'admin' } });
    expect(file.identify(tokens.unknown)).toEqual({ known: false, why: 'unknown' });
  });

  it('tells a token that has expired, from its very millisecond on', async () => {
    await started(`- {name: ci, role: read, sha256: ${sha256Of(tokens.read)}, expires_at: "2026-11-04T10:00:00Z"}`);
    file.stop();
    await clock.advance(30 * 60_000 - 1);
    expect(isKnown(tokens.read)).toBe(true);
    await clock.advance(1);
    expect(file.identify(tokens.read)).toEqual({ known: false, why: 'expired', name: 'ci' });
  });
});

describe('the start', () => {
  it('fails for a file that is not there, with its path', async () => {
    await expect(file.load()).rejects.toThrow(`${path} is not there`);
  });

  it('fails for a folder', async () => {
    const tokensFile = new TokensFile({ path: folder.path, clock, logger, metrics });
    await expect(tokensFile.load()).rejects.toThrow(`${folder.path} must be a regular file of at most 1048576 bytes`);
  });

  it('fails for a file that no list of tokens can be', async () => {
    write(`${tokensText()}${'#'.repeat(1_048_576)}`);
    await expect(file.load()).rejects.toThrow('must be a regular file of at most 1048576 bytes');
  });

  it('fails for a wrong entry, with the path, the entry and what is allowed', async () => {
    write(`${tokensText()}- {name: ci, role: root}`);
    await expect(file.load()).rejects.toThrow(`${path} entry 5 (ci) must have a role of read, submit, admin`);
  });

  it('warns of a file that everyone on the machine can read', async () => {
    write(tokensText());
    chmodSync(path, 0o644);
    await file.load();
    const message = 'every user of this machine can read the tokens file; 0600 or 0640 is enough';
    expect(logger.lines).toEqual([{ level: 'warn', fields: { file: path, mode: '0644' }, message }]);
  });

  it.each([0o600, 0o640, 0o400])('says nothing of a file with mode %i', async (mode) => {
    write(tokensText());
    chmodSync(path, mode);
    await file.load();
    expect(told()).toEqual([]);
  });
});

describe('a change of the file', () => {
  const added = `- {name: new, role: read, sha256: ${sha256Of(tokens.unknown)}}\n`;

  it('is used', async () => {
    await started();
    write(tokensText() + added);
    await eventually(() => expect(isKnown(tokens.unknown)).toBe(true));
    expect(isKnown(tokens.read)).toBe(true);
    expect(told()).toEqual(['info: the tokens file was read again']);
    expect([outcomes(), stale()]).toEqual([['used'], 0]);
  });

  it('of not a single byte more or less is used', async () => {
    await started(added);
    const other = added.replace(sha256Of(tokens.unknown), sha256Of(tokens.read));
    expect(other).toHaveLength(added.length);
    write(other);
    await eventually(() => expect([isKnown(tokens.read), isKnown(tokens.unknown)]).toEqual([true, false]));
  });

  it('takes a token away', async () => {
    await started();
    write(added);
    await eventually(() => expect(isKnown(tokens.read)).toBe(false));
  });

  it('is seen when another file takes its place', async () => {
    await started();
    writeFileSync(`${path}.new`, added, { mode: 0o600 });
    renameSync(`${path}.new`, path);
    await eventually(() => expect(isKnown(tokens.unknown)).toBe(true));
  });

  it('is seen behind links, as Kubernetes mounts a Secret', async () => {
    for (const [version, text] of [
      ['first', tokensText()],
      ['second', added],
    ] as const) {
      writeFileSync(`${folder.path}/${version}`, text, { mode: 0o600 });
    }
    symlinkSync('first', `${folder.path}/..data`);
    symlinkSync('..data', path);
    await file.load();
    file.start();
    symlinkSync('second', `${folder.path}/..new`);
    renameSync(`${folder.path}/..new`, `${folder.path}/..data`);
    await eventually(() => expect([isKnown(tokens.unknown), isKnown(tokens.read)]).toEqual([true, false]));
  });

  it('that cannot be used is reported and leaves the tokens as they were, until one can', async () => {
    await started();
    write(`- {name: ci, role: read, sha256: ${tokens.admin}}`);
    await eventually(() => expect(told()).toEqual([refusal]));
    expect([isKnown(tokens.read), isKnown(tokens.unknown)]).toEqual([true, false]);
    expect([outcomes(), stale()]).toEqual([['refused'], 1]);
    expect(logger.lines[0]?.fields).toEqual({
      file: path,
      problem: expect.stringMatching(/^entry 1 \(ci\) must have a sha/),
    });
    expect(JSON.stringify(logger.lines)).not.toContain(tokens.admin);
    write(added);
    await eventually(() => expect(isKnown(tokens.unknown)).toBe(true));
    expect([outcomes(), stale()]).toEqual([['refused', 'used'], 0]);
  });

  it('that empties the file, as somebody who is just writing it does, leaves the tokens as they were', async () => {
    await started();
    write('');
    await eventually(() => expect(told()).toEqual([refusal]));
    expect(isKnown(tokens.read)).toBe(true);
  });

  it('to nothing is told once, however often it is looked at, and its return is seen', async () => {
    await started();
    rmSync(path);
    await eventually(() => expect(told()).toEqual([refusal]));
    expect(logger.lines[0]?.fields).toEqual({ file: path, problem: 'is not there' });
    for (let i = 0; i < 20; i += 1) {
      await clock.advance(2_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect([told().length, outcomes()]).toEqual([1, ['refused']]);
    write(added);
    await eventually(() => expect(isKnown(tokens.unknown)).toBe(true));
  });

  it('is not looked for after the stop', async () => {
    await started();
    file.stop();
    write(added);
    await clock.advance(60_000);
    expect(isKnown(tokens.unknown)).toBe(false);
  });
});

describe('a reload that is asked for', () => {
  it('reads the file at once', async () => {
    await started();
    write(`- {name: new, role: read, sha256: ${sha256Of(tokens.unknown)}}`);
    await file.reload();
    expect(isKnown(tokens.unknown)).toBe(true);
  });

  it('reports a file that is still wrong each time, and never rejects', async () => {
    await started();
    write(tokenOf('z'));
    await file.reload();
    rmSync(path);
    await file.reload();
    await file.reload();
    expect(told()).toEqual([refusal, refusal, refusal]);
    expect(isKnown(tokens.read)).toBe(true);
  });
});

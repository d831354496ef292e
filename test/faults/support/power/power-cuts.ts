// Every moment of a recording at which the power may go: after each change of the disk, with all that was not synced gone,
// all of it there, and random parts of it. Each of these disks must open and hold what had been acknowledged by then.
import { join } from 'node:path';
import { type Random, seededRandom } from '../../../../internal/platform/random.ts';
import { migrations } from '../../../../internal/store/sqlite/migrations/index.ts';
import type { DiskRecord } from '../disk/disk-log.ts';
import { type Chooser, DiskModel, everythingArrives, nothingArrives, randomChooser } from '../disk/disk-model.ts';
import { checkByStarting, checkImage, type Judge, putImage } from './image-check.ts';
import { noPatches, patchWriters } from './patched-threads.ts';

/** Hears the marks of the recording, so it knows at each moment what had been acknowledged. */
export interface Witness {
  note(mark: string): void;
  judge: Judge;
}

export interface PowerCutOptions {
  seed: number;
  /** Gets copies of the disk; best lies in memory. */
  folder: string;
  /** Random parts of what is on its way, for each moment. */
  randomImages: number;
  /** Every how manieth image is opened by a whole start. */
  wholeStartEvery: number;
  /** Of the version that opens the images, when that is a version to come. */
  migrations?: string[];
}

export interface PowerCutResult {
  problems: string[];
  counts: { moments: number; images: number; whole_starts: number };
}

export async function cutPowerEverywhere(
  records: readonly DiskRecord[],
  witness: Witness,
  options: PowerCutOptions,
): Promise<PowerCutResult> {
  const added = options.migrations ?? [];
  const known = migrations as string[];
  const before = known.length;
  const undo = patchWriters({ ...noPatches, migrations: added });
  known.push(...added);
  try {
    return await new PowerCuts(witness, options).through(records);
  } finally {
    known.length = before;
    undo();
  }
}

class PowerCuts {
  readonly #options: PowerCutOptions;
  readonly #witness: Witness;
  readonly #random: Random;
  readonly #disk = new DiskModel();
  readonly #result: PowerCutResult = { problems: [], counts: { moments: 0, images: 0, whole_starts: 0 } };

  constructor(witness: Witness, options: PowerCutOptions) {
    this.#options = options;
    this.#witness = witness;
    this.#random = seededRandom(options.seed);
  }

  async through(records: readonly DiskRecord[]): Promise<PowerCutResult> {
    for (const [index, record] of records.entries()) {
      if (record.kind === 'mark') this.#witness.note(record.text);
      const changed = this.#disk.take(record);
      if (changed || record.kind === 'mark') await this.#cut(`after record ${index} (${describe(record)})`);
    }
    return this.#result;
  }

  async #cut(where: string): Promise<void> {
    this.#result.counts.moments += 1;
    await this.#try(nothingArrives, `${where}, nothing else arrived`);
    if (this.#disk.isSettled) return;
    await this.#try(everythingArrives, `${where}, everything arrived`);
    for (let image = 1; image <= this.#options.randomImages; image += 1) {
      await this.#try(randomChooser(this.#random), `${where}, random parts ${image} arrived`);
    }
  }

  async #try(chooser: Chooser, where: string): Promise<void> {
    const { counts, problems } = this.#result;
    counts.images += 1;
    const path = putImage(join(this.#options.folder, 'image'), this.#disk.image(chooser));
    const whole = counts.images % this.#options.wholeStartEvery === 0;
    if (whole) counts.whole_starts += 1;
    const { judge } = this.#witness;
    const problem = whole ? await checkByStarting(path, judge) : checkImage(path, judge);
    if (problem) problems.push(`${where}: ${problem}`);
  }
}

function describe(record: DiskRecord): string {
  if (record.kind === 'mark') return record.text;
  if (record.kind === 'sync_folder') return 'sync of the folder';
  return `${record.kind} of ${record.name}${record.kind === 'write' ? ` at ${record.offset}` : ''}`;
}

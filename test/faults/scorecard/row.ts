// A row of the table in docs/reliability.md: a fault, how it is made, and a function that runs trials of it. Every row is
// run in two columns, the small one on each change and the large one before a release, by the same code: only the
// number of trials differs. A trial is repeated by its seed.

export interface Row {
  /** Its number in the table. */
  number: number;
  fault: string;
  how: string;
  /** What has to hold, in words. */
  required: string;
  small: Column;
  large: Column;
  /** What its subject comes with, when that is not there yet; such a row has no trials. */
  comesWith?: string;
  /** A sentence or two for the page: what the figures mean, what the row leaves out. */
  note?: string;
  /** Runs `piece.trials` trials; trial i has the seed `piece.seed + i`. Throws only when the harness itself is broken. */
  run(piece: Piece): Promise<PieceResult>;
}

export interface Column {
  /** How many trials; 0 when the row is not part of this column. */
  trials: number;
  /** Trials of one piece: what is lost when a run is interrupted. Default: all. */
  pieceSize?: number;
}

export type ColumnName = 'small' | 'large';

export interface Piece {
  column: ColumnName;
  seed: number;
  trials: number;
}

export interface PieceResult {
  /** How many were really run. */
  trials: number;
  /** What did not hold, each in a sentence that names its seed; empty is what everybody wants. */
  violations: string[];
  /** What was exercised, by name; pieces are added up. */
  counts?: Record<string, number>;
  /** The worst figure of each name with its unit in the name, such as `recovery_ms`; of pieces the largest counts. */
  worst?: Record<string, number>;
}

/** The pieces of a column, in order. `firstSeed` is that of its first trial. */
export function piecesOf(row: Row, column: ColumnName, firstSeed: number): Piece[] {
  const { trials, pieceSize = trials } = row[column];
  const pieces: Piece[] = [];
  for (let done = 0; done < trials; done += pieceSize) {
    pieces.push({ column, seed: firstSeed + done, trials: Math.min(pieceSize, trials - done) });
  }
  return pieces;
}

import type Database from 'better-sqlite3';
import type { Job } from '../../../../pkg/models/index.ts';
import type { Value } from '../packed.ts';

export function packLabels({ labels, sequence }: Job, into: Value[]): void {
  if (!labels) return;
  for (const [name, value] of Object.entries(labels)) into.push(name, value, sequence);
}

export function insertLabels(db: Database.Database): (labels: Value[]) => void {
  const statement = db.prepare('INSERT INTO job_labels (name, value, sequence) VALUES (?, ?, ?)');
  return (labels) => {
    for (let at = 0; at < labels.length; at += 3) statement.run(labels.slice(at, at + 3));
  };
}

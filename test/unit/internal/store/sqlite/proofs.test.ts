import { statSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openWriteConnection, type WriteConnection } from '../../../../../internal/store/sqlite/connection.ts';
import { proveWrite } from '../../../../../internal/store/sqlite/statements/prove-write.ts';
import { takeOver } from '../../../../../internal/store/sqlite/statements/take-over.ts';
import { folderForDatabase, type TestFolder } from './support.ts';

let folder: TestFolder;
let connection: WriteConnection;
beforeEach(() => {
  folder = folderForDatabase();
  connection = openWriteConnection(folder.database);
});
afterEach(() => {
  connection.abandon();
  folder.remove();
});

const owner = { newQueueId: '7d444840-9dc0-4bb1-b5d1-00000000beef', owner: 'a test' };

test('the proof of a write is a write, and changes nothing', () => {
  const { db } = connection;
  takeOver(db, owner);
  const row = db.prepare('SELECT * FROM meta').get();
  const before = statSync(`${folder.database}-wal`).size;
  proveWrite(db);
  expect(statSync(`${folder.database}-wal`).size).toBeGreaterThan(before);
  expect(db.prepare('SELECT * FROM meta').get()).toEqual(row);
});

test('a take-over that cannot be committed fails', () => {
  const { db } = connection;
  takeOver(db, owner);
  db.exec('CREATE TABLE parents (id INTEGER PRIMARY KEY) STRICT');
  db.exec('CREATE TABLE children (id INTEGER REFERENCES parents DEFERRABLE INITIALLY DEFERRED) STRICT');
  db.exec('CREATE TRIGGER refuse AFTER UPDATE ON meta BEGIN INSERT INTO children VALUES (1); END');
  db.pragma('foreign_keys = ON');
  expect(() => takeOver(db, owner)).toThrow('FOREIGN KEY');
});

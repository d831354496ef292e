import { describe, expect, it } from 'vitest';
import { requireNativePart } from '../../../../../internal/store/sqlite/native-part.ts';
import { StoreFailure } from '../../../../../internal/store/store.ts';

const failing = (message: string) => () =>
  requireNativePart(() => {
    throw new Error(message);
  });

describe('the native part of better-sqlite3', () => {
  it('is there', () => {
    expect(() => requireNativePart()).not.toThrow();
  });

  it('is explained when it was never built: what to install, and how to go without', () => {
    const refused = failing('Could not locate the bindings file. Tried:\n → /a/b.node\n → /a/c.node');
    expect(refused).toThrow(StoreFailure);
    expect(refused).toThrow(/npm install -g --allow-scripts=better-sqlite3 kubejobs.*g\+\+.*--store memory/);
    expect(refused).toThrow(`Node.js ${process.version}`);
    expect(refused).not.toThrow(/b\.node/);
  });

  it('is explained when another Node.js built it', () => {
    const refused = failing("The module 'x.node'\nwas compiled against a different Node.js version using\n");
    expect(refused).toThrow(/npm rebuild better-sqlite3/);
  });
});

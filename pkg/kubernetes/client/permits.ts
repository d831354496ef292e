// A bounded number of places; who comes when all are taken waits in line.

export interface Permits {
  /** Runs `work` in a place of its own. */
  within<T>(work: () => Promise<T>): Promise<T>;
}

export function permits(places: number): Permits {
  let free = places;
  const waiting: Array<() => void> = [];
  const enter = (): Promise<void> => {
    if (free > 0) {
      free -= 1;
      return Promise.resolve();
    }
    return new Promise((resolve) => waiting.push(resolve));
  };
  const leave = (): void => {
    const next = waiting.shift();
    if (next) next();
    else free += 1;
  };
  return {
    async within(work) {
      await enter();
      try {
        return await work();
      } finally {
        leave();
      }
    },
  };
}

// Work that is done once for many asks: at the next frame, or when the last round is over and some time has passed.

/** Runs once at the next animation frame, however often it is asked for. */
export function onceAFrame(work: () => void): () => void {
  let isAsked = false;
  return () => {
    if (isAsked) return;
    isAsked = true;
    requestAnimationFrame(() => {
      isAsked = false;
      work();
    });
  };
}

/**
 * Runs at once, and again when it was asked for meanwhile: never two at a time, and never sooner than `pauseMs` after the
 * last one has ended.
 */
export function paced(work: () => Promise<void>, pauseMs: number): () => void {
  let isBusy = false;
  let isAsked = false;
  const run = async (): Promise<void> => {
    isBusy = true;
    while (isAsked) {
      isAsked = false;
      await work();
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
    isBusy = false;
  };
  return () => {
    isAsked = true;
    if (!isBusy) void run();
  };
}

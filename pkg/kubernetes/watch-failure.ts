// Why a watch could not be opened, for a reader that wants to know more than that it failed.

/** The API server answered, but not with a stream. Network failures throw other errors. */
export class WatchFailure extends Error {
  override readonly name = 'WatchFailure';
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(message: string, status?: number, retryAfterMs?: number) {
    super(message);
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }
}

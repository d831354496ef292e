// What a client may take of the server: sizes and times, all set, because Node and Fastify leave some of them open.

export interface ServerLimits {
  /** The largest body in bytes. */
  bodyBytes: number;
  /** The request line and the headers together, in bytes. */
  headerBytes: number;
  /** Until the headers are complete. */
  headersTimeoutMs: number;
  /** Until headers and body are complete. */
  requestTimeoutMs: number;
  /** How often the two above are looked at. */
  timeoutCheckMs: number;
  /** A connection with nothing to read or write in the middle of a request; also bounds how long an answer may take. */
  connectionTimeoutMs: number;
  /** A connection between two requests. */
  keepAliveTimeoutMs: number;
  /** The longest path parameter in characters. */
  parameterLength: number;
}

export const defaultLimits: ServerLimits = {
  bodyBytes: 1_048_576,
  headerBytes: 16_384,
  headersTimeoutMs: 20_000,
  requestTimeoutMs: 30_000,
  timeoutCheckMs: 2_000,
  connectionTimeoutMs: 60_000,
  keepAliveTimeoutMs: 65_000,
  parameterLength: 100,
};

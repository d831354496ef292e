// What a client may take of the server: sizes, times and numbers, all set, because Node and Fastify leave most of them
// open. docs/api.md has the table for users; a test holds the two together.

export interface ServerLimits {
  /** The largest body in bytes. */
  bodyBytes: number;
  /** The largest array of jobs in bytes. */
  batchBytes: number;
  /** The request line and the headers together, in bytes. */
  headerBytes: number;
  /** The longest path parameter in characters. */
  parameterLength: number;
  /** Until the headers are complete. */
  headersTimeoutMs: number;
  /** Until headers and body are complete; not of a body that is read line by line. */
  requestTimeoutMs: number;
  /** How often headers are looked at: what has run out since the last look ends in one go. */
  timeoutCheckMs: number;
  /** From the request to its answer; then the client is told that nobody knows. Less than `connectionTimeoutMs`. */
  answerTimeoutMs: number;
  /** A connection with nothing to read or write in the middle of a request or an answer. */
  connectionTimeoutMs: number;
  /** A connection between two requests. */
  keepAliveTimeoutMs: number;
  /** How many connections there may be. */
  connections: number;
  /** After so many requests a connection is closed, with `Connection: close` on the last answer. */
  requestsPerConnection: number;
  /** Requests of one connection that wait for the answer of an earlier one (pipelining); with more it is closed. */
  waitingPerConnection: number;
  /** What all answers together may hold that their clients do not read, in bytes. */
  unreadAnswerBytes: number;
  /** A body up to this size is always taken. */
  smallBodyBytes: number;
  /** What all larger bodies together may hold, from their arrival to their answer, in bytes. */
  largeBodiesBytes: number;
}

const kibibyte = 1_024;
const mebibyte = 1_048_576;

export const defaultLimits: ServerLimits = {
  bodyBytes: mebibyte,
  batchBytes: 16 * mebibyte,
  headerBytes: 16 * kibibyte,
  parameterLength: 100,
  headersTimeoutMs: 20_000,
  requestTimeoutMs: 30_000,
  timeoutCheckMs: 250,
  answerTimeoutMs: 50_000,
  connectionTimeoutMs: 60_000,
  keepAliveTimeoutMs: 65_000,
  connections: 10_000,
  requestsPerConnection: 10_000,
  waitingPerConnection: 64,
  unreadAnswerBytes: 128 * mebibyte,
  smallBodyBytes: 16 * kibibyte,
  largeBodiesBytes: 64 * mebibyte,
};

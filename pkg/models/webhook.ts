// A delivery: the message that a job has finished, on its way to the URL that the job named. Plain data; times are
// milliseconds since the epoch. One that has arrived is gone.

export const deliveryStates = ['pending', 'failed'] as const;
/** `failed`: not tried again unless somebody asks for it. */
export type DeliveryState = (typeof deliveryStates)[number];

export interface Delivery {
  deliveryId: string;
  jobId: string;
  url: string;
  /** The message as it is sent and signed, the same at each try. */
  body: string;
  state: DeliveryState;
  createdAt: number;
  tries: number;
  /** When it is tried again; absent when it has failed. */
  nextTryAt?: number;
  lastTryAt?: number;
  /** Of the last answer, if there was one. */
  lastStatus?: number;
  /** What was wrong with the last try, for people. */
  lastError?: string;
}

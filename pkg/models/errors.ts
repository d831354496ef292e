// The error catalogue: every problem document that the server can send, in one table.
// The API turns a code into an RFC 9457 document; a test proves this table equal to openapi.yaml and docs/errors.md.

export interface ErrorDefinition {
  status: number;
  title: string;
  /** When it happens, for the docs. */
  when: string;
}

export const errorCatalogue = {
  bad_request: {
    status: 400,
    title: 'The request is not valid HTTP',
    when: 'The request line, a header, the URL’s percent-encoding or the body’s framing cannot be understood.',
  },
  invalid_json: {
    status: 400,
    title: 'The body is not valid JSON',
    when: 'The request body cannot be parsed as JSON.',
  },
  validation_failed: {
    status: 400,
    title: 'The request is not valid',
    when: 'A field is unknown, missing, of the wrong type or out of range; `errors` names each.',
  },
  template_refused: {
    status: 400,
    title: 'Kubernetes refuses the job',
    when: 'The API server refused a dry run of the job made from `template` or `workload`; `detail` has its words.',
  },
  workload_kind_unavailable: {
    status: 400,
    title: 'The cluster has no such kind of workload',
    when: 'The CRD of the kind of `workload` is not installed, the server has no rights to it, or nobody would run it; `detail` says what to do.',
  },
  unauthenticated: {
    status: 401,
    title: 'A token is needed',
    when: 'The call needs a token and came without one, or with one that is unknown or has expired.',
  },
  forbidden: {
    status: 403,
    title: 'The token’s role is not enough',
    when: 'The token is known, but its role may not do this; `detail` names the role that may.',
  },
  policy_refused: {
    status: 403,
    title: 'The server’s policy refuses the job',
    when: 'The job asks for more than the operator lets jobs have, or for a namespace that is not on the list; `errors` names each field and what is allowed.',
  },
  not_found: { status: 404, title: 'There is no such resource', when: 'The path is not one of the API’s.' },
  job_not_found: { status: 404, title: 'There is no such job', when: 'No job has this `job_id`.' },
  log_not_found: {
    status: 404,
    title: 'There is no such log',
    when: 'The job has had no workload yet, the attempt or the container does not exist, or its pods are gone.',
  },
  workload_not_found: {
    status: 404,
    title: 'There is no such workload',
    when: 'No JobSet, PyTorchJob or Job of this name is seen in this namespace.',
  },
  podgroup_not_found: {
    status: 404,
    title: 'There is no such group of pods',
    when: 'No pod of a group of this name is seen in the namespace.',
  },
  result_not_found: {
    status: 404,
    title: 'There is no such result',
    when: 'No result of a Job of this name is saved in the namespace, or the server does not look at the namespace.',
  },
  schedule_not_found: { status: 404, title: 'There is no such schedule', when: 'No schedule has this name.' },
  delivery_not_found: {
    status: 404,
    title: 'There is no such delivery',
    when: 'No delivery of a finish webhook has this id; those that have arrived are gone.',
  },
  dependency_not_found: {
    status: 400,
    title: 'It is to run after a job that does not exist',
    when: 'A `job_id` in `after` is that of no job; `errors` names it.',
  },
  method_not_allowed: {
    status: 405,
    title: 'The method is not allowed here',
    when: 'The path exists, but not with this method; `Allow` lists the ones it has.',
  },
  request_timeout: {
    status: 408,
    title: 'The request took too long to arrive',
    when: 'Headers or body came too slowly.',
  },
  job_finished: {
    status: 409,
    title: 'The job is finished',
    when: 'The change needs a job that is not finished yet.',
  },
  job_not_finished: {
    status: 409,
    title: 'The job is not finished',
    when: 'Only a finished job can be run again.',
  },
  webhook_refused: {
    status: 403,
    title: 'The server does not call this URL',
    when: 'The URL of `on_finish` is not on a host that the operator allowed with `--webhooks`.',
  },
  webhooks_off: {
    status: 409,
    title: 'Webhooks are off',
    when: 'A delivery is to be sent again by a server that was started without `--webhooks`.',
  },
  controller_off: {
    status: 409,
    title: 'The controller is off',
    when: 'The call needs a controller that this server was started without; `--controllers` names those that run.',
  },
  schedule_exists: {
    status: 409,
    title: 'There is a schedule of this name',
    when: 'A new schedule has the name of another one.',
  },
  schedule_limit: { status: 409, title: 'There are too many schedules', when: 'There are 1,000 schedules already.' },
  job_running: { status: 409, title: 'The job is running', when: 'The change needs a job that does not hold a slot.' },
  idempotency_key_reused: {
    status: 422,
    title: 'The idempotency key belongs to another request',
    when: 'The same `Idempotency-Key` came within 24 hours with another body.',
  },
  body_too_large: {
    status: 413,
    title: 'The body is too large',
    when: 'The request body is over 1 MiB, an array of jobs over 16 MiB, or a line over 1 MiB.',
  },
  unsupported_media_type: {
    status: 415,
    title: 'The content type is not supported',
    when: 'A body came with a content type that the call does not take; all but `POST /jobs/batch` take `application/json` alone.',
  },
  headers_too_large: { status: 431, title: 'The headers are too large', when: 'The request headers are over 16 KiB.' },
  internal: { status: 500, title: 'The server made a mistake', when: 'A bug in kubejobs; the log has the details.' },
  overloaded: {
    status: 503,
    title: 'The server has no room for this body',
    when: 'Many large bodies arrive at once; those up to 16 KiB are still taken. `Retry-After` says when to try again.',
  },
  log_unavailable: {
    status: 503,
    title: 'The log cannot be read now',
    when:
      'The API server cannot be asked for the pods or the saved log, or refuses; `detail` has its words. Or a few saved ' +
      'logs are being read already.',
  },
  result_unavailable: {
    status: 503,
    title: 'The result cannot be read now',
    when:
      'The API server cannot be asked for the ConfigMap, or refuses; `detail` has its words. Or a few saved logs are ' +
      'being read already.',
  },
  store_unavailable: {
    status: 503,
    title: 'The store is not available',
    when: 'The database failed a write or a read (disk full, read-only, I/O error). Nothing of the request was stored.',
  },
  shutting_down: {
    status: 503,
    title: 'The server is stopping',
    when: 'The server was told to stop; `Retry-After` says when to try again.',
  },
  answer_timeout: {
    status: 504,
    title: 'The server did not finish in time',
    when: 'Nothing came of the request for 50 seconds. Whether it will be done is not known: look before sending it again.',
  },
} as const satisfies Record<string, ErrorDefinition>;

export type ErrorCode = keyof typeof errorCatalogue;

/** One bad field: an RFC 6901 pointer into the body, or the parameter's name, and what is allowed. */
export interface FieldError {
  pointer?: string;
  parameter?: string;
  detail: string;
}

/** A business refusal as a value: never thrown by the core or the engine. */
export interface Refusal {
  code: ErrorCode;
  detail: string;
  errors?: FieldError[];
  retryAfterSeconds?: number;
}

/** Mistakes in a part of a body, such as `/job` or the third of a list (`/2`), as mistakes in the whole. */
export function errorsWithin(place: string, errors: readonly FieldError[]): FieldError[] {
  return errors.map((error) => ({ ...error, pointer: `${place}${error.pointer ?? ''}` }));
}

export function refusalWithin(place: string, refusal: Refusal): Refusal {
  return refusal.errors ? { ...refusal, errors: errorsWithin(place, refusal.errors) } : refusal;
}

export interface Refused {
  ok: false;
  refusal: Refusal;
}

export type Answer<T> = { ok: true; value: T } | Refused;

export function accepted<T>(value: T): Answer<T> {
  return { ok: true, value };
}

export function refused(code: ErrorCode, detail: string, extra: Partial<Refusal> = {}): Refused {
  return { ok: false, refusal: { code, detail, ...extra } };
}

// The dashboard's files at `/` and `/assets/`: public, for they hold nothing of the queue; what they show comes from the API,
// which asks for a token. The page is asked for anew each time, its assets have a hash in their names and never change.
// Everything is in memory and found by its exact name, so no path of a request ever becomes one of the disk.
import type { FastifyInstance, FastifyReply, FastifyRequest, FastifySchema } from 'fastify';
import { sendProblem } from './problems.ts';

/** How an answer's body may be packed, the smallest first. */
export const encodings = ['br', 'gzip'] as const;
export type Encoding = (typeof encodings)[number];

export interface DashboardFile {
  contentType: string;
  /** With quotes, as the header has it. */
  etag: string;
  content: Buffer;
  packed: Partial<Record<Encoding, Buffer>>;
}

export interface DashboardFiles {
  page: DashboardFile;
  /** By their names below `/assets/`. */
  assets: ReadonlyMap<string, DashboardFile>;
}

/** Its own scripts, styles and calls, nothing else. No inline script or style is allowed, and no frame around it. */
const pagePolicy =
  "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'; " +
  "img-src 'self' data:";

const notBuilt =
  'kubejobs runs, but its dashboard was not built: run `npm run build` (or `make build`) and start the server again.\n' +
  'The API is described at /docs.\n';

const schema = { hide: true } as FastifySchema;
const config = { access: 'anyone' } as const;

/** `files` undefined: the page says that it was not built. */
export function dashboardRoutes(app: FastifyInstance, files: DashboardFiles | undefined): void {
  app.get('/', { schema, config }, (request, reply) => {
    if (files === undefined) return reply.type('text/plain; charset=utf-8').send(notBuilt);
    reply.headers({ 'cache-control': 'no-cache', 'content-security-policy': pagePolicy });
    reply.headers({ 'referrer-policy': 'no-referrer', 'cross-origin-opener-policy': 'same-origin' });
    return sendFile(request, reply, files.page);
  });
  app.get<{ Params: { file: string } }>('/assets/:file', { schema, config }, (request, reply) => {
    const file = files?.assets.get(request.params.file);
    if (file === undefined) {
      return sendProblem(reply, { code: 'not_found', detail: 'The dashboard has no such file.' });
    }
    reply.header('cache-control', 'public, max-age=31536000, immutable');
    return sendFile(request, reply, file);
  });
}

function sendFile(request: FastifyRequest, reply: FastifyReply, file: DashboardFile): FastifyReply {
  reply.header('etag', file.etag).header('vary', 'accept-encoding');
  if (knows(request.headers['if-none-match'], file.etag)) return reply.code(304).send();
  const encoding = encodingFor(request.headers['accept-encoding'], file);
  if (encoding !== undefined) reply.header('content-encoding', encoding);
  return reply.type(file.contentType).send(encoding === undefined ? file.content : file.packed[encoding]);
}

function knows(header: string | undefined, etag: string): boolean {
  return (header ?? '').split(',').some((known) => known.trim().replace(/^W\//, '') === etag);
}

/** https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3, as far as browsers use it: what is named and not refused. */
function encodingFor(header: string | undefined, { packed }: DashboardFile): Encoding | undefined {
  const named = (header ?? '').split(',').map((part) => part.replaceAll(' ', '').toLowerCase());
  const taken = named.filter((part) => !/;q=0(\.0*)?$/.test(part)).map((part) => part.split(';')[0]);
  return encodings.find((encoding) => packed[encoding] !== undefined && taken.includes(encoding));
}

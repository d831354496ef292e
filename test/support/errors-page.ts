// docs/errors.md as the error catalogue says it: what `make openapi` writes and a test holds the page against.
import { errorCatalogue } from '../../pkg/models/index.ts';

export const errorsPagePath = new URL('../../docs/errors.md', import.meta.url);

const introduction = `# Errors

Every error is an RFC 9457 problem document with the content type \`application/problem+json\`:

\`\`\`json
{
  "type": "/errors/validation_failed",
  "title": "The request is not valid",
  "status": 400,
  "detail": "/priority must be an integer from -1000000 to 1000000",
  "code": "validation_failed",
  "errors": [
    { "pointer": "/priority", "detail": "must be an integer from -1000000 to 1000000" }
  ]
}
\`\`\`

- \`code\` is for programs and never changes its meaning; \`detail\` is for people and may change.
- \`type\` is a path on the server: \`GET /errors/validation_failed\` describes the kind of problem, \`GET /errors\` lists all.
- \`errors\` names each bad field, the first 64: with a JSON pointer (RFC 6901) into the body, or with the name of a query
  parameter, and with what is allowed there.
- A 405 comes with \`Allow\`, a 503 with \`Retry-After\` in seconds. A 503 of \`/health\` and \`/readyz\` has the health numbers
  beside the fields above.
- Whatever was answered with a 4xx or a 503 has stored nothing and changed nothing.

| code | status | title | when |
|---|---|---|---|
`;

export function errorsPage(): string {
  const lines = Object.entries(errorCatalogue).map(
    ([code, { status, title, when }]) => `| \`${code}\` | ${status} | ${title} | ${when} |`,
  );
  return `${introduction}${lines.join('\n')}\n`;
}

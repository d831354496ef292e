// docs/configuration.md as the options of `serve` say it: what `make openapi` writes and a test holds the page against.
import { serveOptions } from '../../internal/platform/configuration.ts';
import { optionTable } from './doc-tables.ts';

export const configurationPagePath = new URL('../../docs/configuration.md', import.meta.url);

const introduction = `# Configuration

<!-- Written by \`make openapi\` from the table that \`kubejobs serve --help\` is made from. -->

The options of \`kubejobs serve\`, and of \`kubejobs doctor\`, which takes the same. A flag wins over its environment variable. A wrong
value stops the start and is named with what is allowed; a \`KUBEJOBS_\` variable that no option reads is named in a warning, and so is
an option whose controller is not in \`--controllers\`. Durations are numbers with units (\`ms\`, \`s\`, \`m\`, \`h\`, \`d\`), such as \`1h30m\`. \`kubejobs doctor\` tries them without serving.

What jobs may ask for is in a file of its own, the [policy](policy.md); who may call, in the [tokens file](authentication.md).
\`--auth\` has no default that is written down: without it nobody is asked on a loopback host (127.0.0.0/8, \`::1\`, a name that
resolves to nothing else), and any other is refused. What Kubernetes sets in pods beside a Service called \`kubejobs\` is known by its
form and left alone: \`KUBEJOBS_PORT=tcp://10.0.0.1:8000\` is no port.

The client has [options and contexts of its own](cli.md#which-server).

`;

export function configurationPage(): string {
  return `${introduction}${optionTable(serveOptions)}\n`;
}

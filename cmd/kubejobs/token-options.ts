// The options of `kubejobs token`, apart from what it does: the help of every command reads them. They come from the
// command line only; an environment that says so would make tokens of a role that nobody typed.
import { tokenName } from '../../internal/authentication/token-entry.ts';
import { type OptionDefinition, parseDuration } from '../../internal/platform/configuration.ts';
import { roles } from '../../pkg/models/index.ts';

export const tokenOptions = {
  name: {
    placeholder: 'NAME',
    help: 'what the log calls the token',
    allowed: tokenName.allowed,
    parse: (text: string) => (tokenName.pattern.test(text) ? text : undefined),
  },
  role: {
    placeholder: 'ROLE',
    help: 'what it may do: read, submit (also submit, change and cancel) or admin (everything)',
    allowed: roles.join(', '),
    parse: (text: string) => roles.find((role) => role === text),
  },
  expires: {
    placeholder: 'DURATION',
    help: 'how long it is valid (default for ever)',
    allowed: 'a duration such as 12h or 90d',
    parse: parseDuration,
  },
} as const satisfies Record<string, OptionDefinition<unknown>>;

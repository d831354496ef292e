// Flags of the client commands: what each is called, what is allowed, and how its text becomes a value. A text that is
// not allowed is a ConfigurationError that names the flag and says what is.
import { type Command, Option } from 'commander';
import { ConfigurationError, integer, parseDuration } from '../../../internal/platform/configuration.ts';
import { jobStates, priorityMaximum, priorityMinimum } from '../../../pkg/models/index.ts';

/** The value, or undefined when the text is not allowed. */
export type Parse = (text: string) => unknown;

export function flag(spelling: string, help: string, allowed: string, parse: Parse): Option {
  return new Option(spelling, help).argParser((given: string) => parsed(spelling, given, allowed, parse));
}

/** May be given more than once. */
export function repeated(spelling: string, help: string, allowed: string, parse: Parse): Option {
  return new Option(spelling, `${help} (may be repeated)`).argParser((given: string, before: unknown[] = []) => [
    ...before,
    parsed(spelling, given, allowed, parse),
  ]);
}

export function toggle(spelling: string, help: string): Option {
  return new Option(spelling, help);
}

function parsed(spelling: string, given: string, allowed: string, parse: Parse): unknown {
  const value = parse(given);
  if (value !== undefined) return value;
  throw notAllowed(/--[a-z-]+/.exec(spelling)?.[0] ?? spelling, given, allowed);
}

export function notAllowed(what: string, given: string, allowed: string): ConfigurationError {
  return new ConfigurationError(`${what} is ${JSON.stringify(given)}; allowed is ${allowed}`);
}

export function addFlags(command: Command, flags: readonly Option[]): Command {
  for (const each of flags) command.addOption(each);
  return command;
}

export const text: Parse = (given) => (given === '' ? undefined : given);

export const durationAllowed = 'a duration such as 30s, 10m or 2h';
/** In milliseconds. */
export const duration: Parse = parseDuration;
/** In whole seconds. */
export const seconds: Parse = (given) => {
  const ms = parseDuration(given);
  return ms === undefined || ms < 1_000 ? undefined : Math.round(ms / 1_000);
};

export const priorityAllowed = `an integer from ${priorityMinimum} to ${priorityMaximum}`;
export const priority = integer(priorityMinimum, priorityMaximum);

export const pairAllowed = 'KEY=VALUE';
export const pair: Parse = (given) => {
  const equals = given.indexOf('=');
  return equals < 1 ? undefined : [given.slice(0, equals), given.slice(equals + 1)];
};

export function oneOf(words: readonly string[]): { allowed: string; parse: Parse } {
  const allowed = `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
  return { allowed, parse: (given) => words.find((word) => word === given) };
}

export const statesAllowed = `${jobStates.join(', ')}, or several with commas`;
export const states: Parse = (given) => {
  const words = given.split(',');
  return words.every((word) => (jobStates as readonly string[]).includes(word)) ? words : undefined;
};

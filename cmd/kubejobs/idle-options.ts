// An option whose controller does not run does nothing, so the log names it. It does not stop the start: the same
// environment may serve a dry run, where no controller runs unless it is asked for.
import {
  type Configuration,
  type ControllerName,
  camelCase,
  serveOptions,
} from '../../internal/platform/configuration.ts';
import type { Logger } from '../../internal/platform/logger.ts';
import { chosenControllers } from './controllers.ts';

/** Each with the options that nothing else reads. */
const optionsOf: ReadonlyArray<[ControllerName, ReadonlyArray<keyof typeof serveOptions>]> = [
  ['podgroup', ['podgroup-name-label', 'podgroup-ready-label', 'gang-deadlock-after', 'gang-deadlock-resolve']],
  ['results', ['results-logs', 'results-max-bytes', 'results-ttl']],
];

export function warnOfIdleOptions(settings: Configuration<typeof serveOptions>, logger: Logger): void {
  const running = chosenControllers(settings);
  for (const [controller, options] of optionsOf) {
    if (running.has(controller)) continue;
    const given = options.filter((option) => !isDefault(option, settings)).map((option) => `--${option}`);
    if (given.length === 0) continue;
    logger.warn(
      { options: given },
      `options that do nothing here: their controller, ${controller}, is not in --controllers`,
    );
  }
}

function isDefault(option: keyof typeof serveOptions, settings: Configuration<typeof serveOptions>): boolean {
  const definition = serveOptions[option];
  const value = (settings as Readonly<Record<string, unknown>>)[camelCase(option)];
  return 'default' in definition && definition.parse(definition.default) === value;
}

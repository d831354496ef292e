// Which methods a path has: Fastify answers 404 to a known path with another method, HTTP wants 405 with `Allow`.
// Only asked for requests that found no route, so it is simple rather than fast.

interface RoutePattern {
  segments: string[];
  method: string;
}

export class AllowedMethods {
  readonly #routes: RoutePattern[] = [];

  /** `url` as Fastify writes it: `:name` stands for one segment, `*` at the end for any rest. */
  add(url: string, methods: string | string[]): void {
    for (const method of [methods].flat()) this.#routes.push({ segments: url.split('/'), method });
  }

  /** The methods of the routes that `path` (without query) fits, each once; one that names the path hides the patterns. */
  of(path: string): string[] {
    const segments = path.split('/');
    const fitting = this.#routes.filter((route) => fits(route.segments, segments));
    const named = fitting.filter((route) => route.segments.join('/') === path);
    const chosen = named.length > 0 ? named : fitting;
    return [...new Set(chosen.map((route) => route.method))].sort();
  }
}

function fits(pattern: string[], segments: string[]): boolean {
  const open = pattern.at(-1) === '*';
  if (open ? segments.length < pattern.length : segments.length !== pattern.length) return false;
  return pattern.every((part, index) => {
    const segment = segments[index];
    return part === '*' || (part.startsWith(':') ? segment !== '' : part === segment);
  });
}

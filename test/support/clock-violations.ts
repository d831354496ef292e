// Finds where code looks at a real clock or a real source of chance. Pure: a path and a text in, sentences out.
import ts from 'typescript';
import { importsOf, lineOf, packageOf, parseSource, walk } from './source-imports.ts';

const clock = 'take the Clock of internal/platform/clock.ts by injection';
const random = 'take the Random of internal/platform/random.ts by injection';

/** `object.member`, and what to use instead. */
const bannedMembers: Readonly<Record<string, string>> = {
  'Date.now': `${clock}: clock.now()`,
  'performance.now': `${clock}: clock.now()`,
  'performance.timeOrigin': `${clock}: clock.now()`,
  'process.hrtime': `${clock}: clock.now()`,
  'process.uptime': `${clock}: clock.now()`,
  'AbortSignal.timeout': `${clock}: clock.schedule() and an AbortController`,
  'Math.random': `${random}: random.next()`,
  'crypto.randomUUID': `${random}: random.uuid(atMs)`,
  'crypto.getRandomValues': `${random}: random.next()`,
};

/** Free names, however they came into scope. */
const bannedNames: Readonly<Record<string, string>> = {
  setTimeout: `${clock}: clock.schedule()`,
  setInterval: `${clock}: clock.schedule(), again from its callback`,
  setImmediate: `${clock}: clock.schedule(0, …)`,
  randomUUID: `${random}: random.uuid(atMs)`,
  randomBytes: `${random}: random.next()`,
  randomInt: `${random}: random.next()`,
};

/** Imports whose every use is a real clock or chance; of uuid, the functions that only read ids are fine. */
const bannedModules: Readonly<Record<string, string>> = {
  'node:timers': clock,
  'node:timers/promises': `${clock}: sleep(clock, …)`,
  'node:perf_hooks': `${clock}: clock.now()`,
};
const harmlessUuidFunctions = ['parse', 'stringify', 'validate', 'version'];

/** Each as `file:line what: what to use instead`. */
export function clockViolations(path: string, text: string): string[] {
  const source = parseSource(path, text);
  const found = importsOf(path, text).flatMap((each) => {
    const instead = importInstead(each.specifier, each.names);
    return instead === undefined ? [] : [`${path}:${each.line} import of ${each.specifier}: ${instead}`];
  });
  walk(source, (node) => {
    const use = useAt(node);
    if (use) found.push(`${path}:${lineOf(source, node)} ${use.what}: ${use.instead}`);
  });
  return found;
}

function importInstead(specifier: string, names: readonly string[]): string | undefined {
  if (packageOf(specifier) === 'uuid' && !names.every((name) => harmlessUuidFunctions.includes(name))) {
    return `${random}: random.uuid(atMs)`;
  }
  return bannedModules[specifier] ?? bannedModules[`node:${specifier}`];
}

interface Use {
  what: string;
  instead: string;
}

function useAt(node: ts.Node): Use | undefined {
  if (ts.isPropertyAccessExpression(node)) return banned(bannedMembers, memberName(node));
  if (ts.isNewExpression(node) && isDate(node.expression) && (node.arguments?.length ?? 0) === 0) {
    return { what: 'new Date()', instead: `${clock}: new Date(clock.now())` };
  }
  if (ts.isCallExpression(node) && isDate(node.expression)) return { what: 'Date()', instead: clock };
  if (ts.isIdentifier(node) && isFreeName(node)) return banned(bannedNames, node.text);
  return undefined;
}

function banned(table: Readonly<Record<string, string>>, what: string): Use | undefined {
  const instead = Object.hasOwn(table, what) ? table[what] : undefined;
  return instead === undefined ? undefined : { what, instead };
}

/** `globalThis.Date.now` counts as `Date.now`. */
function memberName(node: ts.PropertyAccessExpression): string {
  return `${node.expression.getText().replace(/^globalThis\./, '')}.${node.name.text}`;
}

function isDate(node: ts.Node): boolean {
  return /^(globalThis\.)?Date$/.test(node.getText());
}

/** Not a property of something else (`socket.setTimeout`), unless that is the global object; not a key or a type. */
function isFreeName(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) && parent.name === node)
    return parent.expression.getText() === 'globalThis';
  if (ts.isPropertyAssignment(parent) || ts.isMethodSignature(parent) || ts.isPropertySignature(parent)) {
    return parent.name !== node;
  }
  return !ts.isMethodDeclaration(parent) && !ts.isTypeReferenceNode(parent) && !ts.isQualifiedName(parent);
}

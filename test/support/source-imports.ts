// Reads what a TypeScript file imports: static, re-exported, dynamic and `import('…')` types, with the names taken.
import { posix } from 'node:path';
import ts from 'typescript';

export interface SourceImport {
  /** As written. */
  specifier: string;
  /** The file it means, from the root of the repository; absent for packages and Node's own modules. */
  file?: string;
  /** The imported names; empty for a default, a namespace, a dynamic import or one for its effect. */
  names: string[];
  typeOnly: boolean;
  line: number;
}

export function parseSource(path: string, text: string): ts.SourceFile {
  return ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
}

/** Calls `visit` for every node of the tree. */
export function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  ts.forEachChild(node, (child) => walk(child, visit));
}

export function lineOf(source: ts.SourceFile, node: ts.Node): number {
  return source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
}

/** The package behind a specifier: `@scope/name/file` is `@scope/name`; Node's own modules keep their `node:`. */
export function packageOf(specifier: string): string {
  const parts = specifier.split('/');
  return parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
}

export function importsOf(path: string, text: string): SourceImport[] {
  const source = parseSource(path, text);
  const imports: SourceImport[] = [];
  walk(source, (node) => {
    const found = importAt(node);
    if (found) imports.push({ ...found, ...fileOf(path, found.specifier), line: lineOf(source, node) });
  });
  return imports;
}

function fileOf(importer: string, specifier: string): { file?: string } {
  if (!specifier.startsWith('.')) return {};
  return { file: posix.normalize(posix.join(posix.dirname(importer), specifier)) };
}

function importAt(node: ts.Node): Pick<SourceImport, 'specifier' | 'names' | 'typeOnly'> | undefined {
  if (ts.isImportDeclaration(node)) return fromClause(textOf(node.moduleSpecifier), node.importClause);
  if (ts.isExportDeclaration(node) && node.moduleSpecifier) {
    const names = node.exportClause && ts.isNamedExports(node.exportClause) ? node.exportClause.elements : [];
    const specifier = textOf(node.moduleSpecifier);
    return { specifier, names: names.map((each) => (each.propertyName ?? each.name).text), typeOnly: node.isTypeOnly };
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    return { specifier: textOf(node.arguments[0]), names: [], typeOnly: false };
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    return { specifier: textOf(node.argument.literal), names: [], typeOnly: true };
  }
  return undefined;
}

function fromClause(specifier: string, clause: ts.ImportClause | undefined) {
  const bindings = clause?.namedBindings;
  const elements = bindings && ts.isNamedImports(bindings) ? [...bindings.elements] : [];
  const names = elements.map((element) => (element.propertyName ?? element.name).text);
  const allTypes = elements.length > 0 && clause?.name === undefined && elements.every((element) => element.isTypeOnly);
  return { specifier, names, typeOnly: clause?.phaseModifier === ts.SyntaxKind.TypeKeyword || allTypes };
}

function textOf(node: ts.Node | undefined): string {
  return node && ts.isStringLiteralLike(node) ? node.text : '';
}

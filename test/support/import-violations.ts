// Holds a file's imports against the import table. Pure: a path and a text in, sentences out.
import {
  type FolderRule,
  folderRules,
  type ImportTarget,
  mayImportWords,
  namesForTheProgramOnly,
  packageHomes,
} from '../tidy/import-table.ts';
import { importsOf, packageOf, type SourceImport } from './source-imports.ts';

/** What the file imports and must not, each as `file:line imports … : the rule`. */
export function importViolations(path: string, text: string): string[] {
  const rule = folderRules.find((each) => path.startsWith(each.folder));
  if (!rule) return [`${path} is in no folder of the import table (test/tidy/import-table.ts)`];
  return importsOf(path, text).flatMap((found) => {
    const wrong = found.file === undefined ? wrongPackage(rule, found) : wrongFile(rule, found, found.file);
    return wrong === undefined ? [] : [`${path}:${found.line} imports ${found.specifier}: ${wrong}`];
  });
}

function wrongPackage(rule: FolderRule, found: SourceImport): string | undefined {
  if (rule.mayImport === 'everything') return undefined;
  const name = packageOf(found.specifier);
  const home = packageHomes[name];
  if (home !== undefined && home !== rule.folder) return `${name} is used by ${home} only`;
  if (rule.packages === undefined || rule.packages.includes(name)) return undefined;
  return `${rule.folder} may use ${rule.packages.join(', ') || 'no package'}`;
}

function wrongFile(rule: FolderRule, found: SourceImport, file: string): string | undefined {
  if (file.startsWith(rule.folder) || rule.mayImport === 'everything') return undefined;
  const real = found.names.find((name) => (namesForTheProgramOnly as readonly string[]).includes(name));
  if (real !== undefined) return `${real} is for cmd/ only; take the interface by injection`;
  if (rule.mayImport.some((target) => allows(target, found, file))) return undefined;
  return `${rule.folder} may import ${mayImportWords(rule)}`;
}

function allows(target: ImportTarget, found: SourceImport, file: string): boolean {
  const inside = target.path.endsWith('/') ? file.startsWith(target.path) : file === target.path;
  return inside && (target.typesOnly !== true || found.typeOnly);
}

// The OpenAPI document of this version as text: what `make openapi` writes and a test holds openapi.yaml against.
import { readFileSync } from 'node:fs';
import { stringify } from 'yaml';
import { newServer } from './api-server.ts';

export const openApiPath = new URL('../../openapi.yaml', import.meta.url);

const heading = '# Written by `make openapi` from the schemas of pkg/api. Change those, not this file.\n';

export function packageVersion(): string {
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as object;
  return 'version' in manifest && typeof manifest.version === 'string' ? manifest.version : '';
}

export async function openApiText(): Promise<string> {
  const app = await newServer({ version: packageVersion() });
  const document: unknown = (await app.inject('/openapi.json')).json();
  await app.close();
  return heading + stringify(document, { lineWidth: 0, aliasDuplicateObjects: false });
}

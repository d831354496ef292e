// `make sbom`: writes dist/sbom.cdx.json.
import { mkdirSync, writeFileSync } from 'node:fs';
import { repositoryRoot } from '../support/repository.ts';
import { makeSbom } from './sbom.ts';

const sbom = makeSbom();
mkdirSync(`${repositoryRoot}dist`, { recursive: true });
writeFileSync(`${repositoryRoot}dist/sbom.cdx.json`, `${JSON.stringify(sbom, null, 2)}\n`);
process.stdout.write(`dist/sbom.cdx.json: ${sbom.components.length} components\n`);

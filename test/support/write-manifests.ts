// `make manifests`: writes what deploy/ has that is made from something else.
import { writeFileSync } from 'node:fs';
import { installFile, installText, rightsFile, rightsText, valuesSchemaFile, valuesSchemaText } from './manifests.ts';
import { repositoryRoot } from './repository.ts';

const write = (file: string, text: string): void => writeFileSync(`${repositoryRoot}${file}`, text);
write(rightsFile, rightsText());
write(valuesSchemaFile, valuesSchemaText());
write(installFile, await installText());

// `make openapi`: writes what is made from the server's own schemas and catalogue, openapi.yaml and docs/errors.md.
import { writeFileSync } from 'node:fs';
import { errorsPage, errorsPagePath } from './errors-page.ts';
import { openApiPath, openApiText } from './openapi-document.ts';

writeFileSync(openApiPath, await openApiText());
writeFileSync(errorsPagePath, errorsPage());

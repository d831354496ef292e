// `make openapi`: writes what is made from the server's own schemas, catalogue and options: openapi.yaml, docs/errors.md and
// docs/configuration.md.
import { writeFileSync } from 'node:fs';
import { configurationPage, configurationPagePath } from './configuration-page.ts';
import { errorsPage, errorsPagePath } from './errors-page.ts';
import { openApiPath, openApiText } from './openapi-document.ts';

writeFileSync(openApiPath, await openApiText());
writeFileSync(errorsPagePath, errorsPage());
writeFileSync(configurationPagePath, configurationPage());

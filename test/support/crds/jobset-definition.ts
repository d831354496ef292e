// The text of deploy/crds/jobsets.yaml: what is written by hand, with the schema of a Job template as this API server has it.
import { parseDocument } from 'yaml';
import { type ApiAccess, apiObject } from '../../cluster/harness/api-request.ts';
import { readRepositoryFile } from '../repository.ts';
import { jobTemplateSchema } from './template-schema.ts';

export const jobSetDefinitionFile = 'deploy/crds/jobsets.yaml';

const templatePath = [
  ...['spec', 'versions', 0, 'schema', 'openAPIV3Schema', 'properties', 'spec', 'properties', 'replicatedJobs'],
  ...['items', 'properties', 'template'],
];

export async function jobSetDefinition(access: ApiAccess): Promise<string> {
  const openApi = await apiObject<unknown>(access, 'GET', '/openapi/v3/apis/batch/v1');
  const document = parseDocument(readRepositoryFile(jobSetDefinitionFile));
  document.setIn(templatePath, document.createNode(jobTemplateSchema(openApi), { aliasDuplicateObjects: false }));
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

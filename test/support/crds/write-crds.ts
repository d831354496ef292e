// `make crds`: puts the schema of Job templates, from the API server of the test cluster, into deploy/crds/jobsets.yaml.
import { writeFileSync } from 'node:fs';
import { startCluster } from '../../cluster/harness/index.ts';
import { repositoryRoot } from '../repository.ts';
import { jobSetDefinition, jobSetDefinitionFile } from './jobset-definition.ts';

const cluster = await startCluster({ kwokNodes: 0, log: console.error });
try {
  writeFileSync(`${repositoryRoot}${jobSetDefinitionFile}`, await jobSetDefinition(cluster));
} finally {
  await cluster.stop();
}

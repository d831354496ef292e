// Development only, not part of the build: starts the writer's thread from its source on a Node without TypeScript.
import { register } from 'tsx/esm/api';

register();
await import('./writer-worker.ts');

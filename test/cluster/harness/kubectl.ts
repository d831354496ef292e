/**
 * Runs kubectl against one cluster, without a shell.
 */
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';

export interface Kubectl {
  /** Resolves to the standard output; rejects, with the standard error in its message, on any exit code but 0. */
  (...args: string[]): Promise<string>;
  /** The same, with these objects as JSON on its standard input: `kubectl.withInput(job, 'apply', '-f', '-')`. */
  withInput(input: unknown, ...args: string[]): Promise<string>;
}

export function kubectlWith(binary: string, kubeconfigPath: string): Kubectl {
  const cache = join(dirname(kubeconfigPath), 'kubectl-cache'); // instead of one for every port in the home folder
  const common = [`--kubeconfig=${kubeconfigPath}`, `--cache-dir=${cache}`];
  const run = async (input: string, args: string[]): Promise<string> => {
    const child = spawn(binary, [...common, ...args], { stdio: 'pipe' });
    const ended = new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
    child.stdin.on('error', () => undefined); // it may end without reading
    child.stdin.end(input);
    const [code, output, errors] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
    if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: exit code ${code}: ${errors}`);
    return output;
  };
  return Object.assign((...args: string[]) => run('', args), {
    withInput: (input: unknown, ...args: string[]) => run(JSON.stringify(input), args),
  });
}

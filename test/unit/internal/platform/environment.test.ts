import { describe, expect, it } from 'vitest';
import { ConfigurationError, parseConfiguration, serveOptions } from '../../../../internal/platform/configuration.ts';
import { unknownVariables } from '../../../../internal/platform/environment.ts';

/** What Kubernetes gives to the pods beside a Service called kubejobs, and one called kubejobs-docs. */
const serviceVariables = {
  KUBEJOBS_SERVICE_HOST: '10.0.0.1',
  KUBEJOBS_SERVICE_PORT: '8000',
  KUBEJOBS_SERVICE_PORT_HTTP: '8000',
  KUBEJOBS_PORT: 'tcp://10.0.0.1:8000',
  KUBEJOBS_PORT_8000_TCP: 'tcp://10.0.0.1:8000',
  KUBEJOBS_PORT_8000_TCP_PROTO: 'tcp',
  KUBEJOBS_PORT_8000_TCP_PORT: '8000',
  KUBEJOBS_PORT_8000_TCP_ADDR: '10.0.0.1',
  KUBEJOBS_DOCS_SERVICE_HOST: 'fd00::1',
  KUBEJOBS_DOCS_SERVICE_PORT: '53',
  KUBEJOBS_DOCS_PORT: 'udp://[fd00::1]:53',
  KUBEJOBS_DOCS_PORT_53_UDP: 'udp://[fd00::1]:53',
};

describe('beside a Service that is called kubejobs', () => {
  it('the port is the default, and what the flag says', () => {
    expect(parseConfiguration(serveOptions, {}, serviceVariables).port).toBe(8000);
    expect(parseConfiguration(serveOptions, { port: '9000' }, serviceVariables).port).toBe(9000);
  });

  it('a port that the pod is given counts', () => {
    expect(parseConfiguration(serveOptions, {}, { ...serviceVariables, KUBEJOBS_PORT: '9000' }).port).toBe(9000);
  });

  it.each(['http://10.0.0.1:8000', 'tcp://10.0.0.1', 'tcp:10.0.0.1:8000', '8000/tcp', ''])(
    '%j is still wrong',
    (port) => {
      const parse = () => parseConfiguration(serveOptions, {}, { KUBEJOBS_PORT: port });
      expect(parse).toThrow(ConfigurationError);
    },
  );

  it('no other option takes the form for its absence', () => {
    const parse = () => parseConfiguration(serveOptions, {}, { KUBEJOBS_STORE: 'tcp://10.0.0.1:8000' });
    expect(parse).toThrow('KUBEJOBS_STORE');
    expect(() => parseConfiguration(serveOptions, { port: 'tcp://10.0.0.1:8000' }, {})).toThrow('--port');
  });

  it('none of its variables is taken for a mistake', () => {
    expect(unknownVariables('KUBEJOBS_', ['KUBEJOBS_STORE'], serviceVariables)).toEqual([]);
  });
});

describe('a variable that no option has', () => {
  it('is found by its beginning, in alphabetical order', () => {
    const environment = { KUBEJOBS_STOER: 'memory', PATH: '/bin', KUBEJOBS_PORTS: '1', KUBEJOBS_STORE: 'memory' };
    const known = ['KUBEJOBS_STORE', 'KUBEJOBS_PORT'];
    expect(unknownVariables('KUBEJOBS_', known, environment)).toEqual(['KUBEJOBS_PORTS', 'KUBEJOBS_STOER']);
  });

  it('is found when it only looks a little like a Service’s', () => {
    const environment = { KUBEJOBS_SERVICE: 'x', KUBEJOBS_HTTP_PORT: '8000', KUBEJOBS_PORT_TCP: 'x' };
    expect(unknownVariables('KUBEJOBS_', [], environment)).toEqual(Object.keys(environment).sort());
  });
});

describe('--auth', () => {
  const parse = (flags: Record<string, string>, environment = {}) =>
    parseConfiguration(serveOptions, flags, environment);

  it('is undefined unless somebody gave it: that is how a default is told from a choice', () => {
    expect(parse({}).auth).toBeUndefined();
    expect(parse({ auth: 'none' }).auth).toBe('none');
    expect(parse({}, { KUBEJOBS_AUTH: 'none' }).auth).toBe('none');
    expect(parse({ auth: 'tokens:/etc/tokens.yaml' }, { KUBEJOBS_AUTH: 'none' }).auth).toBe('tokens:/etc/tokens.yaml');
  });

  it.each(['', 'tokens', 'tokens:', 'None', 'basic', 'secret-token'])('refuses %j without repeating it', (auth) => {
    expect(() => parse({ auth })).toThrow('--auth has a value that is not allowed; allowed is none or tokens:FILE');
    expect(() => parse({}, { KUBEJOBS_AUTH: auth })).toThrow(/^KUBEJOBS_AUTH has a value that is not allowed/);
  });
});

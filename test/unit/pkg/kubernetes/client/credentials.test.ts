import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { jobsResource } from '../../../../../pkg/kubernetes/cluster.ts';
import { writeKubeconfig } from '../../../../support/kubeconfig.ts';
import { json, type Received, statusObject, tlsFile } from '../../../../support/kubernetes-server.ts';
import { virtualClock } from '../../../../support/virtual-clock.ts';
import { type World, world } from './connected.ts';

const found = { metadata: { name: 'a' } };
const tokens = (received: Received[]): Array<string | undefined> =>
  received.map(({ headers }) => headers.authorization);

let open: World | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

/** A server that lets in only who has this token; `allow` changes it. */
async function guarded(allowed: string, options: { tls?: boolean } = {}) {
  const state = { allowed };
  const opened = await world(({ headers }, response) => {
    if (headers.authorization === `Bearer ${state.allowed}`) json(response, 200, found);
    else json(response, 401, statusObject(401, 'Unauthorized', 'Unauthorized'));
  }, options);
  open = opened;
  return Object.assign(opened, { allow: (token: string) => void Object.assign(state, { allowed: token }) });
}

/** A plug-in that prints what the file `token` beside it holds, and counts its runs in the file `runs`. */
function plugIn(folder: string, token: string, extra: Record<string, unknown> = {}): string {
  writeFileSync(join(folder, 'token'), token);
  writeFileSync(join(folder, 'runs'), '');
  const file = join(folder, 'plug-in.cjs');
  const script = `#!${process.execPath}
    const fs = require('node:fs');
    fs.appendFileSync(${JSON.stringify(join(folder, 'runs'))}, 'x');
    const status = { token: fs.readFileSync(${JSON.stringify(join(folder, 'token'))}, 'utf8'), ...${JSON.stringify(extra)} };
    const info = JSON.parse(process.env.KUBERNETES_EXEC_INFO);
    console.log(JSON.stringify({ apiVersion: info.apiVersion, kind: 'ExecCredential', status }));
  `;
  writeFileSync(file, script);
  chmodSync(file, 0o755);
  return file;
}

const execUser = (command: string) => ({ exec: { apiVersion: 'client.authentication.k8s.io/v1', command } });

describe('a token file', () => {
  it('is read again after a minute, so that a rotated token is used before the old one ends', async () => {
    const clock = virtualClock(0);
    const { folder, server, connect, allow } = await guarded('one');
    const tokenFile = join(folder, 'token');
    writeFileSync(tokenFile, 'one\n');
    const { cluster } = await connect({ user: { tokenFile: 'token' } }, { clock });
    await cluster.get(jobsResource, 'team', 'a');
    writeFileSync(tokenFile, 'two\n');
    await clock.advance(59_000);
    await cluster.get(jobsResource, 'team', 'a');
    allow('two');
    await clock.advance(2_000);
    expect(await cluster.get(jobsResource, 'team', 'a')).toMatchObject({ outcome: 'ok' });
    expect(tokens(server.received)).toEqual(['Bearer one', 'Bearer one', 'Bearer two']);
  });

  it('is read again at once when the server refuses the token', async () => {
    const { folder, server, connect, allow } = await guarded('one');
    writeFileSync(join(folder, 'token'), 'one');
    const { cluster } = await connect({ user: { tokenFile: 'token' } });
    await cluster.get(jobsResource, 'team', 'a');
    writeFileSync(join(folder, 'token'), 'two');
    allow('two');
    expect(await cluster.get(jobsResource, 'team', 'a')).toMatchObject({ outcome: 'ok' });
    expect(tokens(server.received)).toEqual(['Bearer one', 'Bearer one', 'Bearer two']);
  });

  it('that is gone for a while does not take the known token away', async () => {
    const clock = virtualClock(0);
    const { folder, connect, logger } = await guarded('one');
    writeFileSync(join(folder, 'token'), 'one');
    const { cluster } = await connect({ user: { tokenFile: 'token' } }, { clock });
    await cluster.get(jobsResource, 'team', 'a');
    writeKubeconfig(folder, { server: 'http://127.0.0.1:9', user: { tokenFile: 'nowhere' } });
    await clock.advance(61_000);
    expect(await cluster.get(jobsResource, 'team', 'a')).toMatchObject({ outcome: 'ok' });
    expect(logger.lines.map(({ message }) => message)).toEqual(['the Kubernetes credentials cannot be refreshed']);
  });
});

describe('a refused token', () => {
  it('is tried again only once', async () => {
    const { server, connect } = await guarded('other');
    const { cluster } = await connect({ user: { token: 'wrong' } });
    expect(await cluster.get(jobsResource, 'team', 'a')).toEqual({
      outcome: 'refused',
      status: 401,
      reason: 'Unauthorized',
      message: 'Unauthorized',
    });
    expect(server.received).toHaveLength(2);
  });

  it('is renewed once for all calls that were refused together', async () => {
    const { folder, connect, allow } = await guarded('one');
    const command = plugIn(folder, 'one', { expirationTimestamp: '2999-01-01T00:00:00Z' });
    const { cluster } = await connect({ user: execUser(command) });
    await cluster.get(jobsResource, 'team', 'a');
    writeFileSync(join(folder, 'token'), 'two');
    allow('two');
    const results = await Promise.all(Array.from({ length: 8 }, () => cluster.get(jobsResource, 'team', 'a')));
    expect(results.map(({ outcome }) => outcome)).toEqual(Array(8).fill('ok'));
    expect(readFileSync(join(folder, 'runs'), 'utf8')).toBe('xx');
  });
});

describe('a credential plug-in', () => {
  it('is run when its token is needed, and not again before that ends', async () => {
    const clock = virtualClock(0);
    const { folder, connect } = await guarded('one');
    plugIn(folder, 'one', { expirationTimestamp: '2999-01-01T00:00:00Z' });
    const { cluster } = await connect({ user: execUser('./plug-in.cjs') }, { clock });
    expect(readFileSync(join(folder, 'runs'), 'utf8')).toBe('');
    for (let minute = 0; minute < 3; minute += 1) {
      expect(await cluster.get(jobsResource, 'team', 'a')).toMatchObject({ outcome: 'ok' });
      await clock.advance(61_000);
    }
    expect(readFileSync(join(folder, 'runs'), 'utf8')).toBe('x');
  });

  it('that fails leaves the call unanswered, with its own words', async () => {
    const { folder, connect } = await guarded('one');
    writeFileSync(join(folder, 'broken'), '#!/bin/sh\necho "please log in" >&2\nexit 1\n');
    chmodSync(join(folder, 'broken'), 0o755);
    const { cluster } = await connect({ user: execUser('./broken') });
    const result = await cluster.get(jobsResource, 'team', 'a');
    expect(result).toMatchObject({ outcome: 'unknown', message: expect.stringContaining('please log in') });
  });

  it('that prints something else has its output kept out of messages and the log', async () => {
    const { folder, connect, logger } = await guarded('one');
    writeFileSync(join(folder, 'chatty'), '#!/bin/sh\necho "secret-token"\n');
    chmodSync(join(folder, 'chatty'), 0o755);
    const { cluster } = await connect({ user: execUser('./chatty') });
    const result = await cluster.get(jobsResource, 'team', 'a');
    expect(result).toMatchObject({ outcome: 'unknown', message: expect.stringContaining('ExecCredential') });
    expect(JSON.stringify([result, logger.lines])).not.toContain('secret-token');
  });
});

describe('TLS', () => {
  const secured = {
    cluster: { 'certificate-authority': tlsFile('ca.pem') },
    user: { 'client-certificate': tlsFile('client.pem'), 'client-key': tlsFile('client-key.pem') },
  };

  it('checks the server with the kubeconfig’s authority and shows the client’s certificate', async () => {
    open = await world((_received, response) => json(response, 200, found), { tls: true });
    const { cluster } = await open.connect(secured);
    expect(await cluster.get(jobsResource, 'team', 'a')).toMatchObject({ outcome: 'ok' });
    expect(open.server.received[0]?.client).toBe('kubejobs test client');
  });

  it('refuses a server of an unknown authority', async () => {
    open = await world((_received, response) => json(response, 200, found), { tls: true });
    const { cluster } = await open.connect();
    expect(await cluster.get(jobsResource, 'team', 'a')).toMatchObject({ outcome: 'unknown' });
    expect(open.server.received).toEqual([]);
  });

  it('is not checked where the kubeconfig says so', async () => {
    open = await world((_received, response) => json(response, 200, found), { tls: true });
    const { cluster } = await open.connect({ cluster: { 'insecure-skip-tls-verify': true } });
    expect(await cluster.get(jobsResource, 'team', 'a')).toMatchObject({ outcome: 'ok' });
  });

  it('gets new connections when the certificate changes', async () => {
    const clock = virtualClock(0);
    open = await world((_received, response) => json(response, 200, found), { tls: true });
    const { cluster } = await open.connect({ cluster: secured.cluster }, { clock });
    await cluster.get(jobsResource, 'team', 'a');
    writeKubeconfig(open.folder, { server: open.server.url, ...secured });
    await clock.advance(61_000);
    await cluster.get(jobsResource, 'team', 'a');
    expect(open.server.received.map(({ client }) => client)).toEqual([undefined, 'kubejobs test client']);
  });
});

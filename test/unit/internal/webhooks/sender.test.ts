import { createHmac } from 'node:crypto';
import type { LookupAddress } from 'node:dns';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { Sender, type SenderDeps } from '../../../../internal/webhooks/sender.ts';
import { readRepositoryFile } from '../../../support/repository.ts';
import { virtualClock } from '../../../support/virtual-clock.ts';
import { aReceiver } from '../../../support/webhook-receiver.ts';

const secret = 'a secret of some length';
const body = '{"event":"job.finished","job":{"name":"wörd"}}';

function aSender(fields: Partial<SenderDeps> & Pick<SenderDeps, 'allowed'>) {
  const clock = virtualClock(1_700_000_000_500);
  const sender = new Sender({ clock, secret, version: '1.2.3', ...fields });
  onTestFinished(() => sender.stop());
  const send = (url: string) => sender.send({ url, body, deliveryId: 'the-delivery' });
  return { clock, sender, send };
}

/** A name server that knows these addresses for every name. */
function resolvingTo(...addresses: string[]): NonNullable<SenderDeps['lookup']> {
  const found: LookupAddress[] = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  const lookup = (_name: string, _options: object, done: (error: null, found: LookupAddress[]) => void) =>
    done(null, found);
  return lookup as unknown as NonNullable<SenderDeps['lookup']>;
}

test('the message is posted with its signature', async () => {
  const { received, host, url } = await aReceiver(204);
  const { send } = aSender({ allowed: [host] });
  expect(await send(url)).toEqual({ status: 204 });
  expect(received).toMatchObject([
    {
      ...{ body, path: '/finished?a=b' },
      headers: {
        ...{ 'content-type': 'application/json', 'user-agent': 'kubejobs/1.2.3', 'kubejobs-delivery': 'the-delivery' },
        'kubejobs-signature': `t=1700000000,v1=${createHmac('sha256', secret).update(`1700000000.${body}`).digest('hex')}`,
      },
    },
  ]);
});

test('an answer is its status, whatever follows it', async () => {
  const { host, url } = await aReceiver(500, 'half', 410);
  const { send } = aSender({ allowed: [host] });
  expect([await send(url), await send(url), await send(url)]).toEqual([
    { status: 500 },
    { status: 200 },
    { status: 410 },
  ]);
});

test('a redirect is an answer and is not followed', async () => {
  const target = await aReceiver(200);
  const { host, url } = await aReceiver({ redirect: target.url });
  const { send } = aSender({ allowed: [host, target.host] });
  expect(await send(url)).toEqual({ status: 302 });
  expect(target.received).toEqual([]);
});

test('a receiver that does not answer is given up after 15 seconds', async () => {
  const { received, host, url } = await aReceiver('hang');
  const { send, clock } = aSender({ allowed: [host] });
  const result = send(url);
  await vi.waitUntil(() => received.length === 1);
  await clock.advance(15_000);
  expect(await result).toEqual({ error: 'no answer within 15000 ms' });
});

test('a connection that ends or cannot be made is told in words', async () => {
  const { host, url } = await aReceiver('reset');
  const { send } = aSender({ allowed: [host, '127.0.0.1:1'] });
  expect(await send(url)).toEqual({ error: expect.stringMatching(/closed|hang up|reset/) });
  expect(await send('http://127.0.0.1:1/')).toEqual({ error: expect.stringContaining('ECONNREFUSED') });
});

test('the end of the program ends the tries that are under way', async () => {
  const { received, host, url } = await aReceiver('hang');
  const { send, sender } = aSender({ allowed: [host] });
  const result = send(url);
  await vi.waitUntil(() => received.length === 1);
  await sender.stop();
  expect(await result).toHaveProperty('error');
});

test('a URL that is no longer on the list is not called', async () => {
  const { received, url } = await aReceiver(200);
  const { send } = aSender({ allowed: ['hooks.example'] });
  expect(await send(url)).toEqual({ error: expect.stringContaining('not on the list') });
  expect(received).toEqual([]);
});

test.each([
  ['hooks.example', ['169.254.169.254'], 'hooks.example resolves to 169.254.169.254, which is a link-local'],
  ['hooks.example', ['127.0.0.1'], 'loopback'],
  ['hooks.example', ['93.184.216.34', '::ffff:127.0.0.1'], 'loopback'],
  ['*.example', ['10.0.0.7'], 'private'],
])('with %s on the list a name at %j is not called', async (entry, addresses, words) => {
  const { received, port } = await aReceiver(200);
  const { send } = aSender({ allowed: [`${entry}:${port}`], lookup: resolvingTo(...addresses) });
  expect(await send(`https://hooks.example:${port}/`)).toEqual({ error: expect.stringContaining(words) });
  expect(received).toEqual([]);
});

test('an address on the list that must not be called is not', async () => {
  const { send } = aSender({ allowed: ['169.254.169.254', '[fe80::1]'] });
  expect(await send('https://169.254.169.254/latest')).toEqual({ error: expect.stringContaining('link-local') });
  expect(await send('https://[fe80::1]/')).toEqual({ error: expect.stringContaining('link-local') });
});

test('a receiver whose certificate nobody vouches for is not told anything', async () => {
  const pem = (name: string) => readRepositoryFile(`test/support/tls/${name}`);
  const seen: string[] = [];
  const server = createServer({ cert: pem('server.pem'), key: pem('server-key.pem') }, (request) => {
    seen.push(request.url ?? '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { send } = aSender({ allowed: [host] });
  expect(await send(`https://${host}/`)).toEqual({ error: expect.stringMatching(/certificate/) });
  expect(seen).toEqual([]);
});

test('a loopback name is called where it leads to', async () => {
  const { received, port } = await aReceiver(200);
  const { send } = aSender({ allowed: [`localhost:${port}`], lookup: resolvingTo('127.0.0.1') });
  expect(await send(`http://localhost:${port}/`)).toEqual({ status: 200 });
  expect(received).toHaveLength(1);
});

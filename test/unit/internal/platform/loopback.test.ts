import { describe, expect, it } from 'vitest';
import { isLoopbackAddress, isLoopbackHost } from '../../../../internal/platform/loopback.ts';

const loopback = ['127.0.0.1', '127.0.0.0', '127.255.255.255', '127.1.2.3', '::1', '0:0:0:0:0:0:0:1', '::1%lo'];
loopback.push('::ffff:127.0.0.1', '::ffff:7f00:1');
const open = ['0.0.0.0', '::', '0:0:0:0:0:0:0:0', '126.255.255.255', '128.0.0.0', '10.0.0.1', '192.168.1.7', '1.1.1.1'];
open.push('::2', 'fe80::1', 'fe80::1%lo', '::ffff:10.0.0.1', '::ffff:0.0.0.0', '2001:db8::1', '::127.0.0.1');

describe('an address', () => {
  it.each(loopback)('%s is this machine’s own', (address) => expect(isLoopbackAddress(address)).toBe(true));
  it.each(open)('%s is not', (address) => expect(isLoopbackAddress(address)).toBe(false));
  it.each(['', 'localhost', '127.0.0.1.example', '127', '0x7f.1'])('%j is none', (text) => {
    expect(isLoopbackAddress(text)).toBe(false);
  });
});

describe('a host', () => {
  const unasked = (name: string): Promise<string[]> => Promise.reject(new Error(`${name} was looked up`));
  const resolvesTo =
    (...addresses: string[]) =>
    () =>
      Promise.resolve(addresses);

  it('that is an address is not looked up', async () => {
    expect(await isLoopbackHost('127.0.0.1', unasked)).toBe(true);
    expect(await isLoopbackHost('0.0.0.0', unasked)).toBe(false);
    expect(await isLoopbackHost('::', unasked)).toBe(false);
  });

  it('is what its name resolves to, whatever the name', async () => {
    expect(await isLoopbackHost('localhost', resolvesTo('127.0.0.1', '::1'))).toBe(true);
    expect(await isLoopbackHost('myself.example', resolvesTo('127.0.1.1'))).toBe(true);
    expect(await isLoopbackHost('localhost', resolvesTo('10.0.0.5'))).toBe(false);
    expect(await isLoopbackHost('127.0.0.1.example', resolvesTo('203.0.113.9'))).toBe(false);
  });

  it('is open when one of its addresses is', async () => {
    expect(await isLoopbackHost('both.example', resolvesTo('127.0.0.1', '10.0.0.5'))).toBe(false);
    expect(await isLoopbackHost('none.example', resolvesTo())).toBe(false);
  });

  it('that cannot be resolved is neither', async () => {
    await expect(isLoopbackHost('nowhere.example', unasked)).rejects.toThrow('nowhere.example was looked up');
  });
});

import { describe, expect, test } from 'vitest';
import { whyNot } from '../../../../internal/webhooks/addresses.ts';
import { judgeUrl } from '../../../../internal/webhooks/allow-list.ts';

describe('a URL on the list', () => {
  test.each([
    ['https://hooks.example/a?b=c', ['hooks.example'], true],
    ['https://HOOKS.example:443/', ['other.example', 'Hooks.Example'], true],
    ['https://hooks.example:8443/', ['hooks.example:8443'], true],
    ['https://a.ci.example/', ['*.ci.example'], false],
    ['https://a.b.ci.example/', ['*.ci.example', 'hooks.example'], false],
    ['https://a.ci.example/', ['*.ci.example', 'a.ci.example'], true],
    ['https://a.ci.example:99/', ['*.ci.example:99'], false],
    ['http://localhost:9000/', ['localhost:9000'], true],
    ['http://127.0.0.1/', ['127.0.0.1'], true],
    ['http://[::1]:9000/', ['[::1]:9000'], true],
    ['https://[::1]/', ['::1'], true],
  ])('%s is taken with %j', (url, allowed, exact) => {
    expect(judgeUrl(url, allowed)).toEqual({ ok: true, exact });
  });
});

describe('a URL is refused that', () => {
  test.each([
    ['is none', 'hooks.example', 'must be a URL'],
    ['has another scheme', 'file:///etc/passwd', 'must be a URL'],
    ['is not encrypted', 'http://hooks.example/', 'must begin with https://'],
    ['has a password', 'https://a:b@hooks.example/', 'must not have a user'],
    ['has another host', 'https://evil.example/', 'not on the list'],
    ['has a host that only ends like one', 'https://evilhooks.example/', 'not on the list'],
    ['has a host that only begins like one', 'https://hooks.example.evil/', 'not on the list'],
    ['has another port', 'https://hooks.example:8443/', 'not on the list'],
    ['has the port of another scheme', 'https://hooks.example:80/', 'not on the list'],
    ['is the suffix itself', 'https://ci.example/', 'not on the list'],
    ['hides an address', 'https://2130706433/', 'not on the list'],
    ['names a path as a host', 'https://evil.example/hooks.example', 'not on the list'],
    ['is very long', `https://hooks.example/${'a'.repeat(2_048)}`, 'must be a URL'],
  ])('%s', (_what, url, words) => {
    const judged = judgeUrl(url, ['hooks.example', '*.ci.example']);
    expect(judged).toEqual({ ok: false, detail: expect.stringContaining(words) });
  });
});

describe('an address', () => {
  const exact = { exact: true, loopback: false };
  const below = { exact: false, loopback: false };
  const loopback = { exact: true, loopback: true };

  test.each(['93.184.216.34', '2606:2800:220:1::1', '8.8.8.8'])('%s is called', (address) => {
    expect([whyNot(address, exact), whyNot(address, below)]).toEqual([undefined, undefined]);
  });

  test.each(['10.1.2.3', '172.16.0.1', '192.168.1.1', '100.64.0.1', 'fd12::1', '::ffff:10.1.2.3'])(
    '%s, which is private, is called for a host that is named in full only',
    (address) => {
      expect(whyNot(address, exact)).toBeUndefined();
      expect(whyNot(address, below)).toContain('private');
    },
  );

  test.each(['127.0.0.1', '127.1.2.3', '::1', '::ffff:127.0.0.1'])(
    '%s is called for a loopback host only',
    (address) => {
      expect(whyNot(address, loopback)).toBeUndefined();
      expect(whyNot(address, exact)).toContain('loopback');
    },
  );

  test.each([
    ...['169.254.169.254', '::ffff:169.254.169.254', '0.0.0.0', '::', 'fe80::1%eth0', 'ff02::1', '224.0.0.1'],
    ...['255.255.255.255', '64:ff9b::a9fe:a9fe', '2002:a9fe:a9fe::1', 'nonsense'],
  ])('%s is never called', (address) => {
    expect(whyNot(address, loopback)).toBeDefined();
  });
});

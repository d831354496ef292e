// Which addresses a host may resolve to, so that a name on the list leads nobody to what is not meant to be called: the
// metadata service of a cloud (link-local), the machine itself, the inside of the network. Pure.
//
//   link-local, multicast, unspecified     never
//   loopback                               only where the URL itself names a loopback host
//   private (RFC 1918, RFC 6598, RFC 4193) only for a host that the list names in full: below `*.suffix` others may hold names
import { BlockList, isIP } from 'node:net';
import { isLoopbackAddress } from '../platform/loopback.ts';

const never = new BlockList();
never.addSubnet('0.0.0.0', 8, 'ipv4');
never.addSubnet('169.254.0.0', 16, 'ipv4');
never.addSubnet('224.0.0.0', 3, 'ipv4'); // multicast, reserved, broadcast
never.addAddress('::', 'ipv6');
never.addSubnet('fe80::', 10, 'ipv6');
never.addSubnet('ff00::', 8, 'ipv6');
never.addSubnet('64:ff9b::', 96, 'ipv6'); // IPv4 behind a translator: could be any of these
never.addSubnet('64:ff9b:1::', 48, 'ipv6');
never.addSubnet('2002::', 16, 'ipv6');
never.addAddress('fd00:ec2::254', 'ipv6'); // a cloud's metadata service

const inside = new BlockList();
inside.addSubnet('10.0.0.0', 8, 'ipv4');
inside.addSubnet('172.16.0.0', 12, 'ipv4');
inside.addSubnet('192.168.0.0', 16, 'ipv4');
inside.addSubnet('100.64.0.0', 10, 'ipv4');
inside.addSubnet('198.18.0.0', 15, 'ipv4');
inside.addSubnet('fc00::', 7, 'ipv6');
inside.addSubnet('fec0::', 10, 'ipv6');

export interface Trust {
  /** The list names the host in full. */
  exact: boolean;
  /** The URL names a loopback host. */
  loopback: boolean;
}

/** Why the address is not called, or undefined when it may be. */
export function whyNot(address: string, { exact, loopback }: Trust): string | undefined {
  const [plain = ''] = address.split('%', 1);
  const family = isIP(plain) === 6 ? 'ipv6' : 'ipv4';
  if (isIP(plain) === 0) return 'is no IP address';
  if (isLoopbackAddress(plain)) return loopback ? undefined : 'is a loopback address';
  if (never.check(plain, family)) return 'is a link-local or a special address';
  if (inside.check(plain, family) && !exact) return 'is a private address, and the host is only allowed by a *.suffix';
  return undefined;
}

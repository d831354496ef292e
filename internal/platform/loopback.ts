// Whether an address can be reached from this machine only: 127.0.0.0/8 and ::1, also written as an IPv4-mapped address.
// The unspecified ones, 0.0.0.0 and ::, listen on every address of the machine and are not.
import { BlockList, isIP } from 'node:net';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** False for anything that is no IP address. */
export function isLoopbackAddress(address: string): boolean {
  const [plain = ''] = address.split('%', 1); // without the zone of an IPv6 address
  const family = isIP(plain);
  return family !== 0 && loopback.check(plain, family === 4 ? 'ipv4' : 'ipv6');
}

/** All addresses of a name; rejects when there are none. */
export type ResolveName = (name: string) => Promise<readonly string[]>;

/** Whether a server on `host`, an address or a name, can be reached from this machine only. Rejects as `resolve` does. */
export async function isLoopbackHost(host: string, resolve: ResolveName): Promise<boolean> {
  if (isIP(host) !== 0) return isLoopbackAddress(host);
  const addresses = await resolve(host);
  return addresses.length > 0 && addresses.every(isLoopbackAddress);
}

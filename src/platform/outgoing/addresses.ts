/** Which addresses are out in public: everything that is not set aside for somebody's own network, for the machine itself, or for no one. */
import { BlockList, isIP } from 'node:net';

/** IANA's registry of special-purpose addresses, and what is no unicast at all. */
const NOT_PUBLIC_4 = [
  '0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24', '192.0.2.0/24', '192.31.196.0/24', '192.52.193.0/24', '192.88.99.0/24', '192.168.0.0/16', '192.175.48.0/24',
  '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4',
];
/** Global unicast is here and nowhere else: an address of version 4 in the clothes of version 6 is outside. */
const PUBLIC_6 = ['2000::/3'];
/** Tunnels among them: Teredo and 6to4 lead to an address of version 4. */
const NOT_PUBLIC_6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20', '2620:4f:8000::/48'];

/** Somebody's own: this machine, and networks that are led to from nowhere outside. */
export const PRIVATE_NETWORKS: readonly string[] = ['127.0.0.0/8', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', '::1/128', 'fc00::/8', 'fd00::/8'];

const notPublic4 = networks(NOT_PUBLIC_4);
const public6 = networks(PUBLIC_6);
const notPublic6 = networks(NOT_PUBLIC_6);

export function isPublic(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !notPublic4.check(address, 'ipv4');
  return family === 6 && !address.includes('%') && public6.check(address, 'ipv6') && !notPublic6.check(address, 'ipv6');
}

/** Whether this names a network, such as 10.1.0.0/16. One of more than a 256th of all addresses is none of anybody's own. */
export function isNetwork(text: string): boolean {
  const [, address = '', prefix = ''] = /^([0-9a-f.:]+)\/(\d{1,3})$/i.exec(text) ?? [];
  return isIP(address) !== 0 && Number(prefix) >= 8 && Number(prefix) <= (isIP(address) === 4 ? 32 : 128);
}

/** Networks such as 10.1.0.0/16; one that is none ends in an error. */
export function networks(named: readonly string[]): BlockList {
  const list = new BlockList();
  for (const name of named) {
    const [address = '', prefix = ''] = name.split('/');
    list.addSubnet(address, Number(prefix), isIP(address) === 6 ? 'ipv6' : 'ipv4');
  }
  return list;
}

export function isWithin(list: BlockList, address: string): boolean {
  const family = isIP(address);
  return family !== 0 && !address.includes('%') && !isMapped(address) && list.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

/** Only by its own name: written as version 6 it matches what was meant for version 4. */
function isMapped(address: string): boolean {
  return /^::ffff:/i.test(address);
}

/**
 * Whether a request was made on this very machine: the connection comes from a loopback address, it names the server by a loopback name
 * (a page elsewhere whose name was rebound to 127.0.0.1 still names itself), and nobody has passed it on.
 */
export interface Arrival {
  /** The other end of the connection, as the socket knows it. */
  readonly ip: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

const LOOPBACK_ADDRESS = /^(?:::1|(?:::ffff:)?127(?:\.\d{1,3}){3})$/i;
const LOOPBACK_NAME = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i;
/** What a proxy says about those for whom it asks: behind one, everybody seems to be on this machine. */
const PASSED_ON = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via'];

export function isFromThisMachine({ ip, headers }: Arrival): boolean {
  const { host, origin } = headers;
  if (!LOOPBACK_ADDRESS.test(ip) || typeof host !== 'string' || !LOOPBACK_NAME.test(host)) return false;
  if (PASSED_ON.some((name) => headers[name] !== undefined)) return false;
  return origin === undefined || origin === `http://${host}`;
}

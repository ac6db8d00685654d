/** Why nothing can listen on a port or an address, told with the variable that named it. */
import { ConfigError } from './config.js';

export interface Place { readonly port: number; readonly host: string }

/** The variables that named the place. */
export interface PlaceVariables { readonly port: string; readonly host: string }

export function listenTrouble(error: unknown, { port, host }: Place, variables: PlaceVariables): ConfigError {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') return new ConfigError(variables.port, `${String(port)} is taken; choose another, such as ${variables.port}=3100 npm start`);
  if (code === 'EACCES') return new ConfigError(variables.port, `${String(port)} is not permitted to this user; choose one above 1023`);
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return new ConfigError(variables.host, `${host} is no address of this machine`);
  throw error;
}

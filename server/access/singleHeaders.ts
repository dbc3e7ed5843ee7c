import type { IncomingMessage } from 'node:http';
import { WireError } from '../errors/index.ts';

/**
 * The headers that say who sends a request and to whom. Node.js takes the first of two, or makes one value of
 * both; a gateway in front may have checked another one (RFC 9112, 3.2, for Host).
 */
const SINGLE = ['host', 'authorization', 'gms_user', 'gms_user_signature'] as const;

/** Throws PARAMETER_INVALID when a header that names the sender is there twice. */
export function requireSingleHeaders({ rawHeaders }: IncomingMessage): void {
  const counts = new Map<string, number>();
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!.toLowerCase();
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  for (const name of SINGLE) {
    const count = counts.get(name) ?? 0;
    if (count <= 1) continue;
    const hint = name.startsWith('gms_user') ? ' A gateway has to replace the header of its clients.' : '';
    throw new WireError('PARAMETER_INVALID', {
      message: `Expected one header ${name}, got ${count}.${hint}`,
    });
  }
}

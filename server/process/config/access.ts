import { isIP } from 'node:net';
import { z } from 'zod';
import { AUDIENCES } from '../../access/index.ts';
import { checkDestination } from '../../adapters/index.ts';

const text = z.string().min(1);

const listenerSchema = z.strictObject({
  /** An address of the machine, or `0.0.0.0` or `::` for all of them. */
  address: text,
  port: z.number().int().min(0).max(65_535),
  /** Whose routes exist here. */
  audiences: z.array(z.enum(AUDIENCES)).min(1),
  /** Files in PEM form; relative paths begin in the data directory. Read again when they change. */
  tls: z.strictObject({ certificate: text, key: text }).optional(),
});

/** Undefined: one listener with all audiences, on the address of the environment. */
export const listenersSchema = z
  .array(listenerSchema)
  .min(1)
  .superRefine((listeners, context) => {
    listeners.forEach(({ address, port }, index) => {
      const others = listeners.slice(0, index).filter((other) => port !== 0 && other.port === port);
      const same = others.find((other) => overlap(other.address, address));
      if (same === undefined) return;
      const message = `the port ${port} belongs to the listener on ${same.address} already`;
      context.addIssue({ code: 'custom', path: [index, 'port'], message });
    });
  })
  .optional();

/** True for addresses that cannot have a socket each on one port. `::` has the addresses of IPv4 too. */
function overlap(one: string, other: string): boolean {
  if (one === other || one === '::' || other === '::') return true;
  return [one, other].includes('0.0.0.0') && [one, other].every((address) => isIP(address) === 4);
}

export const destination = text.superRefine((entry, context) => {
  try {
    checkDestination(entry);
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message });
  }
});

/** The section `documents`. */
export const documentsSchema = z
  .strictObject({
    /** Networks and beginnings of URLs, besides the server's own templates. */
    allow: z.array(destination),
  })
  .optional();

/** The part of the section `http` that is about browsers. */
export const browserFields = {
  /** Further values of Host that name this server: a name for every port, or a name with a port. */
  hosts: z
    .array(text.regex(/^[^\s/@]+$/, 'expected a name such as orsay.example.com or orsay:8080'))
    .default([]),
  /** Origins whose pages may use the server. */
  origins: z
    .array(
      text.refine((origin) => URL.canParse(origin) && new URL(origin).origin === origin, {
        message: 'expected an origin such as https://www.example.com, without a path',
      }),
    )
    .default([]),
  /** Send cookies to pages of other sites too (SameSite=None; Secure). */
  crossSiteCookies: z.boolean().default(false),
};

import { z } from 'zod';
import type { Clock, Log } from '../../../engine/ports/index.ts';
import { type OutsideLogin, OutsideLogins } from '../../adapters/index.ts';
import { WatchedFile } from '../../identity/index.ts';
import type { Loaded, NamedFiles } from '../namedFiles.ts';

/** Logins of this server at others. */
export const MAX_OUTSIDE_LOGINS = 100;
const MAX_PASSWORD_CHARS = 1_024;

const login = z.strictObject({
  user: z.string().regex(/^[^:\p{Cc}]+$/u, 'expected a name without a colon and control characters'),
  /** A relative path begins in the data directory. */
  passwordFile: z.string().min(1),
});

/** `http.logins`: by the beginning of URLs, the login of this server there. */
export const loginsSchema = z
  .record(z.string(), login)
  .superRefine((logins, context) => {
    for (const url of Object.keys(logins)) {
      const problem = problemOf(url);
      if (problem !== undefined) context.addIssue({ code: 'custom', path: [url], message: problem });
    }
  })
  .refine(
    (logins) => Object.keys(logins).length <= MAX_OUTSIDE_LOGINS,
    `expected at most ${MAX_OUTSIDE_LOGINS} logins (MAX_OUTSIDE_LOGINS)`,
  )
  .optional();

type Logins = z.infer<typeof loginsSchema>;

/** The passwords, by the beginning of the URLs. */
export type LoginFiles = ReadonlyMap<string, Loaded<string>>;

/** Reads the files that `http.logins` names. */
export function readLoginFiles(logins: Logins, files: NamedFiles): LoginFiles {
  const read = Object.entries(logins ?? {}).map(([url, { passwordFile }]): [string, Loaded<string>] => [
    url,
    files.read({
      setting: `http.logins.${url}.passwordFile`,
      given: passwordFile,
      parse: (content) => passwordIn(content.toString('utf8')),
    }),
  ]);
  return new Map(read);
}

/** A changed file counts some seconds later. */
export function outsideLogins(
  logins: Logins,
  files: LoginFiles,
  deps: { readonly clock: Clock; readonly log: Log },
): OutsideLogins {
  return new OutsideLogins(
    Object.entries(logins ?? {}).map(([url, { user }]): OutsideLogin => {
      const file = new WatchedFile({ ...deps, path: files.get(url)!.path, parse: passwordIn });
      return { prefix: new URL(url), user, password: () => file.value };
    }),
  );
}

/** The password is in no message. */
function passwordIn(content: string): string {
  const password = content.trimEnd();
  if (password !== '' && password.length <= MAX_PASSWORD_CHARS && !/\p{Cc}/u.test(password)) return password;
  throw new Error(`expected one line with a password of at most ${MAX_PASSWORD_CHARS} characters`);
}

function problemOf(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isPlain =
    (url?.protocol === 'http:' || url?.protocol === 'https:') &&
    `${url.username}${url.password}${url.search}${url.hash}` === '';
  return isPlain ? undefined : `expected an http or https URL without user and query, got '${text}'`;
}

import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { wrongUse } from './commandFault.ts';
import { type CommandIo, printResult } from './commandIo.ts';
import { EXIT, type Exit } from './exit.ts';

/** Prints the hash of a password as config.json holds it: `scrypt$<salt>$<hash>`. */
export async function hashPasswordCommand(io: CommandIo): Promise<Exit> {
  const password = await readPassword(io.stdin, io.stderr);
  // Only this command and `serve` load a part of the server.
  const { hashPassword } = await import('../server/identity/index.ts');
  const passwordHash = hashPassword(password);
  printResult(io, { passwordHash }, () => passwordHash);
  return EXIT.OK;
}

/**
 * Reads the first line of the input. A terminal gets a prompt, and does not show what is typed. Throws when
 * the line is absent or empty.
 */
export async function readPassword(
  input: NodeJS.ReadableStream & { readonly isTTY?: boolean },
  output: NodeJS.WritableStream,
): Promise<string> {
  const terminal = input.isTTY === true;
  if (terminal) output.write('Password: ');
  const lines = createInterface({ input, output: discard(), terminal, historySize: 0 });
  try {
    for await (const line of lines) {
      if (line !== '') return line;
      break;
    }
  } finally {
    lines.close();
    if (terminal) output.write('\n');
  }
  throw wrongUse('Expected a password on standard input, got none.');
}

/** The echo of a terminal goes here. */
function discard(): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done() });
}

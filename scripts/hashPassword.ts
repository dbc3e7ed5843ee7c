import { createInterface } from 'node:readline/promises';
import { hashPassword } from '../server/identity/index.ts';

/** Reads a password from standard input and prints its hash for config.json. */
const lines = createInterface({ input: process.stdin, output: process.stderr });
const password = await lines.question('Password: ');
lines.close();
process.stdout.write(`${hashPassword(password)}\n`);

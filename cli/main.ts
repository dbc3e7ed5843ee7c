import { CommanderError } from 'commander';
import { EXIT } from './exit.ts';
import { createProgram } from './program.ts';

/** A reader that goes away (`orsay check . | head -1`) is no fault: the rest of the output has no reader. */
function ignoreLostReaders(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
}

/** Without a form, `--trace` would take the next argument for one: `orsay run --trace order.scxml`. */
function withForm(argument: string): string {
  return argument === '--trace' ? '--trace=json' : argument;
}

/** Runs `orsay`. The command sets the exit code; an invalid command line exits with NOT_LOADED. */
async function main(): Promise<void> {
  try {
    await createProgram().parseAsync(process.argv.map(withForm));
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? EXIT.OK : EXIT.NOT_LOADED;
      return;
    }
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = EXIT.FAILED;
  }
}

ignoreLostReaders();
await main();

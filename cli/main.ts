import { systemClock } from '../engine/ports/index.ts';
import { EXIT } from './exit.ts';
import { runProgram } from './program.ts';

/** A reader that goes away (`orsay check . | head -1`) is no fault: the rest of the output has no reader. */
function ignoreLostReaders(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
}

ignoreLostReaders();
const code = await runProgram(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  cwd: process.cwd(),
  env: process.env,
  clock: systemClock,
  elapsed: () => performance.now(),
  onInterrupt: (listener) => {
    process.once('SIGINT', listener);
    return () => void process.off('SIGINT', listener);
  },
});
// `serve` still runs, and sets the exit code itself.
if (code !== EXIT.OK) process.exitCode = code;

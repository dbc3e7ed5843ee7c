import { availableParallelism } from 'node:os';
import { type Command, InvalidArgumentError } from 'commander';
import type { Dialect } from '../engine/interpreter/index.ts';
import { defined } from '../engine/ports/index.ts';
import type { ProgramParts } from './commandIo.ts';
import { dialectOption } from './dialectOption.ts';
import { readTime } from './readTime.ts';

interface VerifyFlags {
  readonly surroundings?: string;
  readonly scenarios?: string;
  readonly maxTime?: number;
  readonly maxStates?: number;
  readonly maxSteps?: number;
  readonly maxDepth?: number;
  readonly maxBytes?: number;
  readonly threads?: number;
  readonly dialect?: Dialect;
}

/** Adds `verify`. Only it loads the explorer of documents. */
export function addVerifyCommand(program: Command, { io, end }: ProgramParts): void {
  program
    .command('verify')
    .description('Explore a document with everything that its surroundings may do, and report its faults.')
    .argument('<document>', 'path or file: URL of the document')
    .option(
      '--surroundings <file>',
      'YAML file with parameters, answers, events and properties (default: X.verify.yaml beside X.scxml, if it exists)',
    )
    .option('--scenarios <folder>', 'write a scenario for each finding, which orsay test plays')
    .option('--max-time <time>', 'stop after this much time (default: 1m)', readTime)
    .option('--max-states <number>', 'stop at this many states (default: 10000000)', readCount)
    .option('--max-steps <number>', 'stop after this many moves (default: 200000000)', readCount)
    .option('--max-depth <number>', 'moves from the start to a state (default: 1000)', readCount)
    .option('--max-bytes <number>', 'memory for states (default: 1500000000)', readCount)
    .option('--threads <number>', 'threads, when it takes long (default: one for each processor)', readCount)
    .addOption(dialectOption())
    .action(async (source: string, flags: VerifyFlags) => {
      const { verifyCommand } = await import('./verifyCommand.ts');
      const { surroundings, scenarios, dialect, maxTime, maxStates, maxSteps, maxDepth, maxBytes } = flags;
      const bounds = defined({
        MAX_TIME_MS: maxTime,
        MAX_STATES: maxStates,
        MAX_STEPS: maxSteps,
        MAX_DEPTH: maxDepth,
        MAX_BYTES: maxBytes,
      });
      end(
        await verifyCommand(io, source, {
          surroundings,
          scenarios,
          dialect,
          bounds,
          threads: flags.threads ?? availableParallelism(),
        }),
      );
    });
}

function readCount(text: string): number {
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count < 1) {
    throw new InvalidArgumentError(`Expected a whole number from 1, got '${text}'.`);
  }
  return count;
}

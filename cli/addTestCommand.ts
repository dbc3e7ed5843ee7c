import type { Command } from 'commander';
import { wrongUse } from './commandFault.ts';
import type { ProgramParts } from './commandIo.ts';

interface TestFlags {
  readonly watch?: true;
  readonly coverage?: true;
  readonly lcov?: string;
  readonly junit?: string;
  readonly draw?: string;
  readonly record?: string;
  readonly output?: string;
  readonly document?: string;
}

/** Adds `test`. Only it loads the reader of scenarios. */
export function addTestCommand(program: Command, { io, end }: ProgramParts): void {
  program
    .command('test')
    .description('Play scenario files (*.scenario.yaml) in virtual time, and tell what fails and where.')
    .argument('[paths...]', 'scenario files, or folders that are searched for them')
    .option('--watch', 'play them again after each change, until the standard input ends')
    .option('--coverage', 'print the states, transitions, conditions and pairs that were not passed')
    .option('--lcov <file>', 'write the coverage as an LCOV file')
    .option('--draw <folder>', 'draw each document as SVG, with the parts that were passed')
    .option('--junit <file>', 'write the outcomes as a JUnit file')
    .option('--record <trace>', 'write the scenario that does again what a trace says, into the file of -o')
    .option('-o, --output <file>', 'the scenario file that --record writes')
    .option('--document <path>', 'with --record: the document, relative to the scenario file')
    .action(async (paths: readonly string[], flags: TestFlags) => {
      if (flags.record !== undefined) {
        const { record: trace, output, document } = flags;
        if (output === undefined) throw wrongUse('Expected -o FILE beside --record, got none.');
        const { recordCommand } = await import('./recordCommand.ts');
        end(await recordCommand(io, { trace, output, document }));
        return;
      }
      if (paths.length === 0) throw wrongUse('Expected files or folders to test, got none.');
      const { testCommand } = await import('./testCommand.ts');
      const { watchTests } = await import('./watchTests.ts');
      const { lcov, junit, draw } = flags;
      const request = {
        paths,
        coverage: flags.coverage === true,
        lcov,
        junit,
        draw,
      };
      const run = () => testCommand(io, request);
      end((await (flags.watch ? watchTests(io, paths, run) : run())).exit);
    });
}

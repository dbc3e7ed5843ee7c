import { type Command, Option } from 'commander';
import { defined } from '../../engine/ports/index.ts';
import { wrongUse } from '../commandFault.ts';
import type { CommandIo, ProgramParts } from '../commandIo.ts';
import { clientOf, readServer, type ServerFlags, userOption } from '../serverOptions.ts';
import type { PlayAgainstServerParts } from '../serverTest/playAgainstServer.ts';
import type { TestRequest } from './testCommand.ts';

interface TestFlags {
  readonly watch?: true;
  readonly coverage?: true;
  readonly lcov?: string;
  readonly junit?: string;
  readonly draw?: string;
  readonly record?: string;
  readonly output?: string;
  readonly document?: string;
  readonly server?: string;
  readonly user?: string;
  readonly listen: string;
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
    .addOption(
      new Option(
        '--server <url>',
        'play them in sessions of this server, which reads the document and gets the answers from this command',
      )
        .argParser(readServer)
        .conflicts(['coverage', 'lcov', 'draw', 'record']),
    )
    .addOption(userOption())
    .option(
      '--listen <address>',
      'with --server: address of this machine that the server reaches',
      '127.0.0.1',
    )
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
      const { lcov, junit, draw, server, user, listen } = flags;
      const play =
        server === undefined ? undefined : await onServer(io, { server, listen, ...defined({ user }) });
      const request = {
        paths,
        coverage: flags.coverage === true,
        lcov,
        junit,
        draw,
        play,
      };
      const run = () => testCommand(io, request);
      end((await (flags.watch ? watchTests(io, paths, run) : run())).exit);
    });
}

/** Plays scenarios in sessions of a server. Only this loads what serves their documents. */
async function onServer(
  io: CommandIo,
  { listen: host, ...flags }: ServerFlags & { readonly listen: string },
): Promise<NonNullable<TestRequest['play']>> {
  const { playAgainstServer } = await import('../serverTest/playAgainstServer.ts');
  const { readTraceFile } = await import('../readTraceFile.ts');
  const client = clientOf(io, flags);
  const stopping = new AbortController();
  io.onInterrupt?.(() => stopping.abort(wrongUse('Stopped by the user.')));
  const parts: PlayAgainstServerParts = {
    client,
    host,
    clock: io.clock,
    stopped: stopping.signal,
    readTrace: (text, session) => readTraceFile(io, text, session),
  };
  return (file) => playAgainstServer(file, parts);
}

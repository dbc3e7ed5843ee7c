import { type Command, Option } from 'commander';
import type { Dialect } from '../engine/interpreter/index.ts';
import type { ProgramParts } from './commandIo.ts';
import { dialectOption } from './dialectOption.ts';

interface DrawFlags {
  readonly output: string;
  readonly configuration?: string;
  readonly trace?: string;
  readonly dialect?: Dialect;
}

/** Adds `draw`. Only it loads the libraries of drawings. */
export function addDrawCommand(program: Command, { io, end }: ProgramParts): void {
  program
    .command('draw')
    .description('Draw the state chart of a document, with the source line of each state and transition.')
    .argument('<document>', 'path or file: URL of the document')
    .requiredOption(
      '-o, --output <file>',
      'file to write: .svg, .png, or .json for the places of states and transitions',
    )
    .addOption(
      new Option('--configuration <ids>', 'ids of active states, with commas between them').conflicts(
        'trace',
      ),
    )
    .option(
      '--trace <file>',
      'trace of a session, or output of `orsay run --steps`: marks visited, active and untaken parts',
    )
    .addOption(dialectOption())
    .action(async (source: string, flags: DrawFlags) => {
      const { drawCommand } = await import('./drawCommand.ts');
      const configuration = flags.configuration?.split(',').map((id) => id.trim());
      const { output, trace, dialect } = flags;
      end(await drawCommand(io, source, { output, configuration, trace, dialect }));
    });
}

import { type Command, Option } from 'commander';
import type { Dialect } from '../engine/interpreter/index.ts';
import type { ProgramParts } from './commandIo.ts';
import { nameAndValue } from './nameAndValue.ts';

interface StepFlags {
  readonly param: { readonly [name: string]: string };
  readonly lists?: string;
  readonly json?: true;
  readonly dialect?: Dialect;
}

const EXAMPLE = `
Type 'help' for the commands. They may also come from a file:
  printf 'run\\nsend pay {"amount": 5}\\nadvance 10m\\n' | orsay step order.scxml --param item=tea`;

/** Adds `step`. */
export function addStepCommand(program: Command, { io, end }: ProgramParts): void {
  program
    .command('step')
    .description('Step through a document in virtual time, forward and back, with breakpoints.')
    .argument('<document>', 'path or file: URL of the document')
    .option('--param <name=value>', 'start parameter; may be repeated', nameAndValue, {})
    .option('--lists <file>', 'JSON file with the lists, options and specialDays of an ORS document')
    .addOption(
      new Option('--dialect <dialect>', 'dialect, if the document does not tell it').choices(['w3c', 'ors']),
    )
    .option('--json', 'print a JSON object after each command')
    .addHelpText('after', EXAMPLE)
    .action(async (source: string, { param, lists, json, dialect }: StepFlags) => {
      const { stepCommand } = await import('./step/stepCommand.ts');
      end(await stepCommand(io, source, { params: param, lists, dialect, json: json === true }));
    });
}

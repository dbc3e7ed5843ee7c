import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Dialect } from '../engine/interpreter/index.ts';
import type { ProgramParts } from './commandIo.ts';
import { dialectOption } from './dialectOption.ts';
import { nameAndValue } from './nameAndValue.ts';

interface StepFlags {
  readonly param: { readonly [name: string]: string };
  readonly lists?: string;
  readonly dialect?: Dialect;
  readonly from?: string;
  readonly at?: number;
}

const EXAMPLE = `
Type 'help' for the commands. They may also come from a file:
  printf 'run\\nsend pay {"amount": 5}\\nadvance 10m\\n' | orsay step order.scxml --param item=tea
A session of a server, to try another end:
  orsay sessions trace SESSION > s.trace && orsay step --from s.trace --at 12`;

/** Adds `step`. */
export function addStepCommand(program: Command, { io, end }: ProgramParts): void {
  program
    .command('step')
    .description('Step through a document in virtual time, forward and back, with breakpoints.')
    .argument('[document]', 'path or file: URL of the document')
    .option('--param <name=value>', 'start parameter; may be repeated', nameAndValue, {})
    .option('--lists <file>', 'JSON file with the lists, options and specialDays of an ORS document')
    .addOption(dialectOption())
    .addOption(
      new Option('--from <trace>', 'go on from the trace of a session, of `orsay sessions trace`').conflicts([
        'param',
        'lists',
        'dialect',
      ]),
    )
    .option('--at <step>', 'after this step of the trace (default: the last)', readStep)
    .addHelpText('after', EXAMPLE)
    .action(async (source: string | undefined, { param, lists, dialect, from, at }: StepFlags) => {
      const { stepCommand, stepTraceCommand } = await import('./step/stepCommand.ts');
      if (from !== undefined && source === undefined) {
        end(await stepTraceCommand(io, from, at));
      } else if (source !== undefined && from === undefined && at === undefined) {
        end(await stepCommand(io, source, { params: param, lists, dialect }));
      } else {
        program.error('Expected a document, or --from with a trace, and --at only with --from.');
      }
    });
}

function readStep(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new InvalidArgumentError(`Expected the number of a step, got '${text}'.`);
}

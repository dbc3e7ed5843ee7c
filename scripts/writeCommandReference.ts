import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { PassThrough } from 'node:stream';
import type { Command } from 'commander';
import { createCommandIo } from '../cli/commandIo.ts';
import { leavesOf, pathOf } from '../cli/commonOptions.ts';
import { EXAMPLES } from '../cli/examples.ts';
import { EXIT_MEANINGS } from '../cli/exit.ts';
import { createProgram } from '../cli/program.ts';
import { systemClock } from '../engine/ports/index.ts';
import { markdownTable } from './markdownTable.ts';

/** docs/reference/commands.md, generated from the program. `npm run docs:commands` writes it. */
export const COMMAND_REFERENCE = resolve(import.meta.dirname, '../docs/reference/commands.md');

const HEAD = `# Commands

<!-- Generated from cli/ by \`npm run docs:commands\`. Do not edit. -->

All commands of \`orsay\`. \`orsay COMMAND --help\` prints the same. \`orsay completion bash\` (or \`zsh\`, \`fish\`) prints the
script that completes them in a shell.

## Exit codes

${markdownTable(
  ['code', 'meaning'],
  Object.entries(EXIT_MEANINGS).map(([code, meaning]) => [code, meaning]),
)}

A reader that goes away (\`orsay check . | head -1\`) is no fault.

## Output

- **Results** go to standard output. With \`--json\` they are one JSON document. Commands that print while they work print
  NDJSON, one JSON object on each line: \`run\`, \`step\`, \`callbacks export --format ndjson\`.
- **Problems, notes and progress** go to standard error. \`check\` finds problems: they are its result.
- With \`--json\`, each problem is one line:
  \`{"severity":"error","code":"TARGET_UNKNOWN","message":"...","file":"a.scxml","line":4,"column":9}\`. \`severity\` is
  \`error\`, \`warning\` or \`note\`; \`file\`, \`line\` and \`column\` are there when a file is concerned. The plain form has the
  same place, code and text: \`a.scxml:4:9: TARGET_UNKNOWN: ...\`. A refusal of a server has the
  [code of the server](errors.md). The other codes are \`WRONG_USE\`, \`FILE_UNREADABLE\`, \`SERVER_UNREACHED\`, \`NOTE\` and
  \`FAILED\`, which the plain form does not show.
- **Progress** is one line that a terminal gets when something takes more than a second; not with \`--json\` or
  \`--quiet\`.
- \`serve\` writes the log of the server. \`lsp\` and \`dap\` speak their protocols. \`completion\` prints a script.

## A running server

\`--server\` is the URL, or \`ORSAY_URL\`. \`--user\` is the name of a [user](../security.md), or \`ORSAY_ADMIN_USER\`; the
password is only in \`ORSAY_ADMIN_PASSWORD\`, because other users of a machine see the command line. Changes of
configuration, sessions, documents and templates, and cancellations, are in the audit log of the server under this user.
`;

/** The program, for its description. */
export function describedProgram(): Command {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const io = { stdin, stdout, stderr, cwd: '/', env: {}, clock: systemClock, elapsed: () => 0 };
  return createProgram({ io: createCommandIo(io, { json: false, quiet: false }), end: () => {} });
}

/** The text of the page. */
export function commandReference(): string {
  return `${HEAD}\n${leavesOf(describedProgram()).map(chapterOf).join('\n')}`;
}

function chapterOf(command: Command): string {
  const path = pathOf(command);
  const options = command.options
    .filter(({ long }) => long !== '--json' && long !== '--quiet')
    .map((option) => [
      `\`${option.flags.replaceAll('|', '\\|')}\``,
      `${cell(option.description)}${choicesText(option.argChoices)}${defaultText(option)}`,
    ]);
  const values = command.registeredArguments.map((argument) => [
    `\`${argument.name()}\``,
    `${cell(argument.description)}${choicesText(argument.argChoices)}`,
  ]);
  const rows = [...values, ...options];
  return [
    `## orsay ${path}`,
    command.description(),
    ...(rows.length === 0 ? [] : [markdownTable(['argument or option', 'meaning'], rows)]),
    `\`\`\`sh\n${EXAMPLES[path]!.join('\n')}\n\`\`\`\n`,
  ].join('\n\n');
}

function choicesText(choices: readonly string[] | undefined): string {
  return choices === undefined ? '' : `: ${choices.map((choice) => `\`${choice}\``).join(', ')}`;
}

function defaultText({ defaultValue, defaultValueDescription: said }: Command['options'][number]): string {
  const text = said ?? (typeof defaultValue === 'object' ? undefined : defaultValue);
  return text === undefined || text === true ? '' : ` (default: \`${text}\`)`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
}

if (process.argv[1] === import.meta.filename) writeFileSync(COMMAND_REFERENCE, commandReference());

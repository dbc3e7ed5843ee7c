import type { CommandWords, OptionWords, Values } from './commandWords.ts';

export function fishScript(commands: readonly CommandWords[]): string {
  const paths = commands.filter(({ path }) => path !== '').map(({ path }) => quoted(path));
  return `# Completes orsay in fish.
function __orsay_at
  set -l at ''
  for word in (commandline -opc)[2..-1]
    set -l next (string trim -- "$at $word")
    if contains -- "$next" ${paths.join(' ')}
      set at "$next"
    end
  end
  test "$at" = "$argv[1]"
end
complete -c orsay -f
${commands.flatMap(linesOf).join('\n')}`;
}

function linesOf({ path, commands, options, values }: CommandWords): readonly string[] {
  const at = `complete -c orsay -n ${quoted(`__orsay_at ${quoted(path)}`)}`;
  return [
    ...commands.map(({ name, description }) => `${at} -a ${quoted(name)} -d ${quoted(description)}`),
    ...options.map((option) => `${at}${optionText(option)}`),
    ...(commands.length === 0 && values.kind !== 'none' ? [`${at}${valueText(values)}`] : []),
  ];
}

function optionText({ long, short, description, values }: OptionWords): string {
  const names = [long && ` -l ${long.slice(2)}`, short && ` -s ${short.slice(1)}`].filter(Boolean).join('');
  const value = values === undefined ? '' : ` -r${values.kind === 'none' ? ' -f' : valueText(values)}`;
  return `${names}${value} -d ${quoted(description)}`;
}

function valueText(values: Values): string {
  if (values.kind === 'paths') return ' -F';
  return values.kind === 'words' ? ` -f -a ${quoted(values.words.join(' '))}` : '';
}

/** A text in single quotes, as fish reads it. */
function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

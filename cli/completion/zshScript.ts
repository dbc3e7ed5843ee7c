import { type CommandWords, namesOf, type Values } from './commandWords.ts';
import { quoted } from './quoted.ts';

export function zshScript(commands: readonly CommandWords[]): string {
  const paths = commands.filter(({ path }) => path !== '').map(({ path }) => quoted(path));
  return `#compdef orsay
# Completes orsay in zsh.
_orsay() {
  local cur=\${words[CURRENT]} prev=\${words[CURRENT-1]} at='' i
  local -a found
  for ((i = 2; i < CURRENT; i++)); do
    case "\${at:+$at }\${words[i]}" in
      (${paths.join('|')}) at="\${at:+$at }\${words[i]}" ;;
    esac
  done
  case "$at|$prev" in
${commands.flatMap(valueCases).join('\n')}
  esac
  case "$at" in
${commands.map(commandCase).join('\n')}
  esac
}
if (( $+functions[compdef] )); then compdef _orsay orsay; fi`;
}

function valueCases({ path, options }: CommandWords): readonly string[] {
  return options.flatMap((option) => {
    if (option.values === undefined) return [];
    const patterns = namesOf(option).map((name) => quoted(`${path}|${name}`));
    return [`    (${patterns.join('|')}) ${completing(option.values)}; return ;;`];
  });
}

function commandCase({ path, commands, options, values }: CommandWords): string {
  const flags = options.flatMap((option) =>
    namesOf(option).map((name) => quoted(`${name}:${option.description}`)),
  );
  const others =
    commands.length > 0
      ? `found=(${commands.map(({ name, description }) => quoted(`${name}:${description}`)).join(' ')}); _describe command found`
      : completing(values);
  return `    (${quoted(path)}) if [[ "$cur" == -* ]]; then found=(${flags.join(' ')}); _describe option found; else ${others}; fi ;;`;
}

function completing(values: Values): string {
  if (values.kind === 'paths') return '_files';
  return values.kind === 'words' ? `compadd -- ${values.words.map(quoted).join(' ')}` : ':';
}

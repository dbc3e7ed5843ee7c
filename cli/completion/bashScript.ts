import { type CommandWords, namesOf, type Values } from './commandWords.ts';
import { quoted } from './quoted.ts';

/** For bash 3.2 and later, without the package bash-completion. */
export function bashScript(commands: readonly CommandWords[]): string {
  const paths = commands.filter(({ path }) => path !== '').map(({ path }) => quoted(path));
  return `# Completes orsay in bash.
_orsay_files() {
  local IFS=$'\\n'
  COMPREPLY=($(compgen -f -- "$cur"))
  compopt -o filenames 2>/dev/null
}
_orsay_words() {
  COMPREPLY=($(compgen -W "$1" -- "$cur"))
}
_orsay() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} at='' i
  if [ "$cur" = '=' ]; then cur=''; fi
  if [ "$prev" = '=' ]; then prev=\${COMP_WORDS[COMP_CWORD-2]}; fi
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "\${at:+$at }\${COMP_WORDS[i]}" in
      ${paths.join('|')}) at="\${at:+$at }\${COMP_WORDS[i]}" ;;
    esac
  done
  case "$at|$prev" in
${commands.flatMap(valueCases).join('\n')}
  esac
  case "$at" in
${commands.map(commandCase).join('\n')}
  esac
}
complete -F _orsay orsay`;
}

function valueCases({ path, options }: CommandWords): readonly string[] {
  return options.flatMap((option) => {
    if (option.values === undefined) return [];
    const patterns = namesOf(option).map((name) => quoted(`${path}|${name}`));
    return [`    ${patterns.join('|')}) ${completing(option.values)}; return ;;`];
  });
}

function commandCase({ path, commands, options, values }: CommandWords): string {
  const flags = options.flatMap(namesOf).join(' ');
  const others =
    commands.length > 0
      ? `_orsay_words ${quoted(commands.map(({ name }) => name).join(' '))}`
      : completing(values);
  return `    ${quoted(path)}) case "$cur" in -*) _orsay_words ${quoted(flags)} ;; *) ${others} ;; esac ;;`;
}

function completing(values: Values): string {
  if (values.kind === 'paths') return '_orsay_files';
  return values.kind === 'words' ? `_orsay_words ${quoted(values.words.join(' '))}` : ':';
}

import { Option } from 'commander';

export function dialectOption(): Option {
  return new Option('--dialect <dialect>', 'dialect, if the document does not tell it').choices([
    'w3c',
    'ors',
  ]);
}

import { type Dialect, guessDialect, readDialect } from '../interpreter/index.ts';
import type { LanguageFile } from './languageFile.ts';
import type { Part } from './linkFiles.ts';

/** The dialect of the document to which a file belongs. */
export function dialectOf(parts: readonly Part[], file: LanguageFile): Dialect {
  const document = file.isDocument ? file : (parts[0]?.file ?? file);
  const [root] = document.scanned.roots;
  if (root === undefined) return 'w3c';
  const { dialect } = readDialect(root) ?? guessDialect(root, [document.text]);
  return dialect;
}

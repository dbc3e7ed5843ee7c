import { relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** The path of a file: relative to the working folder if the file is in it. */
export function shortPath(file: string): string {
  if (!file.startsWith('file:')) return file;
  const path = fileURLToPath(file);
  const short = relative(process.cwd(), path);
  return short === '' || short.startsWith('..') ? path : short;
}

/** The text with URLs of files as paths, those in the working folder as relative ones. */
export function withShortPaths(text: string): string {
  return text.replaceAll(`${pathToFileURL(process.cwd()).href}/`, '').replaceAll('file:///', '/');
}

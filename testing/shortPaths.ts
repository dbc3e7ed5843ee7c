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

const ROOT = new URL('..', import.meta.url);
/** Frames of a stack that say nothing to the author of a test. */
const OWN_FRAMES = ['testing/', 'engine/'].flatMap((folder) => {
  const url = new URL(folder, ROOT);
  return [url.href, fileURLToPath(url)];
});
const OTHER_FRAMES = ['(node:', 'at node:', '/node_modules/chai/', '(<anonymous>)'];

/** Shortens the paths in the message of an error, and shows only the frames of the test. */
export function tidied<Thrown>(error: Thrown): Thrown {
  if (!(error instanceof Error)) return error;
  const { stack = '', message } = error;
  const frames = stack.split('\n').filter((line) => /^ {4}at /.test(line));
  const own = frames.filter((line) => ![...OWN_FRAMES, ...OTHER_FRAMES].some((part) => line.includes(part)));
  error.message = withShortPaths(message);
  error.stack = [`${error.name}: ${error.message}`, ...own].join('\n');
  return error;
}

import { DocumentError } from '../../../../engine/interpreter/document/errors.ts';
import type { Document, Problem } from '../../../../engine/interpreter/document/model.ts';
import { type ParseOptions, parseDocument } from '../../../../engine/interpreter/load/load.ts';
import type { FetchText } from '../../../../engine/ports/fetchText.ts';

/** The base URL of the documents of these tests. */
export const BASE = new URL('http://docs.test/app/main.scxml');

export const NS = 'xmlns="http://www.w3.org/2005/07/scxml"';
export const SCXML = `${NS} version="1.0"`;

/** Files by path relative to BASE; any other URL is refused. */
export function memoryFiles(files: Readonly<Record<string, string>>): FetchText {
  const byUrl = new Map(Object.entries(files).map(([path, text]) => [new URL(path, BASE).href, text]));
  return async (url) => {
    const text = byUrl.get(url.href);
    if (text === undefined) throw new Error(`No file at ${url.href}.`);
    return text;
  };
}

export function parse(
  xml: string,
  files: Readonly<Record<string, string>> = {},
  options: ParseOptions = {},
): Promise<Document> {
  return parseDocument(xml, { baseUrl: BASE, fetchText: memoryFiles(files), ...options });
}

/** All problems of a document, also when it loads. */
export async function problemsOf(
  xml: string,
  files: Readonly<Record<string, string>> = {},
  options: ParseOptions = {},
): Promise<readonly Problem[]> {
  try {
    return (await parse(xml, files, options)).warnings;
  } catch (error) {
    if (error instanceof DocumentError) return error.problems;
    throw error;
  }
}

/** `main.scxml:3:5 error CODE` */
export function brief(problem: Problem): string {
  const name = problem.file.slice(problem.file.lastIndexOf('/') + 1);
  return `${name}:${problem.line}:${problem.column} ${problem.severity} ${problem.code}`;
}

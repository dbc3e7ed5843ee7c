import { compileProgram, type Document, type Program } from '../../engine/interpreter/index.ts';
import { recentEntries } from '../../engine/ports/index.ts';

const programs = recentEntries<string, Program>(50);

/**
 * The programs of the documents that the servers of this process run. To compile a document takes a hundred
 * times longer than to read it, and each test has a server of its own. The sessions of a server share a
 * program in the same way.
 */
export function sharedProgram(document: Document): Program {
  // Files that could not be read are not in the hash.
  if (document.data.some(({ unread }) => unread !== undefined)) return compileProgram(document);
  const key = `${document.dialect} ${document.url} ${document.hash}`;
  const program = programs.get(key) ?? compileProgram(document);
  programs.set(key, program);
  return program;
}

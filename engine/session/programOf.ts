import type { Document } from '../document/model.ts';
import type { Program } from '../execution.ts';
import { compileProgram } from '../sessionExecution.ts';

/** Kept as long as the document is: any number of sessions run one compiled program. */
const programs = new WeakMap<Document, Program>();

export function programOf(document: Document): Program {
  const known = programs.get(document);
  if (known) return known;
  const program = compileProgram(document);
  programs.set(document, program);
  return program;
}

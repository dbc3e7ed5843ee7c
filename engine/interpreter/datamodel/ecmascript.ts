import type { Document } from '../document/model.ts';
import { compileCode } from './compiledCode.ts';
import type { CompileDatamodel, Datamodel } from './datamodel.ts';
import { EcmascriptSession } from './ecmascriptSession.ts';
import { nullDatamodel } from './null.ts';
import { sharedRealm } from './realm.ts';

/**
 * The ECMAScript data model (W3C SCXML B.2; the ORS dialect: ors-dialect 2.2 to 2.7), and the null data
 * model for documents that ask for it. Code is compiled once per document and runs in the process's realm.
 */
export const compileDatamodel: CompileDatamodel = (document: Document): Datamodel => {
  if (document.datamodel === 'null') return nullDatamodel(document);
  const code = compileCode(document, sharedRealm());
  return { open: (options) => new EcmascriptSession(code, options) };
};

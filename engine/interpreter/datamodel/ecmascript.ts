import { CompiledCode } from './compiledCode.ts';
import type { CompileDatamodel } from './datamodel.ts';
import { EcmascriptSession } from './ecmascriptSession.ts';
import { nullDatamodel } from './null.ts';
import { sharedRealm } from './realm.ts';

/**
 * The ECMAScript data model (W3C SCXML B.2; the ORS dialect: ors-dialect 2.2 to 2.7), and the null data
 * model for documents that ask for it. Code is compiled once per document and runs in the process's realm.
 */
export const compileDatamodel: CompileDatamodel = (document) => {
  if (document.datamodel === 'null') return nullDatamodel(document);
  const code = new CompiledCode(document, sharedRealm());
  return { open: (options) => new EcmascriptSession(code, options) };
};

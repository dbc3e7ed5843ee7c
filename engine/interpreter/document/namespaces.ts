export const SCXML_NAMESPACE = 'http://www.w3.org/2005/07/scxml';
export const XINCLUDE_NAMESPACE = 'http://www.w3.org/2001/XInclude';

/** Attribute of an inline <scxml> of an ORS document, which is read as ORS too. Only the loader writes it. */
export const DIALECT_MARK = '_dialect';

const MODULE = /(?:^|[/.])genesyslab\.com\/modules\/([\w-]+)\/?$/;

/**
 * 'queue' for `http://www.genesyslab.com/modules/queue` and `www.genesyslab.com/modules/queue`: documents
 * write both (ors-dialect 2.1). Undefined for other namespaces.
 */
export function moduleOf(namespace: string): string | undefined {
  return MODULE.exec(namespace)?.[1];
}

/** Types of an <invoke> that starts a session (W3C 6.4.1). */
export const SCXML_INVOKE_TYPES = new Set([
  '',
  'scxml',
  'http://www.w3.org/TR/scxml/',
  'http://www.w3.org/TR/scxml',
]);

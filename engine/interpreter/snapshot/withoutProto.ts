/**
 * JSON.parse of what may have been written by somebody hostile. A key `__proto__` is left out wherever it stands: what
 * copies its parts further on must not meet one. Throws SyntaxError.
 */
export function parseWithoutProto(text: string): unknown {
  return mayHoldProto(text) ? JSON.parse(text, withoutProto) : JSON.parse(text);
}

/** An underscore may be written as an escape, in two ways. Searched without a pattern: texts are long, and many. */
function mayHoldProto(text: string): boolean {
  return text.includes('__proto__') || text.includes('\\u005f') || text.includes('\\u005F');
}

function withoutProto(key: string, value: unknown): unknown {
  return key === '__proto__' ? undefined : value;
}

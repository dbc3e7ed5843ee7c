import { brokenSlot, type CodeTexts, factoryText } from './code/compileDocument.ts';
import type { Opaque, Read, Realm, Write } from './realm.ts';

/** Result of a document's factory: made inside the realm by our text, out of reach of document code. */
export interface Factory {
  readonly functions: Opaque;
  /** Constructor of the object of the data items. */
  readonly data: Opaque;
  /** Makes the functions of the prelude. */
  readonly prelude: Opaque;
  readonly read: ArrayLike<Read>;
  readonly write: ArrayLike<Write | null>;
  readonly create: ArrayLike<Write | null>;
}

/**
 * Makes the functions of a document in the realm. The parser accepts a little that V8 refuses (octal literals
 * in strict code, newer syntax). When the factory does not compile, each slot is tried by itself, and the
 * slots at fault become throws.
 */
export function instantiate(texts: CodeTexts, realm: Realm, evalHelper: Opaque, url: string): Factory {
  try {
    return realm.instantiate<Factory>(factoryText(texts), evalHelper, url);
  } catch (error) {
    if (!isSyntaxError(error)) throw error;
    return realm.instantiate<Factory>(factoryText(withoutBroken(texts, realm)), evalHelper, url);
  }
}

function withoutBroken(texts: CodeTexts, realm: Realm): CodeTexts {
  const functions = texts.functions.map((text) =>
    problemOf(text, realm) === undefined ? text : '() => undefined',
  );
  const slots = texts.slots.map((slot) => {
    for (const text of [slot.read, slot.write, slot.create]) {
      const problem =
        text === undefined ? undefined : (problemOf(text, realm) ?? brokenFunction(texts, text, realm));
      if (problem !== undefined) return brokenSlot(problem);
    }
    return slot;
  });
  return { ...texts, functions, slots };
}

/** Message of the first function of the table that the text uses and that does not compile. */
function brokenFunction(texts: CodeTexts, text: string, realm: Realm): string | undefined {
  for (const [, number] of text.matchAll(/orsay\$f(\d+)/g)) {
    const used = texts.functions[Number(number)];
    if (used === undefined) continue;
    const problem = problemOf(used, realm) ?? brokenFunction(texts, used, realm);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function problemOf(text: string, realm: Realm): string | undefined {
  try {
    realm.instantiate(`(function () { return ${text}; })`, undefined, 'orsay:check');
    return undefined;
  } catch (error) {
    if (!isSyntaxError(error)) throw error;
    return error.message;
  }
}

/** The error may be one of the realm's, of another class than ours. */
function isSyntaxError(error: unknown): error is Error {
  return typeof error === 'object' && error !== null && 'name' in error && error.name === 'SyntaxError';
}

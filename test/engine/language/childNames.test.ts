import { expect } from 'chai';
import {
  childNames,
  type Dialect,
  DocumentError,
  parseDocument,
  ruleOf,
} from '../../../engine/interpreter/index.ts';

/** The check allows anything inside these, or reports it with another code. */
const UNCHECKED = new Set(['content', 'data', 'assign', 'script', 'else', 'elseif']);
const ATTRIBUTES = 'event="\'e\'" cond="true" id="x" name="n" array="[]" item="i" location="l"';

/** The elements from <scxml> to each element that completions reach. */
function chains(dialect: Dialect): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>([['scxml', []]]);
  for (const [parent, chain] of found) {
    for (const child of childNames(parent, dialect)) {
      if (!found.has(child)) found.set(child, [...chain, parent]);
    }
  }
  return found;
}

async function isMisplaced(chain: readonly string[], child: string, dialect: Dialect): Promise<boolean> {
  const [, ...inner] = chain;
  const open = inner.map((name) => `<${name}>`).join('');
  const close = inner
    .toReversed()
    .map((name) => `</${name}>`)
    .join('');
  const text = `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0">${open}<${child} ${ATTRIBUTES}/>${close}</scxml>`;
  try {
    return (await parseDocument(text, { dialect })).warnings.some(isOfPlace);
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    return error.problems.some(isOfPlace);
  }

  function isOfPlace({ code, message }: { readonly code: string; readonly message: string }): boolean {
    return code === 'ELEMENT_MISPLACED' && message.includes(`no <${child}> inside <${chain.at(-1)}>`);
  }
}

describe('the elements that completions offer', () => {
  for (const dialect of ['w3c', 'ors'] as const) {
    it(`are in ${dialect} those that the parent takes, and all of them`, async () => {
      const all = chains(dialect);
      expect([...all.keys()].filter((name) => ruleOf(name, dialect) === undefined)).to.deep.equal([]);
      const wrong: string[] = [];
      for (const [parent, chain] of all) {
        const offered = new Set(childNames(parent, dialect));
        if (UNCHECKED.has(parent)) continue;
        for (const child of all.keys()) {
          const fits = !(await isMisplaced([...chain, parent], child, dialect));
          if (fits !== offered.has(child))
            wrong.push(`${parent} ${child} ${fits ? 'is missing' : 'is too much'}`);
        }
      }
      expect(wrong).to.deep.equal([]);
    });
  }
});

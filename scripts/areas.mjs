// @ts-check
import { readFileSync } from 'node:fs';

/**
 * The areas of the code and what each may import: scripts/areas.json, from the lowest area upwards. An area
 * is a folder without the areas inside it. Imports from another area go through that area's index.ts;
 * `engine/*` allows every area below engine/. test/structure.test.ts holds the code to this table, and
 * biome.areas.json is lintOverrides().
 *
 * @type {Readonly<Record<string, readonly string[]>>}
 */
export const AREAS = JSON.parse(readFileSync(new URL('areas.json', import.meta.url), 'utf8'));

const NAMES = Object.keys(AREAS);
const LONGEST_FIRST = [...NAMES].sort((a, b) => b.length - a.length);

/**
 * The area of a file (path from the project's root), or undefined.
 *
 * @param {string} file
 */
export function areaOf(file) {
  return LONGEST_FIRST.find((area) => file.startsWith(`${area}/`));
}

/**
 * Whether files of one area may import the door of another.
 *
 * @param {string} area
 * @param {string} other
 */
export function mayImport(area, other) {
  return (AREAS[area] ?? []).some((allowed) =>
    allowed.endsWith('/*') ? other.startsWith(allowed.slice(0, -1)) : other === allowed,
  );
}

/** The linter's rule for the same table. An editor shows its message at an import. */
export function lintOverrides() {
  return NAMES.map((area) => {
    const others = NAMES.filter((other) => other !== area);
    const inside = others.filter((other) => other.startsWith(`${area}/`));
    const doors = patternsOf(area, (other) => mayImport(area, other));
    const closed = patternsOf(area, (other) => !mayImport(area, other));
    const patterns = [
      { group: [...doors, '!**/index.ts'], message: `Import from another area through its index.ts.` },
      {
        group: [...closed, ...doors.map((door) => `!${door}`)],
        message: `${area} may not import this area: see scripts/areas.json.`,
      },
    ].filter(({ group }) => group.some((pattern) => !pattern.startsWith('!')));
    return {
      includes: [`${area}/**`, ...inside.map((other) => `!${other}/**`)],
      linter: { rules: { style: { noRestrictedImports: { level: 'error', options: { patterns } } } } },
    };
  });
}

/**
 * Patterns of the specifiers by which files of `area` name files of the areas for which `includes` is true:
 * one pattern for another top folder if all of its areas are included. Only the test checks areas that
 * contain the importing area: their specifiers ('../x.ts') have the same form as specifiers inside the area.
 *
 * @param {string} area
 * @param {(other: string) => boolean} includes
 */
function patternsOf(area, includes) {
  const own = topOf(area);
  const whole = [...new Set(NAMES.map(topOf))].filter(
    (top) => top !== own && NAMES.filter((name) => topOf(name) === top && name !== top).every(includes),
  );
  const single = NAMES.filter((other) => other !== area && includes(other) && !whole.includes(topOf(other)));
  return [...whole.map((top) => `**/${top}/**`), ...single.flatMap((other) => importsOf(area, other))];
}

/** @param {string} area */
function topOf(area) {
  return area.split('/')[0] ?? area;
}

/**
 * @param {string} area
 * @param {string} other
 */
function importsOf(area, other) {
  const from = area.split('/');
  const to = other.split('/');
  let common = 0;
  while (common < from.length && from[common] === to[common]) common++;
  const rest = to.slice(common).join('/');
  if (rest === '') return [];
  // `server` and `engine` also have files of their own: only the folder itself, not the areas below it.
  const isParent = NAMES.some((name) => name.startsWith(`${other}/`));
  return isParent && common === 0 ? [`**/${rest}/*.ts`] : [`**/${rest}/**`];
}

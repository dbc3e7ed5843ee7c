/**
 * Orders keys by their UTF-8 bytes, as databases do. JavaScript's `<` compares UTF-16 units, which differs
 * for characters beyond U+FFFF: their surrogates (D800-DFFF) must sort after E000-FFFF.
 */
export function compareKeys(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const left = a.charCodeAt(index);
    const right = b.charCodeAt(index);
    if (left !== right) return rank(left) - rank(right);
  }
  return a.length - b.length;
}

function rank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit >= 0xe000 ? unit - 0x800 : unit + 0x2000;
}

/**
 * Text of the snapshot codec. There are two forms. Plain: JSON carries all data as it is. Tagged: a table of
 * nodes that also carries undefined, NaN, infinities, -0, Date, BigInt, Map, Set, RegExp, errors, class
 * instances, functions and classes of the document's table with their scope objects, bound functions,
 * getters and setters, intrinsics, frozen objects, shared references and cycles. A value that neither form
 * carries is a fault that names it.
 *
 *   plain   {"v":1,"roots":{"<root>":{"k":{...},"u":[undefined names],"f":{name: function number},"p":3}}}
 *   tagged  {"v":1,"tagged":true,"roots":[root names],"nodes":[...]}, the first nodes are the roots
 *
 * "p" of a root: it has the functions of the document's prelude (compileDocument.ts), so many.
 *
 * In a tagged value an array is a tag: [n] node n, ['u'] undefined, ['n',text] number, ['b',text] BigInt,
 * ['h'] hole, ['a',getter,setter] a property with a getter or setter. Any other value means itself.
 */
export const codecText = String.raw`
function rootsOf(data) {
  const { sheet } = current;
  if (sheet.flat) return [['d', data]];
  const roots = [['data', data.data]];
  for (const slot of sheet.scopeSlots) {
    if (data[slot] !== EMPTY_SCOPE) roots.push([slot, data[slot]]);
  }
  return roots;
}

function snapshot(data) {
  const roots = rootsOf(data);
  const text = current.sheet.exotic ? undefined : plainSnapshot(roots);
  const result = text ?? stringifyJson(taggedSnapshot(roots));
  if (result.length > L.MAX_SNAPSHOT_CHARS) throw tooLarge('MAX_SNAPSHOT_CHARS', L.MAX_SNAPSHOT_CHARS);
  return result;
}

function plainSnapshot(roots) {
  const seen = new NativeSet();
  for (const [, root] of roots) seen.add(root);
  let text = '';
  for (const [name, root] of roots) {
    const plain = plainRoot(name, root, seen);
    if (plain === undefined) return undefined;
    text += (text === '' ? '' : ',') + '"' + name + '":' + plain;
  }
  return '{"v":1,"roots":{' + text + '}}';
}

function plainRoot(rootName, root, seen) {
  if (!isExtensible(root)) return undefined;
  let u = '';
  let f = '';
  const prelude = preludeCount(rootName, root);
  const { inPrelude } = current.sheet;
  for (const name of keys(root)) {
    if (prelude > 0 && inPrelude.has(name)) continue;
    // JSON.stringify would call a toJSON.
    if (name === '__proto__' || name === 'toJSON') return undefined;
    const value = root[name];
    if (value === undefined) u += (u === '' ? '' : ',') + stringifyJson(name);
    else if (typeof value === 'function') {
      const number = isOnlyCalled(rootName, name) ? ownNumber(value) : pristineNumber(value);
      if (number < 0 || seen.has(value)) return undefined;
      seen.add(value);
      f += (f === '' ? '' : ',') + stringifyJson(name) + ':' + number;
    } else if (!carriesPlain(value, seen)) return undefined;
  }
  // JSON leaves out undefined values and functions.
  return '{"k":' + stringifyJson(root) + (u === '' ? '' : ',"u":[' + u + ']') + (f === '' ? '' : ',"f":{' + f + '}')
    + (prelude === 0 ? '' : ',"p":' + prelude) + '}';
}

// Number of the functions of the prelude, if the root has them all. No code changes them.
function preludeCount(rootName, root) {
  const { flat, preludeNames } = current.sheet;
  if (rootName !== (flat ? 'd' : 's0')) return 0;
  for (let i = 0; i < preludeNames.length; i += 1) {
    if (typeof root[preludeNames[i]] !== 'function') return 0;
  }
  return preludeNames.length;
}

// True when JSON restores an equal value: nothing is shared, and nothing gets lost.
function carriesPlain(value, seen) {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true;
    case 'number':
      return value - value === 0 && (value !== 0 || 1 / value > 0);
    case 'object':
      break;
    default:
      return false;
  }
  if (value === null) return true;
  if (seen.has(value) || !isExtensible(value)) return false;
  seen.add(value);
  const prototype = getPrototypeOf(value);
  const names = keys(value);
  if (isArray(value)) {
    if (prototype !== Array.prototype || names.length !== value.length) return false;
    for (let i = 0; i < value.length; i += 1) {
      if (!carriesPlain(value[i], seen)) return false;
    }
    return true;
  }
  if (prototype !== Object.prototype) return false;
  for (let i = 0; i < names.length; i += 1) {
    if (!carriesPlain(value[names[i]], seen)) return false;
  }
  return true;
}


// The mark of each function that was asked for: its text never changes.
const marks = new NativeWeakMap();

// Number of a function of the document's table, by the mark in its text; -1 for others.
function functionNumber(callable) {
  let mark = marks.get(callable);
  if (mark === undefined) marks.set(callable, (mark = readMark(callable)));
  return mark < current.sheet.functions.length ? mark : -1;
}

function readMark(callable) {
  const text = apply(functionText, callable, []);
  const found = /"orsay\$(\d+)";/.exec(text.length > 100000 ? text.slice(0, 100000) : text);
  return found === null ? -1 : Number(found[1]);
}

// As functionNumber, but -1 for a function with scope objects.
function ownNumber(callable) {
  return Closure.scopesOf(callable) === undefined ? functionNumber(callable) : -1;
}

// True for a function that no code can have changed, so that its prototype need not be read. Values under
// _data may have the same name.
function isOnlyCalled(rootName, name) {
  return rootName !== 'data' && current.sheet.onlyCalled.has(name);
}

const FUNCTION_PROPERTIES = new NativeSet(['length', 'name', 'prototype', 'arguments', 'caller']);

// As ownNumber, but -1 for a function that document code has changed.
function pristineNumber(callable) {
  const number = ownNumber(callable);
  if (number < 0 || !isExtensible(callable) || !hasUsualPrototype(callable)) return -1;
  if (extraNames(callable).length > 0 || changedPrototype(callable) !== undefined) return -1;
  return number;
}

const GeneratorFunction = getPrototypeOf(function* () {});

function hasUsualPrototype(callable) {
  const prototype = getPrototypeOf(callable);
  return prototype === Function.prototype || prototype === GeneratorFunction;
}

function extraNames(callable) {
  const names = getOwnPropertyNames(callable);
  const extra = [];
  for (let i = 0; i < names.length; i += 1) {
    const name = names[i];
    if (!FUNCTION_PROPERTIES.has(name) && getOwnPropertyDescriptor(callable, name).enumerable) extra.push(name);
  }
  return extra;
}

// The function's prototype when document code replaced it or added to it; otherwise undefined.
function changedPrototype(callable) {
  const found = getOwnPropertyDescriptor(callable, 'prototype');
  if (found === undefined || !isObject(found.value)) return undefined;
  const prototype = found.value;
  if (!isOwnPrototype(prototype, callable)) {
    // The prototype of a generator function is made with it, and has no constructor.
    return found.writable && getOwnPropertyNames(prototype).length === 0 ? undefined : prototype;
  }
  const isPristine = keys(prototype).length === 0 && getPrototypeOf(prototype) === Object.prototype
    && isExtensible(prototype);
  return isPristine ? undefined : prototype;
}

function isOwnPrototype(prototype, callable) {
  const found = getOwnPropertyDescriptor(prototype, 'constructor');
  return found !== undefined && !found.enumerable && found.value === callable;
}
`;

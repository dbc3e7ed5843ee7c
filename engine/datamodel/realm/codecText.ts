/**
 * Text of the snapshot codec. Two forms: plain, when all data is what JSON carries as it is, and tagged, a
 * table of nodes that also carries undefined, NaN, infinities, -0, Date, BigInt, Map, Set, RegExp, errors,
 * class instances, functions of the document's table, intrinsics, frozen objects, shared references and
 * cycles. What neither carries is a fault that names the value.
 *
 *   plain   {"v":1,"roots":{"<root>":{"k":{...},"u":[undefined names],"f":{name: function number}}}}
 *   tagged  {"v":1,"tagged":true,"roots":[root names],"nodes":[...]}, the first nodes are the roots
 *
 * In a tagged value an array is a mark: [n] node n, ['u'] undefined, ['n',text] number, ['b',text] BigInt,
 * ['h'] hole. Everything else stands for itself.
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

// ---- plain

function plainSnapshot(roots) {
  const seen = new NativeSet();
  for (const [, root] of roots) seen.add(root);
  const out = {};
  for (const [name, root] of roots) {
    const plain = plainRoot(root, seen);
    if (plain === undefined) return undefined;
    out[name] = plain;
  }
  return stringifyJson({ v: 1, roots: out });
}

function plainRoot(root, seen) {
  if (!isExtensible(root)) return undefined;
  const k = {};
  let u;
  let f;
  for (const name of keys(root)) {
    if (name === '__proto__') return undefined;
    const value = root[name];
    if (value === undefined) (u ??= []).push(name);
    else if (typeof value === 'function') {
      const number = pristineNumber(value);
      if (number < 0 || seen.has(value)) return undefined;
      seen.add(value);
      (f ??= {})[name] = number;
    } else if (carriesPlain(value, seen)) k[name] = value;
    else return undefined;
  }
  return { k, u, f };
}

// JSON gives back an equal value, with nothing shared and nothing lost.
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

// ---- functions

// Number of a function of the document's table, by the mark in its text; -1 for others.
function functionNumber(callable) {
  const text = apply(functionText, callable, []);
  const found = /"orsay\$(\d+)";/.exec(text.length > 100000 ? text.slice(0, 100000) : text);
  if (found === null) return -1;
  const number = Number(found[1]);
  return number < current.sheet.functions.length ? number : -1;
}

const FUNCTION_PROPERTIES = new NativeSet(['length', 'name', 'prototype', 'arguments', 'caller']);

// -1 also for a function that documents have changed.
function pristineNumber(callable) {
  const number = functionNumber(callable);
  if (number < 0 || !isExtensible(callable)) return -1;
  if (extraNames(callable).length > 0 || changedPrototype(callable) !== undefined) return -1;
  return number;
}

function extraNames(callable) {
  return getOwnPropertyNames(callable).filter((name) => {
    if (FUNCTION_PROPERTIES.has(name)) return false;
    return getOwnPropertyDescriptor(callable, name).enumerable;
  });
}

// The function's prototype object when documents replaced it or added to it.
function changedPrototype(callable) {
  const found = getOwnPropertyDescriptor(callable, 'prototype');
  if (found === undefined || !isObject(found.value)) return undefined;
  const prototype = found.value;
  if (!isOwnPrototype(prototype, callable)) {
    // Of a generator function: made with it, and without a constructor.
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

// ---- tagged: out

let nodes;
let numberByObject;
let pending;
let trail;

function taggedSnapshot(roots) {
  nodes = [];
  numberByObject = new NativeMap();
  pending = [];
  try {
    for (const [name, root] of roots) enqueue(root, name, { t: 'R' });
    for (let i = 0; i < pending.length; i += 1) {
      const { object, node, path } = pending[i];
      trail = path;
      fill(object, node);
    }
    return { v: 1, tagged: true, roots: roots.map(([name]) => name), nodes };
  } finally {
    nodes = numberByObject = pending = trail = undefined;
  }
}

function enqueue(object, path, node) {
  const number = nodes.length;
  numberByObject.set(object, number);
  nodes.push(node);
  pending.push({ object, node, path });
  return [number];
}

function cannotCarry(what) {
  const place = trail.length > 200 ? '...' + trail.slice(-200) : trail;
  return fault(new TypeError('A snapshot cannot carry ' + what + ' at ' + place), 'script', '');
}

function mark(value, key) {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      if (value - value !== 0) return ['n', String(value)];
      return value === 0 && 1 / value < 0 ? ['n', '-0'] : value;
    case 'undefined':
      return ['u'];
    case 'bigint':
      return ['b', String(value)];
    case 'symbol':
      throw cannotCarry('a symbol (' + key + ')');
  }
  if (value === null) return null;
  const known = numberByObject.get(value);
  if (known !== undefined) return [known];
  return enqueue(value, trail + '.' + key, {});
}

function fill(object, node) {
  if (node.t === 'R') {
    fillProperties(object, node);
    return;
  }
  if (pathByIntrinsic.has(object)) {
    node.t = 'i';
    node.p = pathByIntrinsic.get(object);
    return;
  }
  if (!isExtensible(object)) node.z = isFrozen(object) ? 'f' : isSealed(object) ? 's' : 'p';
  if (typeof object === 'function') fillFunction(object, node);
  else if (isArray(object)) fillArray(object, node);
  else fillObject(object, node);
}

function fillFunction(callable, node) {
  const number = functionNumber(callable);
  if (number < 0) throw cannotCarry('the function ' + (callable.name || '(without a name)'));
  node.t = 'f';
  node.i = number;
  const extra = extraNames(callable);
  if (extra.length > 0) node.k = properties(callable, extra);
  const prototype = changedPrototype(callable);
  if (prototype !== undefined) node.q = mark(prototype, 'prototype');
}

function fillArray(array, node) {
  const names = keys(array);
  node.t = 'a';
  markPrototype(array, node, Array.prototype);
  if (names.length === array.length) {
    node.e = array.map((value, index) => mark(value, index));
    if (node.e.length === names.length && isDense(names)) return;
  }
  delete node.e;
  node.t = 'A';
  node.n = array.length;
  node.k = properties(array, names);
}

function isDense(names) {
  return names.length === 0 || names[names.length - 1] === String(names.length - 1);
}

function fillObject(object, node) {
  const constructor = ownConstructor(object);
  if (constructor !== undefined) {
    node.t = 'p';
    node.f = mark(constructor, 'constructor');
    markPrototype(object, node, Object.prototype);
    fillProperties(object, node);
    return;
  }
  const tag = apply(Object.prototype.toString, object, []);
  const kind = KINDS[tag];
  if (kind === undefined) throw cannotCarry(tag.slice(8, -1));
  node.t = kind;
  markPrototype(object, node, PROTOTYPES[kind]);
  try {
    fillSpecial[kind](object, node);
  } catch (error) {
    // The tag lied: Symbol.toStringTag of an object that is no Date, Map ...
    if (faultKinds.has(error)) throw error;
    throw cannotCarry('an object that says it is ' + tag);
  }
  fillProperties(object, node);
}

// The function whose prototype object this is.
function ownConstructor(object) {
  const found = getOwnPropertyDescriptor(object, 'constructor');
  if (found === undefined || found.enumerable || typeof found.value !== 'function') return undefined;
  const prototype = getOwnPropertyDescriptor(found.value, 'prototype');
  return prototype !== undefined && prototype.value === object ? found.value : undefined;
}

const KINDS = {
  __proto__: null,
  '[object Object]': 'o', '[object Arguments]': 'o', '[object Date]': 'd', '[object RegExp]': 'r',
  '[object Map]': 'm', '[object Set]': 's', '[object Error]': 'e', '[object String]': 'w',
  '[object Number]': 'w', '[object Boolean]': 'w',
};

const PROTOTYPES = {
  __proto__: null,
  o: Object.prototype, d: NativeDate.prototype, r: RegExp.prototype, m: NativeMap.prototype,
  s: NativeSet.prototype,
};

const fillSpecial = {
  __proto__: null,
  o() {},
  d(date, node) {
    node.d = mark(apply(NativeDate.prototype.getTime, date, []), 'time');
  },
  r(expression, node) {
    node.r = [expression.source, expression.flags, expression.lastIndex];
  },
  m(map, node) {
    const entries = [];
    apply(NativeMap.prototype.forEach, map, [(value, key) => entries.push([mark(key, 'key'), mark(value, 'value')])]);
    node.e = entries;
  },
  s(set, node) {
    const entries = [];
    apply(NativeSet.prototype.forEach, set, [(value) => entries.push(mark(value, 'value'))]);
    node.e = entries;
  },
  e(error, node) {
    const message = getOwnPropertyDescriptor(error, 'message');
    if (message !== undefined && !message.enumerable) node.e = mark(message.value, 'message');
  },
  w(wrapper, node) {
    node.w = mark(apply(primitiveValueOf(wrapper), wrapper, []), 'value');
  },
};

function primitiveValueOf(wrapper) {
  switch (apply(Object.prototype.toString, wrapper, [])) {
    case '[object String]': return String.prototype.valueOf;
    case '[object Number]': return Number.prototype.valueOf;
    default: return Boolean.prototype.valueOf;
  }
}

function markPrototype(object, node, usual) {
  const prototype = getPrototypeOf(object);
  if (prototype !== usual) node.c = mark(prototype, 'prototype');
}

function fillProperties(object, node) {
  const names = keys(object);
  const kept = node.t === 'w' ? names.filter((name) => !/^\d+$/.test(name)) : names;
  if (kept.length > 0 || node.t === 'o' || node.t === 'R') node.k = properties(object, kept);
}

// Alternating names and values: any name is just text.
function properties(object, names) {
  if (getOwnPropertySymbols(object).length > 0) throw cannotCarry('a property named by a symbol');
  const out = [];
  for (const name of names) {
    const found = getOwnPropertyDescriptor(object, name);
    if (found.get || found.set) throw cannotCarry('the getter or setter ' + name);
    out.push(name, mark(found.value, name));
  }
  return out;
}

// ---- in

function restore(data, system, text) {
  const image = parseJson(text);
  if (image.tagged) restoreTagged(data, system, image);
  else restorePlain(data, system, image.roots);
}

function rootNamed(data, name) {
  if (name === 'd') return data;
  if (name === 'data') return data.data;
  return ownScope(data, name);
}

function restorePlain(data, system, roots) {
  const { functions } = system.sheet;
  for (const rootName of keys(roots)) {
    const root = rootNamed(data, rootName);
    const { k, u, f } = roots[rootName];
    for (const name of keys(k)) root[name] = k[name];
    if (u !== undefined) for (const name of u) root[name] = undefined;
    if (f !== undefined) for (const name of keys(f)) root[name] = functions[f[name]](data, system);
  }
}

function restoreTagged(data, system, image) {
  const objects = [];
  const { functions } = system.sheet;
  const value = (stored) => {
    if (!isArray(stored)) return stored;
    switch (stored[0]) {
      case 'u': return undefined;
      case 'n': return Number(stored[1]);
      case 'b': return BigInt(stored[1]);
      default: return objects[stored[0]];
    }
  };
  image.nodes.forEach((node, index) => {
    objects[index] = node.t === 'R' ? rootNamed(data, image.roots[index])
      : node.t === 'f' ? functions[node.i](data, system) : shell(node, value);
  });
  image.nodes.forEach((node, index) => {
    if (node.t === 'p') objects[index] = value(node.f).prototype;
  });
  image.nodes.forEach((node, index) => {
    if (node.t === 'f' && node.q !== undefined) {
      const prototype = value(node.q);
      if (objects[index].prototype !== prototype) objects[index].prototype = prototype;
    }
  });
  image.nodes.forEach((node, index) => restoreParts(node, objects[index], value));
  image.nodes.forEach((node, index) => {
    if (node.z === 'f') freeze(objects[index]);
    else if (node.z === 's') seal(objects[index]);
    else if (node.z === 'p') preventExtensions(objects[index]);
  });
}

// The object without its parts, which may refer to objects that do not exist yet.
function shell(node, value) {
  switch (node.t) {
    case 'i': return intrinsicByPath.get(node.p);
    case 'a': return [];
    case 'A': return new Array(node.n);
    case 'd': return new NativeDate(value(node.d));
    case 'r': {
      const expression = new RegExp(node.r[0], node.r[1]);
      expression.lastIndex = node.r[2];
      return expression;
    }
    case 'm': return new NativeMap();
    case 's': return new NativeSet();
    case 'e': return 'e' in node && !isArray(node.e) ? new Error(node.e) : new Error();
    case 'w': return NativeObject(value(node.w));
    default: return {};
  }
}

function restoreParts(node, object, value) {
  if (node.c !== undefined && node.t !== 'f') setPrototypeOf(object, value(node.c));
  if (node.t === 'a') for (const item of node.e) object.push(value(item));
  if (node.t === 'm') for (const [key, item] of node.e) object.set(value(key), value(item));
  if (node.t === 's') for (const item of node.e) object.add(value(item));
  const { k } = node;
  if (k === undefined) return;
  for (let i = 0; i < k.length; i += 2) {
    const item = value(k[i + 1]);
    if (k[i] in object) defineProperty(object, k[i], plainProperty(item));
    else object[k[i]] = item;
  }
}

function plainProperty(value) {
  return { value, writable: true, enumerable: true, configurable: true };
}
`;

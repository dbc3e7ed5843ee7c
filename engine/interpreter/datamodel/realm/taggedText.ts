/**
 * Text of the tagged form of snapshots (see codecText.ts): writing.
 */
export const taggedText = String.raw`
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

function tag(value, key) {
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
    fillRoot(object, node);
    return;
  }
  if (pathByIntrinsic.has(object)) {
    node.t = 'i';
    node.p = pathByIntrinsic.get(object);
    return;
  }
  if (isScope(object)) {
    node.t = 'C';
    node.k = properties(object, keys(object));
    return;
  }
  if (!isExtensible(object)) node.z = isFrozen(object) ? 'f' : isSealed(object) ? 's' : 'p';
  if (typeof object === 'function') fillFunction(object, node);
  else if (isArray(object)) fillArray(object, node);
  else fillObject(object, node);
}

function fillFunction(callable, node) {
  const bound = Bound.partsOf(callable);
  if (bound !== undefined) {
    node.t = 'b';
    node.f = tag(bound.callable, '(bound function)');
    node.o = tag(bound.receiver, '(bound this)');
    node.e = bound.args.map((value) => tag(value, '(bound argument)'));
    const added = extraNames(callable);
    if (added.length > 0) node.k = properties(callable, added);
    return;
  }
  const number = functionNumber(callable);
  if (number < 0) throw cannotCarry('the function ' + nameOf(callable));
  node.t = 'f';
  node.i = number;
  const scopes = Closure.scopesOf(callable);
  if (scopes !== undefined) node.s = scopes.map((held) => tag(held, '(closure)'));
  const extra = extraNames(callable);
  if (extra.length > 0) node.k = properties(callable, extra);
  // The class that it extends.
  if (!hasUsualPrototype(callable)) node.h = tag(getPrototypeOf(callable), '(extended)');
  const prototype = changedPrototype(callable);
  if (prototype !== undefined) node.q = tag(prototype, 'prototype');
}

// The compiler gives names that begin so to functions without a name.
function nameOf(callable) {
  const name = String(callable.name);
  return name === '' || name.startsWith('orsay$') ? '(without a name)' : name;
}

function fillArray(array, node) {
  const names = keys(array);
  node.t = 'a';
  tagPrototype(array, node, Array.prototype);
  if (names.length === array.length) {
    node.e = array.map((value, index) => tag(value, index));
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
    node.f = tag(constructor, 'constructor');
    tagPrototype(object, node, Object.prototype);
    fillProperties(object, node);
    return;
  }
  const className = apply(Object.prototype.toString, object, []);
  const kind = KINDS[className];
  if (kind === 'x') {
    node.t = kind;
    node.e = keys(object).map((name) => tag(object[name], name));
    return;
  }
  if (kind === undefined) throw cannotCarry(className.slice(8, -1));
  node.t = kind;
  tagPrototype(object, node, PROTOTYPES[kind]);
  try {
    fillSpecial[kind](object, node);
  } catch (error) {
    // Symbol.toStringTag may be that of a Date or a Map for an object that is neither.
    if (faultKinds.has(error)) throw error;
    throw cannotCarry('an object that says it is ' + className);
  }
  fillProperties(object, node);
}

// The function that has this object as its prototype.
function ownConstructor(object) {
  const found = getOwnPropertyDescriptor(object, 'constructor');
  if (found === undefined || found.enumerable || typeof found.value !== 'function') return undefined;
  const prototype = getOwnPropertyDescriptor(found.value, 'prototype');
  return prototype !== undefined && prototype.value === object ? found.value : undefined;
}

const KINDS = {
  __proto__: null,
  '[object Object]': 'o', '[object Arguments]': 'x', '[object Date]': 'd', '[object RegExp]': 'r',
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
    node.d = tag(apply(NativeDate.prototype.getTime, date, []), 'time');
  },
  r(expression, node) {
    node.r = [expression.source, expression.flags, expression.lastIndex];
  },
  m(map, node) {
    const entries = [];
    apply(NativeMap.prototype.forEach, map, [(value, key) => entries.push([tag(key, 'key'), tag(value, 'value')])]);
    node.e = entries;
  },
  s(set, node) {
    const entries = [];
    apply(NativeSet.prototype.forEach, set, [(value) => entries.push(tag(value, 'value'))]);
    node.e = entries;
  },
  e(error, node) {
    const message = getOwnPropertyDescriptor(error, 'message');
    if (message !== undefined && !message.enumerable) node.e = tag(message.value, 'message');
  },
  w(wrapper, node) {
    node.w = tag(apply(primitiveValueOf(wrapper), wrapper, []), 'value');
  },
};

function primitiveValueOf(wrapper) {
  switch (apply(Object.prototype.toString, wrapper, [])) {
    case '[object String]': return String.prototype.valueOf;
    case '[object Number]': return Number.prototype.valueOf;
    default: return Boolean.prototype.valueOf;
  }
}

function tagPrototype(object, node, usual) {
  const prototype = getPrototypeOf(object);
  if (prototype === usual) return;
  if (node.t !== 'p') refusePrivate(prototype);
  node.c = tag(prototype, 'prototype');
}

// An instance of a class with private parts: they would be missing.
function refusePrivate(prototype) {
  for (let at = prototype; at !== null; at = getPrototypeOf(at)) {
    const constructor = ownConstructor(at);
    if (constructor !== undefined && Hiding.has(constructor)) {
      throw cannotCarry('the private parts of an object of the class ' + nameOf(constructor));
    }
  }
}

function fillProperties(object, node) {
  const names = keys(object);
  const kept = node.t === 'w' ? names.filter((name) => !/^\d+$/.test(name)) : names;
  if (kept.length > 0 || node.t === 'o') node.k = properties(object, kept);
}

function fillRoot(root, node) {
  // For a root, the trail is its name.
  const rootName = trail;
  const prelude = preludeCount(rootName, root);
  if (prelude > 0) node.p = prelude;
  const names = prelude === 0 ? keys(root) : keys(root).filter((name) => !current.sheet.inPrelude.has(name));
  node.k = properties(root, names, (value, name) => {
    const number = typeof value === 'function' && isOnlyCalled(rootName, name) ? ownNumber(value) : -1;
    if (number < 0) return tag(value, name);
    nodes.push({ t: 'f', i: number });
    return [nodes.length - 1];
  });
}

function isEnumerable(object, key) {
  return getOwnPropertyDescriptor(object, key).enumerable;
}

// Alternating names and values, so that any name is plain text.
function properties(object, names, tagOne = tag) {
  if (getOwnPropertySymbols(object).some((symbol) => isEnumerable(object, symbol))) throw cannotCarry('a property named by a symbol');
  const out = [];
  for (const name of names) {
    const found = getOwnPropertyDescriptor(object, name);
    if (found.get || found.set) out.push(name, ['a', tag(found.get, name), tag(found.set, name)]);
    else out.push(name, tagOne(found.value, name));
  }
  return out;
}
`;

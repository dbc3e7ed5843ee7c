/** Text of restoring a snapshot of either form (see codecText.ts). */
export const restoreText = `
function restore(system, text) {
  const image = parseJson(text);
  // Static fields of classes have their values in the snapshot.
  gas.restoring = true;
  try {
    return image.tagged ? restoreTagged(system, image) : restorePlain(system, image.roots);
  } finally {
    gas.restoring = false;
  }
}

// Stands for the class that a class extends, until that is made.
function Extended() {}

// Defines a property. With assignments to computed names, V8 would make a table of each object with more than
// 12 properties, which takes a quarter more memory for a restored session of chat-delay.scxml.
function define(object, name, value) {
  defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
}

// The data object with empty roots.
function emptyData(sheet, rootNames) {
  if (sheet.flat) return new NoPrototype();
  const data = makeData(sheet);
  for (const rootName of rootNames) if (rootName !== 'data') data[rootName] = new NoPrototype();
  return data;
}

function rootNamed(data, rootName) {
  return rootName === 'd' ? data : data[rootName];
}

function restorePlain(system, roots) {
  const { functions } = system.sheet;
  const data = emptyData(system.sheet, keys(roots));
  for (const rootName of keys(roots)) {
    const { k, u = [], f = {}, p = 0 } = roots[rootName];
    const root = rootNamed(data, rootName);
    if (p > 0) restorePrelude(system, data, root, p);
    for (const name of keys(k)) {
      // Data items are there already. Assigning them is much faster.
      if (hasOwn(root, name)) root[name] = k[name];
      else define(root, name, k[name]);
    }
    for (const name of u) define(root, name, undefined);
    for (const name of keys(f)) {
      const callable = functions[f[name]](data, system);
      marks.set(callable, f[name]);
      define(root, name, callable);
    }
  }
  return data;
}

function restorePrelude(system, data, root, count) {
  const { makePrelude, preludeNames } = system.sheet;
  if (count !== preludeNames.length) {
    throw new TypeError('Expected a snapshot with ' + preludeNames.length + ' functions of the document, got ' + count);
  }
  makePrelude(root, data, system);
}

function restoreTagged(system, image) {
  const objects = [];
  const { functions } = system.sheet;
  const { roots } = image;
  const data = emptyData(system.sheet, roots);
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
    if (node.t !== 'f' && node.t !== 'b') {
      objects[index] = node.t === 'R' ? rootNamed(data, roots[index]) : shell(node, value);
      if (node.t === 'R' && node.p > 0) restorePrelude(system, data, objects[index], node.p);
    }
  });
  // Functions need their scope objects, and bound functions need those functions.
  image.nodes.forEach((node, index) => {
    if (node.t === 'f') objects[index] = restoreFunction(node, functions, [data, system], value);
  });
  const bindAt = (index) => {
    const node = image.nodes[index];
    for (const part of [node.f, node.o, ...node.e]) {
      const needed = isArray(part) ? image.nodes[part[0]] : undefined;
      if (needed !== undefined && needed.t === 'b' && objects[part[0]] === undefined) bindAt(part[0]);
    }
    objects[index] = bind(value(node.f), value(node.o), node.e.map(value));
  };
  image.nodes.forEach((node, index) => {
    if (node.t === 'b' && objects[index] === undefined) bindAt(index);
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
  image.nodes.forEach((node, index) => {
    if (node.t === 'f') restoreClass(node, objects[index], value);
  });
  image.nodes.forEach((node, index) => {
    if (node.c !== undefined && node.t !== 'f') setPrototypeOf(objects[index], value(node.c));
  });
  image.nodes.forEach((node, index) => restoreParts(node, objects[index], value));
  image.nodes.forEach((node, index) => {
    if (node.z === 'f') freeze(objects[index]);
    else if (node.z === 's') seal(objects[index]);
    else if (node.z === 'p') preventExtensions(objects[index]);
  });
  return data;
}

function restoreFunction({ i, s }, functions, given, value) {
  if (s === undefined) return functions[i](...given, Extended);
  const scopes = s.map(value);
  return closure(functions[i](...given, ...scopes, Extended), scopes);
}

// Gives a class what it extends, and removes its static fields, which come next.
function restoreClass({ h }, callable, value) {
  if (getPrototypeOf(callable) === Extended) {
    setPrototypeOf(callable, Function.prototype);
    setPrototypeOf(callable.prototype, Object.prototype);
  }
  if (h !== undefined) setPrototypeOf(callable, value(h));
  for (const name of extraNames(callable)) delete callable[name];
}

function argumentsOf() {
  return arguments;
}

// The object without its parts: they may refer to objects that are not made yet.
function shell(node, value) {
  switch (node.t) {
    case 'C': return new Scope();
    case 'x': return argumentsOf(...node.e);
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
  // Not object.push(...): its class may have a method of that name.
  if (node.t === 'a') for (const item of node.e) apply(Array.prototype.push, object, [value(item)]);
  if (node.t === 'x') node.e.forEach((item, index) => { object[index] = value(item); });
  if (node.t === 'm') {
    for (const [key, item] of node.e) apply(NativeMap.prototype.set, object, [value(key), value(item)]);
  }
  if (node.t === 's') for (const item of node.e) apply(NativeSet.prototype.add, object, [value(item)]);
  const { k = [] } = node;
  for (let i = 0; i < k.length; i += 2) {
    const stored = k[i + 1];
    if (!isArray(stored) || stored[0] !== 'a') define(object, k[i], value(stored));
    else {
      const [, get, set] = stored;
      defineProperty(object, k[i], { get: value(get), set: value(set), enumerable: true, configurable: true });
    }
  }
}
`;

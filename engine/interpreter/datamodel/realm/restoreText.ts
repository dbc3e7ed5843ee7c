/**
 * Text of restoring a snapshot of either form (see codecText.ts).
 */
export const restoreText = `
function restore(system, text) {
  const image = parseJson(text);
  return image.tagged ? restoreTagged(system, image) : restorePlain(system, image.roots);
}

// Properties that V8 lets an object get by names that come as values before it makes a table of it, which each object
// has to itself, and which is slower to read. By names that stand in code it may get 128.
const MAX_ADDED = 12;
// Objects of data that have more of them are no records, with the same names again and again, but tables.
const MAX_SHAPED = 50;

// An object with these properties, to be set. Read from JSON it is of one shape with others that have them.
function shaped(names, textOf) {
  let text = '';
  for (const name of names) text += (text === '' ? '' : ',') + textOf(name) + ':null';
  return parseJson('{' + text + '}');
}

function isRecord({ k = [] }) {
  return k.length > 2 * MAX_ADDED && k.length <= 2 * MAX_SHAPED;
}

function scopeOf(names) {
  return setPrototypeOf(shaped(names, keyText), NoPrototype.prototype);
}

// The data object with its roots, of which namesIn(root) gives the names.
function dataOf(sheet, rootNames, namesIn) {
  if (sheet.flat) return scopeOf(namesIn('d'));
  const data = makeData(sheet);
  for (const rootName of rootNames) if (rootName !== 'data') data[rootName] = scopeOf(namesIn(rootName));
  return data;
}

function rootNamed(data, rootName) {
  return rootName === 'd' ? data : data[rootName];
}

function restorePlain(system, roots) {
  const { functions } = system.sheet;
  const data = dataOf(system.sheet, keys(roots), (rootName) => {
    const { k, u = [], f = {} } = roots[rootName];
    return [...keys(k), ...u, ...keys(f)];
  });
  for (const rootName of keys(roots)) {
    const { k, u = [], f = {} } = roots[rootName];
    const root = rootNamed(data, rootName);
    for (const name of keys(k)) root[name] = k[name];
    for (const name of u) root[name] = undefined;
    for (const name of keys(f)) root[name] = functions[f[name]](data, system);
  }
  return data;
}

function restoreTagged(system, image) {
  const objects = [];
  const { functions } = system.sheet;
  const { roots } = image;
  const data = dataOf(system.sheet, roots, (rootName) => namesOf(image.nodes[roots.indexOf(rootName)]));
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
    objects[index] = node.t === 'R' ? rootNamed(data, roots[index])
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
  return data;
}

function namesOf({ k = [] }) {
  return k.filter((_, index) => index % 2 === 0);
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
    case 'o': return isRecord(node) ? shaped(namesOf(node), (name) => stringifyJson(name)) : {};
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
  const isShaped = node.t === 'R' || node.t === 'o';
  for (let i = 0; i < k.length; i += 2) {
    const item = value(k[i + 1]);
    if (!(k[i] in object) || (isShaped && hasOwn(object, k[i]))) object[k[i]] = item;
    else defineProperty(object, k[i], plainProperty(item));
  }
}

function plainProperty(value) {
  return { value, writable: true, enumerable: true, configurable: true };
}
`;

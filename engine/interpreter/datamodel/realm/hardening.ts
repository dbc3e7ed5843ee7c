/**
 * Text that runs first in a new realm (data-model 4 and 8). It removes the globals that document code must
 * not have, replaces the clock and the random numbers by those of the step, and freezes every intrinsic. The
 * other texts of the prelude use the names that it declares.
 */
export const hardeningText = `
const global = globalThis;
const NativeObject = Object;
const NativeDate = Date;
const NativeMap = Map;
const NativeSet = Set;
const NativeWeakMap = WeakMap;
const DateTimeFormat = Intl.DateTimeFormat;
const { apply, construct, deleteProperty, ownKeys } = Reflect;
const {
  create, defineProperty, freeze, getOwnPropertyDescriptor, getOwnPropertyNames, getOwnPropertySymbols,
  getPrototypeOf, setPrototypeOf, hasOwn, isExtensible, isFrozen, isSealed, keys, preventExtensions, seal,
} = Object;
const { parse: parseJson, stringify: stringifyJson } = JSON;
const { isArray } = Array;
const functionText = Function.prototype.toString;
const nativeBind = Function.prototype.bind;
const imul = Math.imul;

// Facts and identity of the session that runs now; see kernel text.
let current;

function removeGlobals() {
  const kept = new NativeSet((
    'Object Function Array Number parseFloat parseInt Infinity NaN undefined Boolean String Symbol Date ' +
    'RegExp Error AggregateError EvalError RangeError ReferenceError SyntaxError TypeError URIError JSON ' +
    'Math Map BigInt Set Reflect decodeURI decodeURIComponent encodeURI encodeURIComponent escape unescape ' +
    'isFinite isNaN'
  ).split(' '));
  for (const name of ownKeys(global)) {
    // Some cannot be deleted (gc of node --expose-gc). Document code cannot name them either.
    if (!kept.has(name)) deleteProperty(global, name);
  }
  // Without stackTraceLimit V8 records no stack: error.stack shows no path of the host, and no host code
  // formats it.
  delete Error.stackTraceLimit;
  delete Error.captureStackTrace;
  // These show the last match of any session.
  for (const name of getOwnPropertyNames(RegExp)) {
    if (name !== 'prototype' && name !== 'length' && name !== 'name') delete RegExp[name];
  }
  // These make promises, and a rejected promise ends the process.
  delete Array.fromAsync;
  delete Function.prototype.caller;
  delete Function.prototype.arguments;
}

function replaceAmbient() {
  const methods = {
    random() {
      const next = (current.random + 0x6d2b79f5) | 0;
      current.random = next;
      let mixed = imul(next ^ (next >>> 15), next | 1);
      mixed ^= mixed + imul(mixed ^ (mixed >>> 7), mixed | 61);
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
    },
    now() {
      return current.now;
    },
    bind(receiver, ...args) {
      return bind(this, receiver, args);
    },
    toString() {
      return 'function ' + (typeof this === 'function' ? this.name : '') + '() { [code] }';
    },
  };
  Math.random = methods.random;
  const SessionDate = function Date(...parts) {
    if (new.target === undefined) return new NativeDate(current.now).toString();
    return construct(NativeDate, parts.length === 0 ? [current.now] : parts, new.target);
  };
  defineProperty(SessionDate, 'length', { value: 7 });
  defineProperty(SessionDate, 'prototype', { value: NativeDate.prototype, writable: false });
  SessionDate.now = methods.now;
  SessionDate.parse = NativeDate.parse;
  SessionDate.UTC = NativeDate.UTC;
  for (const name of ['now', 'parse', 'UTC']) defineProperty(SessionDate, name, { enumerable: false });
  defineProperty(NativeDate.prototype, 'constructor', {
    value: SessionDate, writable: true, enumerable: false, configurable: true,
  });
  defineProperty(global, 'Date', { value: SessionDate, writable: true, enumerable: false, configurable: true });
  // Snapshots carry bound functions.
  defineProperty(Function.prototype, 'bind', {
    value: methods.bind, writable: true, enumerable: false, configurable: true,
  });
  // The text of a document's function has names that the compiler added.
  defineProperty(Function.prototype, 'toString', {
    value: methods.toString, writable: true, enumerable: false, configurable: true,
  });
}

// A frozen prototype would refuse 'error.name = ...' or 'K.prototype.constructor = ...' on objects that
// inherit from it. Accessors in place of its properties let such an object define its own.
function enableOverrides() {
  const prototypes = [
    Object.prototype, Function.prototype, Array.prototype, NativeDate.prototype, Error.prototype,
    AggregateError.prototype, EvalError.prototype, RangeError.prototype, ReferenceError.prototype,
    SyntaxError.prototype, TypeError.prototype, URIError.prototype,
  ];
  for (const prototype of prototypes) {
    for (const name of getOwnPropertyNames(prototype)) {
      const found = getOwnPropertyDescriptor(prototype, name);
      if (!found.configurable || !found.writable) continue;
      const { value } = found;
      const accessors = {
        get() {
          return value;
        },
        set(replacement) {
          if (this === prototype) throw new TypeError('Cannot assign to ' + name + ' of an intrinsic object');
          if (this === undefined || this === null) throw new TypeError('Cannot assign to ' + name);
          if (getOwnPropertyDescriptor(this, name) !== undefined) {
            this[name] = replacement;
            return;
          }
          defineProperty(this, name, {
            value: replacement, writable: true, enumerable: true, configurable: true,
          });
        },
      };
      const { get, set } = getOwnPropertyDescriptor({ get [name]() { return value; }, set [name](v) { apply(accessors.set, this, [v]); } }, name);
      defineProperty(prototype, name, { get, set, enumerable: found.enumerable, configurable: false });
    }
  }
}

// Every intrinsic by its path: snapshots name intrinsics instead of carrying them.
const pathByIntrinsic = new NativeMap();
const intrinsicByPath = new NativeMap();

function harden(root, path) {
  if (root === null || (typeof root !== 'object' && typeof root !== 'function')) return;
  if (pathByIntrinsic.has(root)) return;
  pathByIntrinsic.set(root, path);
  intrinsicByPath.set(path, root);
  freeze(root);
  harden(getPrototypeOf(root), path + '^');
  for (const key of ownKeys(root)) {
    const found = getOwnPropertyDescriptor(root, key);
    const name = path + '.' + (typeof key === 'symbol' ? '@' + key.description : key);
    if (found.get) harden(found.get, name + ' get');
    if (found.set) harden(found.set, name + ' set');
    // The value behind an accessor of enableOverrides, under the name that it had.
    harden('value' in found ? found.value : readQuietly(root, key), name);
  }
}

function readQuietly(object, key) {
  try {
    return object[key];
  } catch {
    return undefined;
  }
}

// Prototypes that code reaches by syntax only.
function hiddenIntrinsics() {
  return {
    generatorFunction: getPrototypeOf(function* () {}),
    asyncFunction: getPrototypeOf(async function () {}),
    asyncGeneratorFunction: getPrototypeOf(async function* () {}),
    arrayIterator: getPrototypeOf([][Symbol.iterator]()),
    stringIterator: getPrototypeOf(''[Symbol.iterator]()),
    mapIterator: getPrototypeOf(new NativeMap()[Symbol.iterator]()),
    setIterator: getPrototypeOf(new NativeSet()[Symbol.iterator]()),
    regExpIterator: getPrototypeOf(/a/g[Symbol.matchAll]('a')),
    throwTypeError: getOwnPropertyDescriptor(
      (function () { 'use strict'; return arguments; })(), 'callee'
    ).get,
  };
}

function hardenRealm() {
  harden(global, 'global');
  const hidden = hiddenIntrinsics();
  for (const name of keys(hidden)) harden(hidden[name], '%' + name);
}
`;

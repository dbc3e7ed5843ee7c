/**
 * Text of the realm's kernel: gas, the sessions, their data objects and variable scopes. Limits come in as L.
 */
export const kernelText = String.raw`
// error: the last error that left a function of a document; at: the position of the statement.
// restoring: true while a snapshot is restored.
const gas = { n: 0, error: undefined, at: -1, restoring: false };
const faultKinds = new NativeWeakMap();

function fault(error, kind, limit) {
  faultKinds.set(error, { kind, limit });
  return error;
}

function spent() {
  throw fault(new RangeError('The code used all of its steps'), 'limit', 'MAX_CODE_STEPS');
}

function burn(amount) {
  gas.n -= amount;
  if (gas.n < 0) spent();
}

function tooLarge(limit, maximum) {
  return fault(new RangeError('Expected at most ' + maximum + ' characters'), 'limit', limit);
}


// The facts about a session apart from its data. Document code has no name for them.
class System {
  constructor(sheet, sessionId) {
    this.sheet = sheet;
    this.sessionId = sessionId;
    this.event = undefined;
    this.genesys = undefined;
    this.installation = undefined;
    // Values of statistics by object and statistic; undefined: nobody has such values.
    this.figures = undefined;
    this.asks = undefined;
    this.ioProcessors = undefined;
    this.states = '';
    this.stateSet = undefined;
    this.requests = undefined;
    this.requestChars = 0;
    this.now = 0;
    this.random = 0;
    this.gas = L.INITIAL_GAS;
  }
}

const NOBODY = new System({ url: '' }, '');
current = NOBODY;

function use(system) {
  current.gas = gas.n;
  current = system;
  gas.n = system.gas;
}

function beginStep(system, now, seed, amount) {
  if (current !== system) use(system);
  system.now = now;
  // The seed may be the same in every step of a session. The time makes the random numbers differ.
  system.random = (imul(seed | 0, 0x85ebca6b) ^ imul((now / 4294967296) | 0, 0xc2b2ae35) ^ (now | 0)) | 0;
  gas.n = amount;
}

function NoPrototype() {}
NoPrototype.prototype = freeze(create(null));

const EMPTY_SCOPE = freeze(new NoPrototype());

// A scope object has the variables of a scope that functions capture. No code of a document has one as a
// value.
function Scope() {}
Scope.prototype = freeze(create(null));

function scope() {
  return new Scope();
}

// The variables of the next iteration of a loop.
function nextScope(last) {
  const next = new Scope();
  for (const name of keys(last)) next[name] = last[name];
  return next;
}

function isScope(object) {
  return getPrototypeOf(object) === Scope.prototype;
}

// Private fields on functions, for snapshots. Code of a document cannot see them, and unlike a WeakMap they
// cost the garbage collector nothing.
class Given {
  constructor(callable) {
    return callable;
  }
}

class Closure extends Given {
  #scopes;
  constructor(callable, scopes) {
    super(callable);
    this.#scopes = scopes;
  }
  static scopesOf(callable) {
    return #scopes in callable ? callable.#scopes : undefined;
  }
}

class Bound extends Given {
  #parts;
  constructor(callable, parts) {
    super(callable);
    this.#parts = parts;
  }
  static partsOf(callable) {
    return #parts in callable ? callable.#parts : undefined;
  }
}

// Marks a class whose instances have private parts, which no snapshot can read.
class Hiding extends Given {
  #hides = true;
  static has(callable) {
    return #hides in callable;
  }
}

function hides(callable) {
  new Hiding(callable);
}

// A function or class with the scope objects that it uses.
function closure(callable, scopes) {
  new Closure(callable, scopes);
  return callable;
}

function bind(callable, receiver, args) {
  const bound = apply(nativeBind, callable, [receiver, ...args]);
  new Bound(bound, { callable, receiver, args });
  return bound;
}

// Getters and setters of an object literal: names, getters and setters in turn.
function accessors(object, list) {
  for (let i = 0; i < list.length; i += 3) {
    defineProperty(object, list[i], { get: list[i + 1], set: list[i + 2], enumerable: true, configurable: true });
  }
  return object;
}

function constant(name) {
  throw new TypeError('Assignment to constant variable ' + name);
}

// The sheet of a document: its facts that the kernel needs. slots: names of the scopes (ors), '' for one flat
// object (w3c).
function makeSheet(url, slots, exotic) {
  const scopeSlots = slots === '' ? [] : slots.split('\n');
  const flat = scopeSlots.length === 0;
  return {
    url, scopeSlots, flat, exotic,
    functions: [],
    onlyCalled: new NativeSet(),
    preludeNames: [],
    inPrelude: new NativeSet(),
    makePrelude: undefined,
    Data: undefined,
  };
}

// Data: constructor of the object that holds the data items. makePrelude(root, data, system): adds the
// functions that the global scripts declare and code only calls.
function setCode(sheet, functions, Data, makePrelude, onlyCalled, preludeNames) {
  sheet.functions = functions;
  sheet.makePrelude = makePrelude;
  if (preludeNames !== '') {
    sheet.preludeNames = preludeNames.split('\n');
    sheet.inPrelude = new NativeSet(sheet.preludeNames);
  }
  Data.prototype = sheet.flat ? NoPrototype.prototype : Object.prototype;
  sheet.Data = Data;
  if (onlyCalled !== '') sheet.onlyCalled = new NativeSet(onlyCalled.split('\n'));
}

function markExotic(sheet) {
  sheet.exotic = true;
}

function makeData(sheet) {
  if (sheet.flat) return new sheet.Data();
  const data = new NoPrototype();
  data.data = new sheet.Data();
  for (const slot of sheet.scopeSlots) data[slot] = EMPTY_SCOPE;
  data.s0 = new NoPrototype();
  return data;
}

function makeSystem(sheet, sessionId) {
  return new System(sheet, sessionId);
}

function openScope(data, slot) {
  data[slot] = new NoPrototype();
}

function closeScope(data, slot) {
  data[slot] = EMPTY_SCOPE;
}
`;

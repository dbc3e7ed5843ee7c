/**
 * Text of the realm's kernel: what document code calls (looked up by the rewriter), and what the host calls to
 * move strings, numbers and booleans across the border. Limits come in as the object L.
 */
export const kernelText = String.raw`
const gas = { n: 0 };
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

// ---- sessions

// Everything about a session that is not its data. Document code has no name for it.
class System {
  constructor(sheet, sessionId) {
    this.sheet = sheet;
    this.sessionId = sessionId;
    this.event = undefined;
    this.genesys = undefined;
    this.genesysHidden = undefined;
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
  // The seed may be the same in every step of a session: the time makes the steps differ.
  system.random = (imul(seed | 0, 0x85ebca6b) ^ imul((now / 4294967296) | 0, 0xc2b2ae35) ^ (now | 0)) | 0;
  gas.n = amount;
}

function NoPrototype() {}
NoPrototype.prototype = freeze(create(null));

// A data object for the names: one hidden class for all sessions of the document.
function shapeOf(names, prototype) {
  const Shape = function () {
    for (let i = 0; i < names.length; i += 1) this[names[i]] = undefined;
  };
  Shape.prototype = prototype;
  return Shape;
}

const EMPTY_SCOPE = freeze(new NoPrototype());

// Sheet: what the kernel knows of a document. slots: names of the scopes (ors), '' for one flat object (w3c).
function makeSheet(url, dataIds, slots, exotic) {
  const ids = dataIds === '' ? [] : dataIds.split('\n');
  const scopeSlots = slots === '' ? [] : slots.split('\n');
  const flat = scopeSlots.length === 0;
  return {
    url, ids, scopeSlots, flat, exotic,
    functions: [],
    Data: shapeOf(ids, flat ? NoPrototype.prototype : Object.prototype),
  };
}

function setFunctions(sheet, functions) {
  sheet.functions = functions;
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

// ---- what the rewritten code calls

function undeclared(name) {
  throw new ReferenceError(name + ' is not defined');
}

function noLocation(name) {
  throw fault(new ReferenceError(name + ' is not a location that can be assigned'), 'location', '');
}

function notAssignable() {
  throw fault(new SyntaxError('Expected an assignable location'), 'location', '');
}

function broken(message) {
  throw new SyntaxError(message);
}

function hoist(holder, names) {
  for (let i = 0; i < names.length; i += 1) {
    if (!(names[i] in holder)) holder[names[i]] = undefined;
  }
}

function ownScope(data, slot) {
  if (data[slot] === EMPTY_SCOPE) data[slot] = new NoPrototype();
  return data[slot];
}

function lookup(data, slots, name, isData) {
  for (let i = 0; i < slots.length; i += 1) {
    const scope = data[slots[i]];
    if (name in scope) return scope;
  }
  return isData ? data.data : undefined;
}

function find(data, slots, name, isData) {
  return lookup(data, slots, name, isData) ?? undeclared(name);
}

function findOrRoot(data, slots, name, isData) {
  return lookup(data, slots, name, isData) ?? data.s0;
}

function findLocation(data, slots, name, isData) {
  return lookup(data, slots, name, isData) ?? noLocation(name);
}

function peek(data, slots, name, isData) {
  return lookup(data, slots, name, isData) ?? EMPTY_SCOPE;
}

function toObject(value) {
  if (value === undefined || value === null) throw new TypeError('Expected an object after with');
  return NativeObject(value);
}

function applyTo(callee, receiver, args) {
  return apply(callee, receiver, args);
}

const platform = {
  In(id) {
    current.stateSet ??= new NativeSet(current.states.split('\n'));
    return current.stateSet.has(String(id));
  },
  currentStates() {
    return current.states === '' ? [] : current.states.split('\n');
  },
  documentUrl() {
    return current.sheet.url;
  },
  log(text) {
    request('log', [textOf(text)]);
  },
  raise(name, params) {
    request('raise', [String(name), params]);
  },
};

function request(name, args) {
  const list = (current.requests ??= []);
  if (list.length >= L.MAX_REQUESTS) {
    throw fault(new RangeError('Expected at most ' + L.MAX_REQUESTS + ' requests'), 'limit', 'MAX_REQUESTS');
  }
  const text = '{"name":' + stringifyJson(name) + ',"args":' + encode(args) + '}';
  current.requestChars += text.length;
  burn(10 + (text.length >>> 6));
  if (current.requestChars > L.MAX_VALUE_CHARS) throw tooLarge('MAX_VALUE_CHARS', L.MAX_VALUE_CHARS);
  list.push(text);
}

function drain(system) {
  const list = system.requests;
  if (list === undefined) return '';
  system.requests = undefined;
  system.requestChars = 0;
  return '[' + list.join(',') + ']';
}

// ---- eval

// compile(state, text) is a function of the host. Only this closure has it, and what it throws is not looked at.
function makeEval(compile) {
  const cache = new NativeMap();
  return (state, data, system) => (text) => {
    if (typeof text !== 'string') return text;
    if (text.length > L.MAX_EVAL_CHARS) throw tooLarge('MAX_EVAL_CHARS', L.MAX_EVAL_CHARS);
    burn(20 + (text.length >>> 3));
    const value = jsonLiteral(text);
    if (value !== NOT_JSON) return value;
    const key = state + ':' + text;
    let code = cache.get(key);
    if (code === undefined) {
      burn(1000);
      code = compiled(compile, state, text);
      if (cache.size >= L.MAX_EVAL_CODES) cache.clear();
      cache.set(key, code);
    }
    return code(data, system);
  };
}

function compiled(compile, state, text) {
  let code;
  try {
    code = compile(state, text);
  } catch {
    code = 'The text could not be compiled';
  }
  if (typeof code === 'function') return code;
  throw new SyntaxError(code);
}

const NOT_JSON = {};

// eval('(' + json + ')') is how ORS documents parse JSON: no need to compile that.
function jsonLiteral(text) {
  const found = /^\s*\(\s*([[{][\s\S]*[\]}])\s*\)\s*;?\s*$/.exec(text);
  if (found === null || found[1].includes('"__proto__"')) return NOT_JSON;
  try {
    return parseJson(found[1]);
  } catch {
    return NOT_JSON;
  }
}

// ---- errors

function describe(thrown) {
  if (gas.n < 0) return 'limit\nMAX_CODE_STEPS\nThe code used all of its steps';
  try {
    const known = isObject(thrown) ? faultKinds.get(thrown) : undefined;
    const kind = known === undefined ? 'script' : known.kind;
    const limit = known === undefined ? '' : known.limit;
    return kind + '\n' + limit + '\n' + messageOf(thrown);
  } catch {
    return 'script\n\nThe code threw a value that cannot be shown';
  }
}

function messageOf(thrown) {
  if (!isObject(thrown)) return clip(String(thrown));
  const { name, message } = thrown;
  if (typeof message !== 'string') return clip(String(thrown));
  if (typeof name !== 'string' || name === '') return clip(message);
  return message === '' ? clip(name) : clip(name) + ': ' + clip(message);
}

function clip(text) {
  return text.length > L.MAX_FAULT_CHARS ? text.slice(0, L.MAX_FAULT_CHARS) + '...' : text;
}

function isObject(value) {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

// ---- values out

function textOf(value) {
  const text = String(value);
  if (text.length > L.MAX_VALUE_CHARS) throw tooLarge('MAX_VALUE_CHARS', L.MAX_VALUE_CHARS);
  return text;
}

let budget = 0;

function encode(value) {
  budget = L.MAX_VALUE_CHARS;
  const text = isPlain(value, 0) ? stringifyJson(value) : stringifyJson(value, counted);
  if (text === undefined) return undefined;
  if (text.length > L.MAX_VALUE_CHARS) throw tooLarge('MAX_VALUE_CHARS', L.MAX_VALUE_CHARS);
  return text;
}

function pay(amount) {
  budget -= amount;
  if (budget < 0) throw tooLarge('MAX_VALUE_CHARS', L.MAX_VALUE_CHARS);
}

function counted(key, value) {
  pay(key.length + (typeof value === 'string' ? value.length : 1));
  return value;
}

// True when JSON.stringify calls no code of the document; counts what it will write.
function isPlain(value, depth) {
  switch (typeof value) {
    case 'string':
      pay(value.length + 2);
      return true;
    case 'bigint':
      return false;
    case 'object':
      break;
    default:
      pay(1);
      return true;
  }
  pay(2);
  if (value === null) return true;
  if (depth > 100) return false;
  if (isArray(value)) {
    if (getPrototypeOf(value) !== Array.prototype) return false;
    if (value.length > budget) pay(value.length);
    for (let i = 0; i < value.length; i += 1) {
      if (!isPlain(value[i], depth + 1)) return false;
    }
    return typeof value.toJSON !== 'function';
  }
  if (getPrototypeOf(value) !== Object.prototype || typeof value.toJSON === 'function') return false;
  const names = keys(value);
  for (let i = 0; i < names.length; i += 1) {
    pay(names[i].length);
    if (!isPlain(value[names[i]], depth + 1)) return false;
  }
  return true;
}

// Best effort: leaves out what JSON cannot carry.
function dump(data) {
  const source = current.sheet.flat ? data : data.data;
  const parts = [];
  for (const name of keys(source)) {
    try {
      const text = encode(source[name]);
      if (text !== undefined) parts.push(stringifyJson(name) + ':' + text);
    } catch {
      parts.push(stringifyJson(name) + ':null');
    }
  }
  return '{' + parts.join(',') + '}';
}

// ---- values in

function fromJson(text) {
  return parseJson(text);
}

function setEvent(system, name, type, sendid, origin, origintype, invokeid, data, dataText) {
  system.event = freeze({
    name, type, sendid, origin, origintype, invokeid,
    data: dataText === undefined ? data : parseJson(dataText),
  });
}

function clearEvent(system) {
  system.event = undefined;
}

function setStates(system, states) {
  system.states = states;
  system.stateSet = undefined;
}

function freezeTree(value) {
  if (value === null || typeof value !== 'object') return value;
  for (const name of keys(value)) freezeTree(value[name]);
  return freeze(value);
}

function setIoProcessors(system, text) {
  system.ioProcessors = freezeTree(parseJson(text));
}

function holderOf(data) {
  return current.sheet.flat ? data : data.data;
}

function declare(data, id) {
  const holder = holderOf(data);
  if (!(id in holder)) holder[id] = undefined;
}

function initFrom(data, id, read, system) {
  holderOf(data)[id] = read(data, system);
}

function initJson(data, id, text) {
  holderOf(data)[id] = parseJson(text);
}

// W3C B.2.1: JSON, else XML (kept as text), else a string with its white space normalised.
function initText(data, id, text) {
  holderOf(data)[id] = textValue(text);
}

function textValue(text) {
  try {
    return parseJson(text);
  } catch {
    const trimmed = text.trim();
    return trimmed.startsWith('<') ? trimmed : trimmed.replace(/\s+/g, ' ');
  }
}

// ---- foreach

// A shallow copy: the loop must not see changes of the collection (W3C 4.6).
function collect(value) {
  const items = [];
  if (isArray(value)) {
    const { length } = value;
    for (let i = 0; i < length; i += 1) {
      if (--gas.n < 0) spent();
      items.push(value[i]);
    }
    return items;
  }
  if (!isObject(value) || typeof value[Symbol.iterator] !== 'function') {
    throw new TypeError('Expected an array or an iterable to loop over');
  }
  for (const item of value) {
    if (--gas.n < 0) spent();
    items.push(item);
  }
  return items;
}

function lengthOf(items) {
  return items.length;
}

function setItem(write, data, system, items, index) {
  write(data, system, items[index]);
}
`;

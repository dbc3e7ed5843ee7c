/**
 * Text of how values and errors cross the border: as strings, numbers and booleans only, within limits.
 */
export const valuesText = String.raw`
const OUT_OF_GAS = 'limit\nMAX_CODE_STEPS\nThe code used all of its steps';

function describe(thrown) {
  if (gas.n < 0) return OUT_OF_GAS;
  try {
    const known = isObject(thrown) ? faultKinds.get(thrown) : undefined;
    const kind = known === undefined ? 'script' : known.kind;
    const limit = known === undefined ? '' : known.limit;
    return kind + '\n' + limit + '\n' + messageOf(thrown);
  } catch {
    if (gas.n < 0) return OUT_OF_GAS;
    return 'script\n\nThe code threw a value that cannot be shown';
  }
}

function messageOf(thrown) {
  if (!isObject(thrown)) return clip(String(thrown));
  const { name, message } = thrown;
  if (typeof message !== 'string') return clip(shown(thrown));
  if (typeof name !== 'string' || name === '') return clip(message);
  return message === '' ? clip(name) : clip(name) + ': ' + clip(message);
}

function clip(text) {
  return text.length > L.MAX_FAULT_CHARS ? text.slice(0, L.MAX_FAULT_CHARS) + '...' : text;
}

function isObject(value) {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}


function textOf(value) {
  const text = String(value);
  if (text.length > L.MAX_VALUE_CHARS) throw tooLarge('MAX_VALUE_CHARS', L.MAX_VALUE_CHARS);
  return text;
}

// Text for people: strings as they are, objects as JSON. An object that has a text of its own (an error, a
// Date) shows that text, and so does a list without objects. An object inside itself is shown as
// '[circular]', a Map as its entries, a Set as its values.
function shown(value) {
  const text = isObject(value) ? shownObject(value) : String(value);
  if (text.length > L.MAX_VALUE_CHARS) throw tooLarge('MAX_VALUE_CHARS', L.MAX_VALUE_CHARS);
  return text;
}

function shownObject(value) {
  if (hasOwnText(value)) return String(value);
  budget = L.MAX_VALUE_CHARS;
  // The objects around the present one, as they are shown and as they are.
  const holders = [];
  const around = [];
  return stringifyJson(value, function (key, item) {
    pay(key.length + (typeof item === 'string' ? item.length : 1));
    if (typeof item === 'bigint') return String(item);
    if (typeof item !== 'object' || item === null) return item;
    if (item instanceof Error) return String(item);
    while (holders.length > 0 && holders[holders.length - 1] !== this) {
      holders.pop();
      around.pop();
    }
    if (around.includes(item)) return '[circular]';
    const content = item instanceof NativeMap || item instanceof NativeSet ? [...item] : item;
    holders.push(content);
    around.push(item);
    return content;
  }) ?? String(value);
}

// True for functions, for lists without objects, and for objects with another toString than that of plain
// objects and arrays.
function hasOwnText(value) {
  if (typeof value === 'function' || isPlainList(value, 0)) return true;
  const { toString } = value;
  return typeof toString === 'function' && toString !== Object.prototype.toString && toString !== Array.prototype.toString;
}

function isPlainList(value, depth) {
  if (!isArray(value) || depth > 100) return false;
  for (let i = 0; i < value.length; i += 1) {
    if (--gas.n < 0) spent();
    if (isObject(value[i]) && !isPlainList(value[i], depth + 1)) return false;
  }
  return true;
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

// True when JSON.stringify calls no code of the document. Counts the characters that it will write.
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

// Leaves out values that JSON cannot carry.
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


function fromJson(text) {
  return parseJson(text);
}

// The host passes no names of Object.prototype, so no setter is called.
function objectOf() {
  const object = {};
  for (let i = 0; i < arguments.length; i += 2) object[arguments[i]] = arguments[i + 1];
  return object;
}

function setEvent(system, name, type, sendid, origin, origintype, invokeid, data, raw) {
  const event = { name, type, sendid, origin, origintype, invokeid, data };
  if (raw !== undefined) event.raw = raw;
  system.event = freeze(event);
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

// W3C B.2.1: JSON, else a string with its white space normalised. The host passes well-formed XML to initXml;
// other text that begins like XML keeps its white space.
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

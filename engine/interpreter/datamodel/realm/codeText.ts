/**
 * Text of the functions that rewritten document code calls: lookup of names, the platform's functions
 * (ors-dialect 2.7), and eval.
 */
export const codeText = String.raw`
function undeclared(name) {
  throw new ReferenceError(name + ' is not defined');
}

function noLocation(name) {
  throw fault(new ReferenceError(name + ' is not a location that can be assigned'), 'location', '');
}

function notAssignable() {
  throw fault(new SyntaxError('Expected an assignable location'), 'location', '');
}

function broken(message, position) {
  const error = new SyntaxError(message);
  gas.error = error;
  gas.at = position;
  throw error;
}

function frozen(functions) {
  for (let i = 0; i < functions.length; i += 1) if (functions[i] !== null) freeze(functions[i]);
  return functions;
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
    request('log', [shown(text)]);
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


// compile(state, text) is a function of the host. Only this closure has it, and it never reads a thrown
// value.
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
    // The host's compiler must not run out of stack while it works: here the error is one of the realm's.
    useStack(2000);
    code = compile(state, text);
  } catch {
    code = 'The text could not be compiled';
  }
  if (typeof code === 'function') return code;
  throw new SyntaxError(code);
}

function useStack(depth) {
  return depth === 0 ? 0 : 1 + useStack(depth - 1);
}

const NOT_JSON = {};

// ORS documents parse JSON by eval('(' + json + ')'), which need not be compiled. No RegExp here: V8 ends the
// process when it compiles one with little stack left, and code may call eval then.
function jsonLiteral(text) {
  let json = text.trim();
  if (json.endsWith(';')) json = json.slice(0, -1).trimEnd();
  if (!json.startsWith('(') || !json.endsWith(')')) return NOT_JSON;
  json = json.slice(1, -1).trim();
  const isContainer = (json.startsWith('{') && json.endsWith('}')) || (json.startsWith('[') && json.endsWith(']'));
  if (!isContainer || json.includes('"__proto__"')) return NOT_JSON;
  try {
    return parseJson(json);
  } catch {
    return NOT_JSON;
  }
}
`;

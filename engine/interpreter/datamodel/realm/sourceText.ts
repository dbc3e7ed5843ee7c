/**
 * Text of Object.prototype.toSource, a function of SpiderMonkey that ORS documents call to log values. It
 * returns source text that eval makes an equal value of. An object that contains itself is shown as {}.
 */
export const sourceText = `
function installToSource() {
  const methods = {
    toSource() {
      budget = L.MAX_VALUE_CHARS;
      return sourceOf(this, new NativeSet(), true);
    },
  };
  defineProperty(Object.prototype, 'toSource', {
    value: methods.toSource, writable: true, enumerable: false, configurable: true,
  });
}

function sourceOf(value, open, isTop) {
  pay(4);
  switch (typeof value) {
    case 'string': {
      pay(value.length);
      return isTop ? '(new String(' + stringifyJson(value) + '))' : stringifyJson(value);
    }
    case 'number': {
      const text = 1 / value === -Infinity ? '-0' : String(value);
      return isTop ? '(new Number(' + text + '))' : text;
    }
    case 'boolean':
      return isTop ? '(new Boolean(' + value + '))' : String(value);
    case 'undefined':
      return '(void 0)';
    case 'bigint':
      return value + 'n';
    case 'symbol':
      return 'Symbol(' + stringifyJson(value.description ?? '') + ')';
    case 'function':
      return '(' + methodsToString(value) + ')';
    default:
      return value === null ? 'null' : objectSource(value, open, isTop);
  }
}

function methodsToString(callable) {
  return 'function ' + callable.name + '() {}';
}

function objectSource(value, open, isTop) {
  if (open.has(value)) return isArray(value) ? '[]' : '{}';
  open.add(value);
  const text = isArray(value) ? arraySource(value, open) : plainSource(value, open, isTop);
  open.delete(value);
  return text;
}

function arraySource(value, open) {
  const parts = [];
  if (value.length > budget) pay(value.length);
  for (let i = 0; i < value.length; i += 1) parts.push(sourceOf(value[i], open, false));
  return '[' + parts.join(', ') + ']';
}

function plainSource(value, open, isTop) {
  const tag = apply(Object.prototype.toString, value, []);
  switch (tag) {
    case '[object Date]':
      return '(new Date(' + apply(NativeDate.prototype.getTime, value, []) + '))';
    case '[object RegExp]':
      return String(value);
    case '[object Error]':
      return '(new ' + errorName(value) + '(' + sourceOf(String(value.message), open, false) + '))';
    case '[object String]':
    case '[object Number]':
    case '[object Boolean]':
      return sourceOf(value.valueOf(), open, true);
  }
  const parts = [];
  for (const name of keys(value)) {
    pay(name.length);
    parts.push(keySource(name) + ':' + sourceOf(value[name], open, false));
  }
  const text = '{' + parts.join(', ') + '}';
  return isTop ? '(' + text + ')' : text;
}

const ERROR_NAMES = new NativeSet([
  'EvalError', 'RangeError', 'ReferenceError', 'SyntaxError', 'TypeError', 'URIError',
]);

function errorName(error) {
  return ERROR_NAMES.has(error.name) ? error.name : 'Error';
}

// Without a RegExp: see jsonLiteral.
function keySource(name) {
  for (let i = 0; i < name.length; i += 1) {
    const code = name.charCodeAt(i);
    const isLetter = (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 95 || code === 36;
    const isDigit = code >= 48 && code <= 57;
    if (!isLetter && (!isDigit || i === 0)) return stringifyJson(name);
  }
  return name === '' ? '""' : name;
}
`;

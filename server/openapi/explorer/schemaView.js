import { element, prose, resolved, shown } from './elements.js';

const MAX_SHOWN_VALUES = 12;
const LIMITS = [
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'pattern',
  'format',
  'default',
];

/** A schema as a tree. Parts are made when they are opened, because schemas may contain themselves. */
export function schemaView(api, schema) {
  const { part, name } = resolved(api, schema);
  if (part === undefined) return element('p', {}, 'Any value.');
  return element(
    'div',
    { class: 'schema' },
    element(
      'p',
      {},
      name === undefined ? undefined : element('code', {}, name),
      ` ${kindOf(part)} `,
      limitsOf(part),
    ),
    prose(part.description),
    partsOf(api, part),
  );
}

function partsOf(api, part) {
  const required = new Set(part.required ?? []);
  const rows = Object.entries(part.properties ?? {}).map(([name, schema]) =>
    rowOf(api, { name, schema, isRequired: required.has(name) }),
  );
  if (typeof part.additionalProperties === 'object' && Object.keys(part.additionalProperties).length > 0) {
    rows.push(rowOf(api, { name: 'any other name', schema: part.additionalProperties, isRequired: false }));
  }
  if (part.items !== undefined)
    rows.push(rowOf(api, { name: 'each item', schema: part.items, isRequired: false }));
  for (const word of ['oneOf', 'anyOf', 'allOf']) {
    for (const schema of part[word] ?? []) {
      rows.push(rowOf(api, { name: word === 'allOf' ? 'also' : 'or', schema, isRequired: false }));
    }
  }
  return rows.length === 0 ? undefined : element('ul', { class: 'fields' }, rows);
}

function rowOf(api, { name, schema, isRequired }) {
  const { part = {}, name: reference } = resolved(api, schema);
  const head = [
    element('code', { class: 'name' }, name),
    isRequired ? element('span', { class: 'required' }, ' required') : undefined,
    ` ${reference ?? kindOf(part)} `,
    limitsOf(part),
    prose(part.description),
  ];
  if (!hasParts(part)) return element('li', {}, head);
  const details = element('details', {}, element('summary', {}, head));
  details.addEventListener('toggle', () => details.append(partsOf(api, part) ?? ''), { once: true });
  return element('li', {}, details);
}

function hasParts(part) {
  return ['properties', 'items', 'oneOf', 'anyOf', 'allOf'].some((word) => part[word] !== undefined);
}

function kindOf(part) {
  if (part.const !== undefined) return shown(part.const);
  if (part.enum !== undefined) {
    const values = part.enum.slice(0, MAX_SHOWN_VALUES).map((value) => JSON.stringify(value));
    return `one of ${values.join(', ')}${part.enum.length > MAX_SHOWN_VALUES ? ', …' : ''}`;
  }
  const type = [part.type ?? ''].flat().join(' or ');
  return type === '' && !hasParts(part) ? 'any value' : type;
}

function limitsOf(part) {
  const found = LIMITS.filter((name) => part[name] !== undefined && part[name] !== Number.MAX_SAFE_INTEGER);
  const texts = found.map((name) => `${name} ${shown(part[name])}`);
  return texts.length === 0 ? undefined : element('small', {}, texts.join(', '));
}

import { element, prose, shown } from './elements.js';

const FORM = 'application/x-www-form-urlencoded';
const MULTIPART = 'multipart/form-data';

/** The fields of a request: parameters and body. An example fills them. */
export class RequestForm {
  #operation;
  #inputs = [];
  #type;
  #body;
  #files;

  constructor({ path, method, operation }) {
    this.path = path;
    this.method = method;
    this.#operation = operation;
    const { parameters = [], requestBody } = operation;
    this.element = element(
      'div',
      { class: 'request' },
      parameters.map((parameter) => this.#inputOf(parameter)),
      requestBody === undefined ? undefined : this.#bodyOf(requestBody),
    );
  }

  /** The names of the examples, of parameters, bodies and replies. */
  exampleNames() {
    const { parameters = [], requestBody, responses } = this.#operation;
    const places = [
      ...parameters,
      ...Object.values(requestBody?.content ?? {}),
      ...Object.values(responses).flatMap(({ content = {} }) => Object.values(content)),
    ];
    return [...new Set(places.flatMap(({ examples = {} }) => Object.keys(examples)))];
  }

  fill(name) {
    for (const { input, parameter } of this.#inputs) {
      input.value = parameter.examples?.[name]?.value ?? '';
    }
    const content = this.#operation.requestBody?.content ?? {};
    const type = Object.keys(content).find((one) => content[one].examples?.[name] !== undefined);
    if (this.#body === undefined) return;
    if (type !== undefined) this.#type.value = type;
    this.#body.value = type === undefined ? '' : shown(content[type].examples[name].value);
    this.#showFiles();
  }

  /** The request as fetch takes it. Throws an Error that says which field is wrong. */
  request() {
    let path = this.path;
    const query = new URLSearchParams();
    const headers = {};
    for (const { input, parameter } of this.#inputs) {
      if (input.value === '') {
        if (parameter.required) throw new Error(`Expected ${parameter.name}, got nothing.`);
        continue;
      }
      if (parameter.in === 'path')
        path = path.replace(`{${parameter.name}}`, encodeURIComponent(input.value));
      if (parameter.in === 'query') query.append(parameter.name, input.value);
      if (parameter.in === 'header') headers[parameter.name] = input.value;
    }
    const text = query.toString();
    const body = this.#bodyToSend(headers);
    const url = path.slice(1) + (text === '' ? '' : `?${text}`);
    return { url, init: { method: this.method.toUpperCase(), headers, ...(body !== undefined && { body }) } };
  }

  #inputOf(parameter) {
    const values = parameter.schema?.enum;
    const input =
      values === undefined
        ? element('input', { name: parameter.name, autocomplete: 'off' })
        : element(
            'select',
            { name: parameter.name },
            ['', ...values].map((value) => element('option', { value }, value)),
          );
    this.#inputs.push({ input, parameter });
    return element(
      'label',
      { class: 'field' },
      element(
        'span',
        {},
        element('code', {}, parameter.name),
        ` ${parameter.in}`,
        parameter.required ? ' *' : '',
      ),
      input,
      element('span', { class: 'meaning' }, prose(parameter.description)),
    );
  }

  #bodyOf({ content }) {
    this.#type = element(
      'select',
      {},
      Object.keys(content).map((type) => element('option', { value: type }, type)),
    );
    this.#body = element('textarea', { rows: 8, spellcheck: false });
    this.#files = element('div', { class: 'files' });
    this.#type.addEventListener('change', () => this.#showFiles());
    this.#showFiles();
    return element(
      'div',
      {},
      element('label', { class: 'field' }, element('span', {}, 'Content type'), this.#type),
      element('label', { class: 'body' }, 'Body (fields of a form as a JSON object)', this.#body),
      this.#files,
    );
  }

  #showFiles() {
    const encoding = this.#operation.requestBody.content[this.#type.value]?.encoding ?? {};
    this.#files.replaceChildren(
      ...Object.keys(encoding).map((name) =>
        element(
          'label',
          { class: 'field' },
          element('span', {}, element('code', {}, name), ' file'),
          element('input', { type: 'file', name }),
        ),
      ),
    );
  }

  #bodyToSend(headers) {
    const text = this.#body?.value ?? '';
    const type = this.#type?.value;
    const files = [...(this.#files?.querySelectorAll('input') ?? [])].filter(({ files: [file] }) => file);
    if (text.trim() === '' && files.length === 0) return undefined;
    if (type === FORM) return new URLSearchParams(pairsOf(text));
    if (type === MULTIPART) {
      const form = new FormData();
      const named = new Set(files.map(({ name }) => name));
      for (const [name, value] of pairsOf(text)) if (!named.has(name)) form.append(name, value);
      for (const {
        name,
        files: [file],
      } of files)
        form.append(name, file);
      return form;
    }
    headers['Content-Type'] = type;
    if (type === 'application/json') parsed(text);
    return text;
  }
}

/** The fields of a form. Several values of one name are an array. */
function pairsOf(text) {
  const fields = text.trim() === '' ? {} : parsed(text);
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) {
    throw new Error('Expected a JSON object with the fields of the form.');
  }
  return Object.entries(fields).flatMap(([name, value]) =>
    [value].flat().map((one) => [name, typeof one === 'string' ? one : JSON.stringify(one)]),
  );
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`Expected JSON in the body: ${error.message}`);
  }
}

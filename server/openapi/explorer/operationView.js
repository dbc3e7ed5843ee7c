import { element, prose, resolved, shown, spans } from './elements.js';
import { ReplyView } from './replyView.js';
import { RequestForm } from './requestForm.js';
import { schemaView } from './schemaView.js';

const REPETITIONS = {
  reads: 'It has no effect.',
  key: 'Repeating it has another effect, unless both requests have the same Idempotency-Key.',
  nature: 'Repeating it changes nothing more.',
  'nature, key':
    'Repeating it changes nothing more; with the same Idempotency-Key it also gets the first reply again.',
};

/** An operation: its meaning, a form that sends it, and the schemas. */
export function operationView(api, entry, credentials) {
  const { operation, method, path } = entry;
  const form = new RequestForm(entry);
  const reply = new ReplyView();
  const problem = element('p', { class: 'bad', role: 'alert' });
  const send = element(
    'form',
    { class: 'send' },
    examplesOf(form),
    form.element,
    element('button', {}, 'Send'),
    problem,
  );
  send.addEventListener('submit', (event) => {
    event.preventDefault();
    problem.textContent = '';
    try {
      void reply.send(form.request(), credentials());
    } catch (error) {
      problem.textContent = error.message;
    }
  });
  return [
    element('h2', {}, element('span', { class: `method ${method}` }, method.toUpperCase()), ` ${path}`),
    element(
      'p',
      { class: 'summary' },
      operation.summary,
      ' ',
      element('span', { class: 'audience' }, operation['x-audience']),
    ),
    ...prose(operation.description),
    element('p', {}, REPETITIONS[operation['x-repetition']]),
    element('h3', {}, 'Request'),
    send,
    reply.element,
    ...schemasOf(api, operation),
  ];
}

function examplesOf(form) {
  const names = form.exampleNames();
  if (names.length === 0) return undefined;
  const select = element(
    'select',
    {},
    names.map((name) => element('option', { value: name }, name)),
  );
  select.addEventListener('change', () => form.fill(select.value));
  form.fill(names[0]);
  return element('label', { class: 'field' }, element('span', {}, 'Example'), select);
}

function schemasOf(api, { requestBody, responses }) {
  const [type, content] = Object.entries(requestBody?.content ?? {})[0] ?? [];
  const body = type === undefined ? [] : [element('h3', {}, 'Body'), schemaView(api, content.schema)];
  const replies = Object.entries(responses).map(([status, given]) => {
    const { part } = resolved(api, given);
    const details = element(
      'details',
      {},
      element(
        'summary',
        {},
        element('strong', {}, status),
        ' ',
        spans((part.description ?? '').split('\n')[0]),
      ),
    );
    details.addEventListener('toggle', () => details.append(...replyParts(api, part)), { once: true });
    return details;
  });
  return [...body, element('h3', {}, 'Replies'), ...replies];
}

function replyParts(api, { description, content = {}, headers = {} }) {
  return [
    ...prose(description),
    ...Object.entries(headers).map(([name, header]) =>
      element('p', {}, element('code', {}, name), ` ${header.description}`),
    ),
    ...Object.entries(content).flatMap(([type, { schema, examples = {} }]) => [
      element('p', {}, element('code', {}, type)),
      schemaView(api, schema),
      ...Object.entries(examples).flatMap(([name, { value }]) => [
        element('p', {}, `Example ${name}:`),
        element('pre', { tabindex: 0 }, shown(value)),
      ]),
    ]),
  ];
}

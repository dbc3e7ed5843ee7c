import { element, prose } from './elements.js';
import { operationView } from './operationView.js';

const METHODS = ['get', 'post', 'put', 'delete'];
const byId = (id) => document.getElementById(id);

/** The document, and the operations that it has. */
let api;
let entries = [];
/** Headers that say who sends the requests. */
let credentials = {};

async function load() {
  const reply = await fetch('openapi.json', { headers: credentials });
  const body = await reply.json();
  if (!reply.ok) {
    byId('welcome')?.replaceChildren(`${reply.status}: ${body.message} `);
    byId('login').open = true;
    throw new Error(body.message);
  }
  api = body;
  entries = Object.entries(api.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method] !== undefined).map((method) => ({
      path,
      method,
      operation: item[method],
    })),
  );
  byId('version').textContent = api.info.version;
  list();
  show();
}

/** The operations by tag; only those that have every word of the filter. */
function list() {
  const words = byId('filter').value.toLowerCase().split(/\s+/).filter(Boolean);
  const matches = ({ path, method, operation }) => {
    const text = `${method} ${path} ${operation.summary} ${operation.tags.join(' ')}`.toLowerCase();
    return words.every((word) => text.includes(word));
  };
  const groups = api.tags.map(({ name }) => ({
    name,
    found: entries.filter((entry) => entry.operation.tags[0] === name && matches(entry)),
  }));
  byId('operations').replaceChildren(
    ...groups
      .filter(({ found }) => found.length > 0)
      .map(({ name, found }) =>
        element(
          'details',
          { open: words.length > 0 || found.some(isChosen) },
          element('summary', {}, name, element('small', {}, ` ${found.length}`)),
          element('ul', {}, found.map(linkOf)),
        ),
      ),
  );
}

function isChosen({ operation }) {
  return location.hash === `#${operation.operationId}`;
}

function linkOf({ path, method, operation }) {
  return element(
    'li',
    {},
    element(
      'a',
      { href: `#${operation.operationId}`, title: `${path}\n${operation.summary}` },
      element('span', { class: `method ${method}` }, method.toUpperCase()),
      ` ${path}`,
      element('small', {}, operation.summary),
    ),
  );
}

/** The operation of the address; without one the tags. */
function show() {
  const entry = entries.find(isChosen);
  for (const link of document.querySelectorAll('nav a')) {
    const isPresent = link.getAttribute('href') === location.hash;
    if (isPresent) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
    if (isPresent) link.closest('details').open = true;
  }
  const main = byId('operation');
  if (entry === undefined) {
    main.replaceChildren(...overview());
    return;
  }
  main.replaceChildren(...operationView(api, entry, () => credentials));
  // On a narrow page the menu is above the operation.
  if (matchMedia('(max-width: 800px)').matches) byId('menu').open = false;
  main.scrollTop = 0;
  main.focus();
}

function overview() {
  return [
    element('p', {}, api.info.description),
    element('p', {}, `${entries.length} operations at `, element('code', {}, api.servers[0].url), '.'),
    element(
      'dl',
      {},
      api.tags.map(({ name, description }) => [
        element('dt', {}, name),
        element('dd', {}, prose(description)),
      ]),
    ),
  ];
}

function headersFrom({ user, password, token, gmsUser }) {
  const headers = {};
  if (token !== '') headers.Authorization = `Bearer ${token}`;
  else if (user !== '') headers.Authorization = `Basic ${base64(`${user}:${password}`)}`;
  if (gmsUser !== '') headers.gms_user = gmsUser;
  return headers;
}

function base64(text) {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

byId('credentials').addEventListener('submit', (event) => {
  event.preventDefault();
  const fields = Object.fromEntries(new FormData(event.target));
  credentials = headersFrom(fields);
  const names = [fields.token === '' ? fields.user : 'token', fields.gmsUser].filter((name) => name !== '');
  byId('identity').textContent = names.join(', ') || 'none';
  load().then(
    () => {
      byId('login').open = false;
    },
    (error) => {
      byId('identity').textContent = `refused: ${error.message}`;
    },
  );
});
byId('filter').addEventListener('input', () => {
  byId('menu').open = true;
  list();
});
addEventListener('hashchange', show);

load().catch((error) => {
  byId('welcome')?.append(` The description could not be read: ${error.message}`);
});

import { createHash } from 'node:crypto';
import type Router from '@koa/router';

const STYLE = `
body { font-family: sans-serif; margin: 2em; }
label { display: inline-block; min-width: 5em; }
#Control div { margin-bottom: 0.5em; }
output { display: block; min-height: 1.5em; white-space: pre-wrap; }
`;

const SCRIPT = `
const byId = (id) => document.getElementById(id);
const ROOT = '/genesys/1/storage/';
let storageId = '';

async function send(method, path, body) {
  const reply = await fetch(ROOT + path, { method, body });
  const text = await reply.text();
  byId('query_result_label').textContent = reply.status + ' ' + text;
  return reply.ok ? JSON.parse(text) : undefined;
}

function values() {
  return new URLSearchParams(['Key1', 'Key2', 'Key3'].map((key) => [key, byId(key).value]));
}

function onClick(id, act) {
  byId(id).addEventListener('click', async () => {
    try {
      await act();
    } catch (error) {
      byId('query_result_label').textContent = String(error);
    }
    byId('storage_id_label').textContent = storageId;
  });
}

onClick('create', async () => {
  storageId = (await send('POST', encodeURIComponent(byId('ttl').value), values()))?.id ?? storageId;
});
onClick('update', () => storageId && send('POST', storageId + '/' + encodeURIComponent(byId('ttl').value), values()));
onClick('query', () => storageId && send('GET', storageId));
onClick('delete', async () => {
  if (storageId && (await send('DELETE', storageId))) storageId = '';
});
`;

const PAGE = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Storage API</title>
<style>${STYLE}</style>
</head>
<body>
<h1>Storage Test Controls</h1>
<div id="Control">
<div><label for="ttl">TTL</label><input id="ttl" value="3600"></div>
<div><label for="Key1">Key1</label><input id="Key1" value="Value1"></div>
<div><label for="Key2">Key2</label><input id="Key2" value="Value2"></div>
<div><label for="Key3">Key3</label><input id="Key3" value="Value3"></div>
</div>
<button id="create">Create</button>
<button id="update">Update</button>
<button id="query">Query</button>
<button id="delete">Delete</button>
<h2>Storage id</h2>
<output id="storage_id_label"></output>
<h2>Query results</h2>
<output id="query_result_label"></output>
<script>${SCRIPT}</script>
</body>
</html>
`;

/** Only this script and this style run, and they reach only this server. */
const POLICY = [
  "default-src 'none'",
  `script-src ${hashOf(SCRIPT)}`,
  `style-src ${hashOf(STYLE)}`,
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** "Storage API HTML Sample": a page that creates, changes, reads and deletes a storage area. */
export function registerStorageTestPage(router: Router): void {
  router.get('/genesys/resources/storagetest.html', (ctx) => {
    ctx.set('Content-Type', 'text/html;charset=UTF-8');
    ctx.set('Content-Security-Policy', POLICY);
    ctx.body = PAGE;
  });
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

// A tiny server for the page beside it, with another origin than the chat's server and a strict policy.
// node serve.mjs [server] [port]
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';

const [server = 'http://127.0.0.1:8080', port = '8090'] = process.argv.slice(2);
const { origin, host, protocol } = new URL(server);
const socket = `${protocol === 'https:' ? 'wss' : 'ws'}://${host}`;

/** The widget needs its script, and connections to its server: no inline script, no inline style. */
const POLICY = [
  "default-src 'none'",
  `script-src ${origin}`,
  "style-src 'self'",
  `connect-src ${origin} ${socket}`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');
const FILES = { '/': ['index.html', 'text/html'], '/page.css': ['page.css', 'text/css'] };

const listener = createServer(async (request, response) => {
  const file = FILES[new URL(request.url ?? '/', 'http://x').pathname];
  if (file === undefined) {
    response.writeHead(404).end();
    return;
  }
  const [name, type] = file;
  const text = await readFile(new URL(name, import.meta.url), 'utf8');
  response.writeHead(200, { 'Content-Type': `${type}; charset=utf-8`, 'Content-Security-Policy': POLICY });
  response.end(text.replaceAll('{server}', origin));
});
listener.listen(Number(port), '127.0.0.1', () => {
  console.log(`The page is at http://127.0.0.1:${listener.address().port}`);
});

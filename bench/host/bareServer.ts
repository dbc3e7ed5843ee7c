import Koa from 'koa';
import { koaBody } from 'koa-body';
import { openBareStore } from './bareStore.ts';

/**
 * The smallest durable server: it reads the body, commits one record with the path as its key, and answers.
 * A POST of /records commits a new one, which a GET of /records/<id> reads. It is a process of its own and
 * prints its address. Arguments: the folder of its store, and the record.
 */
const RECORDS = '/records';
const [folder = '', record = ''] = process.argv.slice(2);
const store = openBareStore(folder);
const app = new Koa();
let count = 0;
app.use(koaBody());
app.use(async (ctx) => {
  ctx.set('Content-Type', 'application/json;charset=UTF-8');
  if (ctx.method === 'GET') {
    ctx.body = store.get('session', ctx.path);
    return;
  }
  const id = String(++count);
  const key = ctx.path === RECORDS ? `${RECORDS}/${id}` : ctx.path;
  await store.write([{ table: 'session', key, text: record }]);
  ctx.body = JSON.stringify({ id });
});
const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object') console.log(`(listening on http://127.0.0.1:${address?.port})`);
});

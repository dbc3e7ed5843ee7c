import Koa from 'koa';
import { koaBody } from 'koa-body';
import { openBareStore } from './bareStore.ts';

/**
 * The smallest durable server: it reads the body, commits one record with the path as its key, and answers.
 * It is a process of its own and prints its address. Arguments: the folder of its store, and the record.
 */
const [folder = '', record = ''] = process.argv.slice(2);
const store = openBareStore(folder);
const app = new Koa();
let count = 0;
app.use(koaBody());
app.use(async (ctx) => {
  await store.write([{ table: 'session', key: ctx.path, text: record }]);
  count++;
  ctx.set('Content-Type', 'application/json;charset=UTF-8');
  ctx.body = JSON.stringify({ count });
});
const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object') console.log(`(listening on http://127.0.0.1:${address?.port})`);
});

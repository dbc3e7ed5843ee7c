import { createHash } from 'node:crypto';
import type { TestServer } from '../../../support/testServer.ts';
import type { Replacements } from '../exampleRequest.ts';
import { type Arrangements, made } from './arrangement.ts';

const AREA = 'b8e8eb60-3f14-493d-90da-0034aca34b55';
const SERVICE = 'efef8eb61-1f24-593d-90da-0034aca34b55';
const BOUNDARY = createHash('sha256').update('boundary').digest('hex');

/** The values of the documented update. */
function values(files: readonly string[], texts: Readonly<Record<string, string>>): object {
  const parts = [
    ...Object.entries(texts).map(([name, value]) => `name="${name}"\r\n\r\n${value}`),
    ...files.map((name) => `name="${name}"; filename="a.png"\r\nContent-Type: image/png\r\n\r\nPNG`),
  ];
  return {
    headers: { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` },
    body: `${parts.map((part) => `--${BOUNDARY}\r\nContent-Disposition: form-data; ${part}\r\n`).join('')}--${BOUNDARY}--\r\n`,
  };
}

async function area(server: TestServer): Promise<Replacements> {
  const content = values(['FileKey'], { Key1: 'Value6', Key2: 'Value7', Key3: 'Value8' });
  return { [AREA]: await made(server, '/genesys/1/storage/3600', content, 'id') };
}

export async function service(server: TestServer): Promise<Replacements> {
  return { [SERVICE]: await made(server, '/genesys/1/service/request-chat', { form: {} }) };
}

function serviceWith(files: readonly string[], texts: Readonly<Record<string, string>>) {
  return async (server: TestServer): Promise<Replacements> => {
    const found = await service(server);
    await server.send('POST', `/genesys/1/service/${found[SERVICE]}/storage`, values(files, texts));
    return found;
  };
}

const keys = serviceWith([], { Key1: 'Value6', Key2: 'Value7', Key3: 'Value8' });

export const STORAGE_ARRANGEMENTS: Arrangements = {
  'POST /genesys/1/storage/:id/:ttl update': { arrange: area },
  'DELETE /genesys/1/storage/:id delete': { arrange: area },
  'GET /genesys/1/storage/:id allKeys': { arrange: area },
  'GET /genesys/1/storage/:id/:key oneKey': { arrange: area },
  'GET /genesys/1/storage/binary/:id/:key oneBinaryKey': { arrange: area },
  'POST /genesys/1/service/:id/storage create': { arrange: service },
  'DELETE /genesys/1/service/:id/storage deleteAllKeys': { arrange: keys },
  'DELETE /genesys/1/service/:id/storage/:key deleteOneKey': { arrange: keys },
  'GET /genesys/1/service/:id/storage allKeys': { arrange: keys },
  'GET /genesys/1/service/:id/storage/:key oneKey': { arrange: serviceWith([], { key4: 'value4' }) },
  'GET /genesys/1/service/:id/storage/:key noSuchKey': { arrange: keys },
  'GET /genesys/1/service/:id/storage/binary/:key oneBinaryKey': {
    arrange: serviceWith(['myBinaryKey'], {}),
  },
  'DELETE /genesys/1/service/:id delete': { arrange: service },
};

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { freePort } from './freePort.ts';
import { TEST_TLS } from './tlsFront.ts';

const GUIDES = resolve(import.meta.dirname, '../../docs/guides');

export type ProxyName = 'nginx' | 'haproxy';

/** A proxy of the machine with a sample of the guide. */
export interface TestProxy {
  /** https://127.0.0.1:<port> */
  readonly url: string;
  close(): Promise<void>;
}

/** The blocks of code of a guide, in their order. */
export function samplesOf(name: ProxyName, guide = 'proxies.md'): readonly string[] {
  const blocks = readFileSync(join(GUIDES, guide), 'utf8').matchAll(
    new RegExp(`^\`\`\`${name}\n(.*?)^\`\`\``, 'gms'),
  );
  return [...blocks].map(([, text = '']) => text);
}

/** False when the machine does not have it. */
export function hasProxy(name: ProxyName): boolean {
  try {
    execFileSync(name, ['-v'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** `ports`: of the servers that the sample names 8080, 8081, and so on; the last one also for others. */
export async function startProxy(
  name: ProxyName,
  sample: string,
  ports: readonly number[],
): Promise<TestProxy> {
  const folder = mkdtempSync(join(tmpdir(), 'orsay-proxy-'));
  const port = await freePort();
  const pem = join(folder, 'contact.pem');
  writeFileSync(pem, readFileSync(TEST_TLS.certificate, 'utf8') + readFileSync(TEST_TLS.key, 'utf8'));
  const text = sample
    .replace('/etc/ssl/contact.pem', pem)
    .replace('/etc/ssl/contact.crt', TEST_TLS.certificate)
    .replace('/etc/ssl/contact.key', TEST_TLS.key)
    .replace('listen 443', `listen 127.0.0.1:${port}`)
    .replace('listen 127.0.0.1:8080', `listen 127.0.0.1:${port}`)
    .replace('bind :443', `bind 127.0.0.1:${port}`)
    .replace(/127\.0\.0\.1:808(\d)/g, (_, at) => `127.0.0.1:${ports[Number(at)] ?? ports.at(-1)}`);
  const file = join(folder, 'proxy.conf');
  writeFileSync(file, name === 'nginx' ? nginxFile(text, folder) : text);
  const args = name === 'nginx' ? ['-c', file, '-e', join(folder, 'error.log')] : ['-db', '-f', file];
  const child = spawn(name, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let output = '';
  child.stderr.on('data', (chunk) => {
    output += String(chunk);
  });
  await listening(child, port, () => output);
  return {
    url: `https://127.0.0.1:${port}`,
    async close() {
      const ended = new Promise((done) => child.once('close', done));
      child.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The sample is the section `http`; all paths are in the folder of the test. */
function nginxFile(sample: string, folder: string): string {
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `daemon off;
pid ${folder}/pid;
events {}
http {
  access_log off;
  ${paths.map((path) => `${path}_temp_path ${folder}/${path};`).join('\n  ')}
  ${sample}
}
`;
}

async function listening(child: ChildProcess, port: number, output: () => string): Promise<void> {
  const isOpen = () =>
    new Promise<boolean>((done) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('connect', () => {
        socket.destroy();
        done(true);
      });
      socket.once('error', () => done(false));
    });
  while (!(await isOpen())) {
    if (child.exitCode !== null) throw new Error(`The proxy ended: ${output()}`);
    await new Promise((done) => setTimeout(done, 20));
  }
}

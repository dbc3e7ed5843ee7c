import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { defined, type Json } from '../../engine/ports/index.ts';
import { wrongUse } from '../commandFault.ts';
import { type CommandIo, printNote, printProblem, printResult } from '../commandIo.ts';
import type { AdminTarget } from '../serverOptions.ts';
import { cellOf, fieldLines, table } from '../table.ts';

const ROOT = '/genesys/1/admin/services';

/** Options of the command line, and of a service. Values are texts on the command line. */
export interface Options {
  readonly [name: string]: string;
}
interface ServiceOptions {
  readonly [name: string]: Json;
}

export async function listServices({ io, client }: AdminTarget): Promise<void> {
  const found = (await client.ask('GET', ROOT)) as unknown as Record<string, ServiceOptions>;
  const rows = Object.entries(found).map(([name, { _type, _service, _service_type, ...others }]) => [
    name,
    cellOf(_type),
    cellOf(_service),
    cellOf(_service_type),
    String(Object.keys(others).length),
  ]);
  printResult(io, found, () => table(['SERVICE', 'TYPE', 'DOCUMENT', 'KIND', 'OPTIONS'], rows));
}

export async function showService({ io, client }: AdminTarget, name: string): Promise<void> {
  const found = (await client.ask('GET', pathOf(name))) as unknown as ServiceOptions;
  printResult(io, found, () => fieldLines(found));
}

export interface CreateRequest {
  readonly name: string;
  /** Undefined: the options say which document the service has. */
  readonly template: string | undefined;
  /** A profile of the template, whose options are below the others. */
  readonly profile: string | undefined;
  /** Path of a JSON file; '-': the standard input. */
  readonly file: string | undefined;
  readonly set: Options;
}

/** Creates a service that does not exist yet. */
export async function createService(target: AdminTarget, request: CreateRequest): Promise<void> {
  const { io, client } = target;
  const { name, template, profile, file, set } = request;
  if (profile !== undefined && template === undefined) throw wrongUse('Expected --template with --profile.');
  if (template === undefined && file === undefined && set._type === undefined) {
    throw wrongUse('Expected --template, --file, or --set _type=..., got none.');
  }
  const options = { ...(file === undefined ? {} : await optionsIn(io, file)), ...set };
  if (template !== undefined) return createFromTemplate(target, { name, template, profile, options });
  const { body } = await client.exchange('PUT', pathOf(name), { fields: options, ifNoneMatch: '*' });
  printResult(io, { name, options: body, warnings: [] }, () => created(name));
}

async function createFromTemplate(
  { io, client }: AdminTarget,
  {
    template,
    ...others
  }: Pick<CreateRequest, 'name' | 'profile'> & {
    readonly template: string;
    readonly options: ServiceOptions;
  },
): Promise<void> {
  const { name, profile, options } = others;
  const path = `/genesys/1/admin/templates/${encodeURIComponent(template)}/services`;
  const made = (await client.ask('POST', path, { name, options, ...defined({ profile }) })) as {
    readonly warnings?: unknown;
  };
  printResult(io, made, () => created(name));
  for (const { option, message } of (made.warnings ?? []) as { option: string; message: string }[]) {
    const text = `${option}: ${message}`;
    printProblem(io, { severity: 'warning', code: 'WARNING', message: text }, `Warning: ${text}`);
  }
}

function created(name: string): string {
  return `The service ${name} is there.`;
}

/** Changes some options and leaves the others. */
export async function changeService(
  { io, client }: AdminTarget,
  { name, set, unset }: { readonly name: string; readonly set: Options; readonly unset: readonly string[] },
): Promise<void> {
  if (Object.keys(set).length + unset.length === 0) throw wrongUse('Expected --set or --unset, got none.');
  const { body, etag } = await client.exchange('GET', pathOf(name));
  const options: Record<string, Json> = { ...(body as ServiceOptions) };
  for (const option of unset) {
    if (!Object.hasOwn(options, option)) printNote(io, `The service ${name} has no option ${option}.`);
    delete options[option];
  }
  const fields = { ...options, ...set };
  const changed = await client.exchange('PUT', pathOf(name), { fields, ...defined({ ifMatch: etag }) });
  printResult(io, changed.body, () => `The service ${name} is changed.`);
}

export async function deleteService(
  { io, client }: AdminTarget,
  name: string,
  { forces }: { readonly forces: boolean },
): Promise<void> {
  await client.ask('DELETE', `${pathOf(name)}${forces ? `?${new URLSearchParams({ override: name })}` : ''}`);
  printResult(io, { name }, () => `The service ${name} is deleted.`);
}

async function optionsIn(io: CommandIo, file: string): Promise<ServiceOptions> {
  const content = file === '-' ? await text(io.stdin) : await readFile(resolve(io.cwd, file), 'utf8');
  let options: unknown;
  try {
    options = JSON.parse(content);
  } catch (error) {
    throw wrongUse(`${file}: ${(error as Error).message}`, { cause: error });
  }
  if (typeof options === 'object' && options !== null && !Array.isArray(options)) {
    return options as ServiceOptions;
  }
  throw wrongUse(`${file}: expected a JSON object with the options of a service.`);
}

function pathOf(name: string): string {
  return `${ROOT}/${encodeURIComponent(name)}`;
}

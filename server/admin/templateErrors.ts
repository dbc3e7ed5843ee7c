import { WireError } from '../errors/index.ts';

export function noTemplate(name: string): WireError {
  return new WireError('TEMPLATE_NOT_FOUND', { message: `No template '${name}'.` });
}

export function noVersion(name: string, version: string): WireError {
  return new WireError('TEMPLATE_NOT_FOUND', {
    message: `No version '${version}' of the template '${name}' was uploaded.`,
  });
}

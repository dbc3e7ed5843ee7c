import type { Json } from '../../engine/ports/index.ts';

interface Operation {
  readonly name: string;
  readonly url: string;
  /** Each parameter with its meaning. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly reply: Json;
}

const ANY = 'any other parameter, as form, JSON or query; a file becomes a URL';
const ID = '0123456789ABCDEFGHIJKLMNOPQRSTUV';

/** The operations of the session interface, as /ors/help returns them. ors-dialect 1. */
export const ORS_HELP: { readonly operations: readonly (Operation & { readonly [field: string]: Json })[] } =
  {
    operations: [
      {
        name: 'start',
        url: 'POST /scxml/session/start',
        parameters: {
          src: 'URL of the document, mandatory',
          idealtime: 'milliseconds since 1970 UTC at which the session starts',
          '*': `${ANY}: start parameters of the session`,
        },
        reply: { _id: ID },
      },
      {
        name: 'event',
        url: 'POST /scxml/session/{sid}/event/{name}',
        parameters: { '*': `${ANY}: _event.data` },
        reply: {},
      },
      {
        name: 'request',
        url: 'POST /scxml/session/{sid}/request/{name}',
        parameters: { '*': `${ANY}: _event.data` },
        reply: 'what <ws:response> of the session has',
      },
      { name: 'query', url: 'GET or POST /scxml/session/{sid}/query', parameters: {}, reply: { _id: ID } },
      { name: 'terminate', url: 'POST /scxml/session/{sid}/terminate', parameters: {}, reply: {} },
      {
        name: 'basichttp',
        url: 'POST, PUT or DELETE /scxml/session/{sid}/basichttp',
        parameters: { _scxmleventname: 'name of the event', '*': `${ANY}: _event.data` },
        reply: 'none (204)',
      },
    ],
  };

/**
 * Facts about the elements of the Genesys modules (ors-dialect 2.8 to 2.12): the known elements, the
 * attributes that receive a value, and the attributes that may be written without quotes.
 */

const ELEMENTS: { readonly [module: string]: readonly string[] } = {
  session: ['fetch', 'start', 'terminate', 'updatestart'],
  ws: ['response'],
  queue: ['submit', 'update', 'cancel', 'query', 'targets', 'target', 'targetid', 'activity', 'workbin'],
  interaction: [
    'accept', 'associate', 'attach', 'createcall', 'createmessage', 'detach', 'redirect', 'setudata', 'terminate',
  ], // biome-ignore format: a table
  dialog: [
    'collect', 'input', 'pause', 'play', 'playandcollect', 'playsound', 'prompt', 'prompts', 'remote',
    'runtreatments', 'start', 'stop',
  ], // biome-ignore format: a table
};

const KNOWN = new Set(
  Object.entries(ELEMENTS).flatMap(([module, names]) => names.map((name) => `${module}.${name}`)),
);

/**
 * False for an element whose attributes are not documented. Such an attribute is text when it is not valid
 * code.
 */
export function isKnownElement(module: string, element: string): boolean {
  return KNOWN.has(`${module}.${element}`);
}

/**
 * Elements whose `requestid` names an earlier request. In other elements it receives the id of the new
 * request.
 */
const REFERS_TO_REQUEST = new Set([
  'queue.cancel',
  'queue.query',
  'queue.update',
  'dialog.stop',
  'session.updatestart',
  'ws.response',
]);

/** True when `requestid` is a location that receives the generated id. */
export function receivesRequestId(module: string, element: string): boolean {
  return !REFERS_TO_REQUEST.has(`${module}.${element}`);
}

/** True when the attribute is a location that receives the id of the session that the element starts. */
export function receivesSessionId(module: string, element: string, attribute: string): boolean {
  return module === 'session' && element === 'start' && attribute === 'sessionid';
}

/**
 * Attributes with one of a few words as value. Real documents write both `type="agentgroup"` and
 * `type="'agentgroup'"`.
 */
const BARE_WORDS = new Set([
  'type',
  'route',
  'clearontimeout',
  'ordertype',
  'method',
  'enctype',
  'detach',
  'gdelivery',
]);

export function allowsBareWord(attribute: string, literal: string): boolean {
  return BARE_WORDS.has(attribute) && /^[A-Za-z_][\w.-]*$/.test(literal);
}

/**
 * Facts about the elements of the Genesys modules (ors-dialect 2.8 to 2.12): the known elements, their
 * attributes, the parts that this platform does not perform, the attributes that receive a value, and the
 * attributes that may be written without quotes.
 */
export interface ElementFacts {
  /** The attributes that have an effect. */
  readonly attributes: readonly string[];
  /** Attributes that have no effect, and why. */
  readonly unused?: { readonly [attribute: string]: string };
  /** Attributes that lead to the error event, and why. */
  readonly refused?: { readonly [attribute: string]: string };
  /** Values that lead to the error event, by attribute, and why. */
  readonly refusedValues?: { readonly [attribute: string]: { readonly [value: string]: string } };
  /** Why the element leads to the error event. */
  readonly refusal?: string;
  /** Why the element has no effect as a child. */
  readonly unusedChild?: string;
}

const NO_VOICE = 'this server has no voice channel';
const NO_AGENT = 'it names no agent, and only agents can be selected';
const ROUTED_TO = `${NO_AGENT}; <ixn:redirect> moves an interaction to a queue`;
const NO_CACHE =
  'this server caches no replies: each fetch makes a request, which carries it as Cache-Control';
const OF_VOICE_ROUTES = `${NO_VOICE}, and this type of route is of telephone calls`;

const ELEMENTS: { readonly [element: string]: ElementFacts } = {
  'session.fetch': {
    attributes: [
      'requestid', 'src', 'srcexpr', 'method', 'enctype', 'type', 'timeout', 'headers', 'gdelivery', 'gd_retries',
      'gd_retry_interval',
    ], // biome-ignore format: a table
    unused: { maxage: NO_CACHE, maxstale: NO_CACHE },
    refusedValues: { method: { esp: 'this server has no ESP servers behind it' } },
  },
  'session.start': { attributes: ['requestid', 'src', 'srcexpr', 'sessionid', 'idealtime'] },
  'session.terminate': { attributes: ['requestid', 'sessionid'] },
  'session.updatestart': { attributes: ['requestid', 'sessionid', 'idealtime'] },
  'ws.response': { attributes: ['requestid', 'type', 'resultcode'] },
  'queue.submit': {
    attributes: [
      'requestid', 'interactionid', 'queue', 'priority', 'timeout', 'route', 'clearontimeout', 'ordertype',
      'orderstat',
    ], // biome-ignore format: a table
    refused: { src: 'this server has no stored submits' },
  },
  'queue.update': { attributes: ['requestid', 'priority', 'timeout'] },
  'queue.cancel': { attributes: ['requestid', 'interactionid', 'queue'] },
  'queue.query': { attributes: ['requestid'] },
  'queue.targets': { attributes: ['type', 'statserver'] },
  'queue.target': {
    attributes: ['name', 'type', 'statserver', 'weight', 'skillexpr', 'threshold'],
    refusedValues: {
      type: { queue: ROUTED_TO, routepoint: ROUTED_TO, dn: NO_AGENT, label: NO_AGENT },
    },
  },
  'queue.targetid': { attributes: ['expr', 'targetid'] },
  'queue.activity': { attributes: [], refusal: 'this server has no activities of workforce management' },
  'queue.workbin': { attributes: [], refusal: 'this server has no workbins' },
  'interaction.accept': { attributes: ['requestid', 'interactionid', 'resource'] },
  'interaction.associate': { attributes: ['requestid', 'interactionid', 'session', 'sessionid'] },
  'interaction.attach': { attributes: ['requestid', 'interactionid'] },
  'interaction.createcall': { attributes: [], refusal: NO_VOICE },
  'interaction.createmessage': {
    attributes: [],
    refusal: 'this server sends no messages: customers begin a chat or write an e-mail themselves',
  },
  'interaction.detach': { attributes: ['requestid', 'interactionid'] },
  'interaction.redirect': {
    attributes: ['requestid', 'interactionid', 'from', 'to', 'type', 'hints', 'detach'],
    refusedValues: {
      type: Object.fromEntries(
        ['Label', 'OverwriteDNIS', 'DDD', 'IDDD', 'Announcement', 'PostFeature', 'GetFromDN'].map((name) => [
          `RouteType${name}`,
          OF_VOICE_ROUTES,
        ]),
      ),
    },
  },
  'interaction.setudata': { attributes: ['requestid', 'interactionid', 'userdata'] },
  'interaction.terminate': {
    attributes: ['requestid', 'interactionid', 'reason'],
    refused: {
      resource: 'an interaction that is presented to the session has no party that could end it',
      hints: 'no part behind this server takes hints',
    },
  },
  ...refusedElements(
    'dialog',
    [
      'collect', 'input', 'pause', 'play', 'playandcollect', 'playsound', 'prompt', 'prompts', 'remote',
      'start', 'stop',
    ], // biome-ignore format: a table
    NO_VOICE,
  ),
  'dialog.runtreatments': { attributes: [], refusal: NO_VOICE, unusedChild: NO_VOICE },
};

/** Modules all of whose elements lead to their error events, and why. */
const REFUSED_MODULES: { readonly [module: string]: string } = {
  classification: 'this server has no classification server',
  statistic: '_genesys.statistic.sData needs no subscription here',
};

const NOT_SHOWN = 'public material does not show its parameters; ask sData for each object';

/** Functions under `_genesys`, with why this platform does not perform them. */
const FUNCTIONS: { readonly [module: string]: { readonly [name: string]: string | undefined } } = {
  session: {
    setTenant: undefined,
    getListItemValue: undefined,
    listLookupValue: undefined,
    getConfigOption: undefined,
    isSpecialDay: undefined,
    timeInZone: undefined,
    dateInZone: undefined,
    dayInZone: undefined,
  },
  queue: { excludeAgents: undefined },
  statistic: { sData: undefined, getAvgData: NOT_SHOWN, getMinData: NOT_SHOWN, getMaxData: NOT_SHOWN },
  ixn: { setuData: undefined, getuData: undefined, deleteuData: undefined },
};

/** The functions of `_genesys.<module>`. Undefined: there is no such module. */
export function functionsOf(module: string): { readonly [name: string]: string | undefined } | undefined {
  return Object.hasOwn(FUNCTIONS, module) ? FUNCTIONS[module] : undefined;
}

function refusedElements(
  module: string,
  names: readonly string[],
  refusal: string,
): { readonly [element: string]: ElementFacts } {
  return Object.fromEntries(names.map((name) => [`${module}.${name}`, { attributes: [], refusal }]));
}

/** Undefined: the element is not documented. */
export function factsOf(module: string, element: string): ElementFacts | undefined {
  const key = `${module}.${element}`;
  return Object.hasOwn(ELEMENTS, key) ? ELEMENTS[key] : undefined;
}

/** The names of the documented elements of a module. */
export function elementsOf(module: string): readonly string[] {
  const prefix = `${module}.`;
  return Object.keys(ELEMENTS).flatMap((key) => (key.startsWith(prefix) ? key.slice(prefix.length) : []));
}

/** Why an element leads to its error event on this platform. Undefined: nothing is known against it. */
export function refusalOf(module: string, element: string): string | undefined {
  const ofModule = Object.hasOwn(REFUSED_MODULES, module) ? REFUSED_MODULES[module] : undefined;
  return ofModule ?? factsOf(module, element)?.refusal;
}

/**
 * False for an element whose attributes are not documented. Such an attribute is text when it is not valid
 * code.
 */
export function isKnownElement(module: string, element: string): boolean {
  return factsOf(module, element) !== undefined;
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
  'orderstat',
  'method',
  'enctype',
  'detach',
  'gdelivery',
]);

export function allowsBareWord(attribute: string, literal: string): boolean {
  return BARE_WORDS.has(attribute) && /^[A-Za-z_][\w.-]*$/.test(literal);
}

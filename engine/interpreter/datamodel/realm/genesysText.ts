/**
 * Text of the functions under _genesys (ors-dialect 2.8 and 2.11), and of setting its values. The values are
 * frozen. All sessions of the process share equal parts: most parts are enumerations.
 */
export const genesysText = `
// Java's short zone ids, which Genesys configurations use; Intl knows the long names.
const ZONES = {
  __proto__: null,
  GMT: 'Etc/GMT', UTC: 'Etc/UTC', ECT: 'Europe/Paris', EET: 'Europe/Athens', ART: 'Africa/Cairo',
  EAT: 'Africa/Addis_Ababa', MET: 'Asia/Tehran', NET: 'Asia/Yerevan', PLT: 'Asia/Karachi',
  IST: 'Asia/Kolkata', BST: 'Asia/Dhaka', VST: 'Asia/Ho_Chi_Minh', CTT: 'Asia/Shanghai', JST: 'Asia/Tokyo',
  ACT: 'Australia/Darwin', AET: 'Australia/Sydney', SST: 'Pacific/Guadalcanal', NST: 'Pacific/Auckland',
  MIT: 'Pacific/Apia', HST: 'Pacific/Honolulu', AST: 'America/Anchorage', PST: 'America/Los_Angeles',
  PNT: 'America/Phoenix', MST: 'America/Denver', CST: 'America/Chicago', EST: 'America/New_York',
  IET: 'America/Indiana/Indianapolis', PRT: 'America/Puerto_Rico', CNT: 'America/St_Johns',
  AGT: 'America/Argentina/Buenos_Aires', BET: 'America/Sao_Paulo', CAT: 'Africa/Harare',
  CET: 'Europe/Paris', WET: 'Europe/Lisbon',
};
const formats = new NativeMap();

function zoneParts(zone) {
  const name = String(zone);
  let format = formats.get(name);
  if (format === undefined) {
    burn(2000);
    format = new DateTimeFormat('en-US', {
      timeZone: ZONES[name] ?? name, hourCycle: 'h23', weekday: 'short', year: 'numeric', month: '2-digit',
      day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit',
    });
    if (formats.size >= 200) formats.clear();
    formats.set(name, format);
  }
  burn(20);
  const parts = { __proto__: null };
  for (const { type, value } of format.formatToParts(new NativeDate(current.now))) parts[type] = value;
  return parts;
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

function own(object, key) {
  if (!isObject(object)) return undefined;
  const found = getOwnPropertyDescriptor(object, String(key));
  return found === undefined ? undefined : found.value;
}

// The value under a key; the whole object without a key. Composer writes '' for a key that was left empty.
function part(object, key) {
  return key === undefined || key === null || key === '' ? object : own(object, key);
}

// A part of the installation: lists, options or specialDays. Documents read them through the functions below
// only.
function installed(part) {
  return own(current.installation, part);
}

// The last installation. It is the same for all sessions, and may be large.
let lastInstallation = { text: '', value: undefined };

function installationOf(text) {
  if (text !== lastInstallation.text) {
    lastInstallation = { text, value: text === '' ? undefined : freezeTree(parseJson(text)) };
  }
  return lastInstallation.value;
}

function setFigures(system, text) {
  system.asks = undefined;
  if (text === '') {
    system.figures = undefined;
    return;
  }
  const figures = new NativeMap();
  for (const [object, statistic, value] of parseJson(text)) {
    figures.set(figureKey(object, statistic), value === null ? NaN : value);
  }
  system.figures = figures;
}

function takeAsks(system) {
  const { asks } = system;
  system.asks = undefined;
  return asks === undefined ? '' : stringifyJson(asks);
}

function figureKey(object, statistic) {
  return object.length + ':' + object + statistic;
}

// A value that the step was not given is asked for: the step is computed again with it. So the number that
// the code gets meanwhile does not matter.
function figureOf(object, statistic) {
  const call = '_genesys.statistic.sData';
  if (isObject(object)) {
    throw new TypeError(call + '() takes the name of an object and of a statistic here: define the statistic in the configuration (statistics.types), and give its name');
  }
  const [name, wanted] = [textOf(object), textOf(statistic)];
  const { figures } = current;
  if (figures === undefined) throw new Error(call + '(' + clip(name) + ', ' + clip(wanted) + ') has nobody to ask');
  if (name.length > L.MAX_FIGURE_NAME_CHARS || wanted.length > L.MAX_FIGURE_NAME_CHARS) {
    throw tooLarge('MAX_FIGURE_NAME_CHARS', L.MAX_FIGURE_NAME_CHARS);
  }
  burn(10);
  const key = figureKey(name, wanted);
  if (!figures.has(key)) {
    if (figures.size >= L.MAX_FIGURES_PER_STEP) {
      throw fault(new RangeError('Expected at most ' + L.MAX_FIGURES_PER_STEP + ' values of statistics in a step'), 'limit', 'MAX_FIGURES_PER_STEP');
    }
    figures.set(key, NaN);
    (current.asks ??= []).push([name, wanted]);
  }
  const value = figures.get(key);
  if (typeof value === 'string') throw new Error(call + '(' + clip(name) + ', ' + clip(wanted) + '): ' + value);
  return value;
}

const genesysFunctions = {
  session: {
    // As texts, HH:MM:SS and YYYY-MM-DD compare in the order of time. The formats are inferred.
    timeInZone(zone) {
      const { hour, minute, second } = zoneParts(zone);
      return hour + ':' + minute + ':' + second;
    },
    dateInZone(zone) {
      const { year, month, day } = zoneParts(zone);
      return year + '-' + month + '-' + day;
    },
    dayInZone(zone) {
      return DAYS.indexOf(zoneParts(zone).weekday);
    },
    getListItemValue(list, item, key) {
      const value = own(own(installed('lists'), list), item);
      return part(value, key);
    },
    listLookupValue(list, item, key) {
      return genesysFunctions.session.getListItemValue(list, item, key);
    },
    getConfigOption(section, option) {
      const found = own(installed('options'), section);
      return part(found, option);
    },
    isSpecialDay(name, zone) {
      const days = own(installed('specialDays'), name);
      const date = genesysFunctions.session.dateInZone(zone ?? 'UTC');
      return isArray(days) && (days.includes(date) || days.includes(date.slice(5)));
    },
    setTenant(tenant) {
      request('session.setTenant', [String(tenant)]);
    },
  },
  queue: {
    // Returns the list that held before.
    excludeAgents(...agents) {
      const before = own(own(current.genesys, 'queue'), 'excludedAgents');
      request('queue.excludeAgents', [agents.map(String).join(',')]);
      return before ?? '';
    },
  },
  statistic: {
    sData(object, statistic) {
      return figureOf(object, statistic);
    },
  },
  ixn: {
    setuData(values, interactionId) {
      request('ixn.setuData', interactionId === undefined ? [values] : [values, interactionId]);
    },
    // A key, or an array of keys.
    deleteuData(names, interactionId) {
      const values = {};
      for (const name of isArray(names) ? names : [names]) defineProperty(values, String(name), { value: null, enumerable: true });
      genesysFunctions.ixn.setuData(values, interactionId);
    },
    getuData(key, interactionId) {
      const ixn = own(current.genesys, 'ixn');
      const id = interactionId ?? own(ixn, 'firstixnid');
      const values = own(own(own(ixn, 'interactions'), id), 'udata');
      return part(values, key);
    },
  },
};

// Interactions can be read by id and by number (ors-dialect 2.11). Only the ids are enumerable.
function numbered(views) {
  const copy = {};
  const ids = keys(views);
  for (const id of ids) defineProperty(copy, id, { value: views[id], enumerable: true });
  for (let i = 0; i < ids.length; i += 1) {
    if (own(views, i) === undefined) defineProperty(copy, i, { value: views[ids[i]] });
  }
  return freeze(copy);
}

const sharedParts = new NativeMap();

function sharedPart(text) {
  let value = sharedParts.get(text);
  if (value === undefined) {
    value = freezeTree(parseJson(text));
    if (text.length <= 8192) {
      if (sharedParts.size >= 500) sharedParts.clear();
      sharedParts.set(text, value);
    }
  }
  return value;
}

// The value of _genesys is built from parts: module, property, JSON text; '' as property for the module
// itself.
let building;

function beginGenesys() {
  building = { __proto__: null };
}

function addGenesys(module, name, text) {
  if (name === '') {
    building[module] = sharedPart(text);
    return;
  }
  const target = (building[module] ??= {});
  const value = sharedPart(text);
  const isList = module === 'ixn' && name === 'interactions' && isObject(value);
  defineProperty(target, name, { value: isList ? numbered(value) : value, enumerable: true });
}

function endGenesys(system, installation) {
  const genesys = {};
  for (const module of keys(building)) {
    defineProperty(genesys, module, { value: building[module], enumerable: true });
  }
  for (const module of keys(genesysFunctions)) {
    let part = own(genesys, module);
    if (!isObject(part) || isFrozen(part)) {
      part = {};
      defineProperty(genesys, module, { value: part, enumerable: true });
    }
    const functions = genesysFunctions[module];
    for (const name of keys(functions)) defineProperty(part, name, { value: functions[name], enumerable: true });
  }
  for (const module of keys(genesys)) freeze(genesys[module]);
  system.genesys = freeze(genesys);
  system.installation = installationOf(installation);
  building = undefined;
}
`;

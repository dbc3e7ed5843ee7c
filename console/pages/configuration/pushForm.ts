import { configurationTexts } from './configurationTexts.ts';
import { type Content, type FieldSpec, MASK, type PartForm, textOf, unlessSame } from './partForm.ts';
import { byName } from './patternForm.ts';

/** Options that hold a key itself. */
const SECRETS = ['fcm.serviceAccount', 'apple.key', 'apple.certificate', 'apple.passphrase'];
/** The options of a connection and of the look of its notifications, as docs/guides/push.md has them. */
const SERVICES = {
  Firebase: [...['fcm.serviceAccount', 'fcm.serviceAccountFile', 'fcm.url'], ...['fcm.title', 'fcm.body']],
  Apple: [
    ...['apple.key', 'apple.keyFile', 'apple.keyId', 'apple.teamId', 'apple.topic'],
    ...[
      'apple.certificate',
      'apple.certificateFile',
      'apple.passphrase',
      'apple.passphraseFile',
      'apple.url',
    ],
    ...['apple.title', 'apple.alertMessage.body', 'apple.badge', 'apple.sound', 'apple.content-available'],
  ],
  customhttp: ['customhttp.url', 'customhttp.message'],
};
/** A provider, whose texts are options. */
export function providerForm(): PartForm {
  return formOf([]);
}

/** The section `push` without its providers, which stay as they are. */
export function pushForm(): PartForm {
  const t = configurationTexts();
  const general: readonly FieldSpec[] = [
    { name: 'pushEnabled', hint: t.hintTypes },
    { name: 'defaultSubscriptionExpiration', hint: t.hintExpiration, kind: 'number' },
    { name: 'localizationFileLocation', hint: t.hintLocalization },
    { name: 'trustedCertificatesFile', hint: t.hintCertificates },
    { name: 'httpcb.allow', hint: t.hintAllow, kind: 'lines' },
  ];
  const form = formOf([{ title: t.general, fields: general }]);
  return {
    ...form,
    read({ provider: _provider, httpcb, pushEnabled, ...options }) {
      const { fields, rows } = form.read(options);
      const { allow = [] } = (httpcb ?? {}) as { readonly allow?: readonly string[] };
      const types = Array.isArray(pushEnabled) ? pushEnabled.join(',') : textOf(pushEnabled);
      return { fields: { ...fields, pushEnabled: types, 'httpcb.allow': allow.join('\n') }, rows };
    },
    write({ fields, rows }, stored) {
      const {
        pushEnabled = '',
        defaultSubscriptionExpiration = '',
        'httpcb.allow': lines = '',
        ...options
      } = fields;
      const { provider, httpcb, pushEnabled: types } = stored;
      const allow = lines
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => line !== '');
      const isSame = Array.isArray(types) && types.join(',') === pushEnabled;
      return {
        ...form.write({ fields: options, rows }, stored),
        ...(pushEnabled === '' ? {} : { pushEnabled: isSame ? types : pushEnabled }),
        ...(defaultSubscriptionExpiration === ''
          ? {}
          : { defaultSubscriptionExpiration: Number(defaultSubscriptionExpiration) }),
        // An empty list allows nobody; without the setting, http.allow would count.
        ...(allow.length === 0 && httpcb === undefined ? {} : { httpcb: { allow } }),
        ...(provider === undefined ? {} : { provider }),
      };
    },
  };
}

function formOf(general: PartForm['groups']): PartForm {
  const t = configurationTexts();
  const services = Object.entries(SERVICES).map(([title, names]) => ({
    title,
    fields: names.map((name): FieldSpec => (SECRETS.includes(name) ? { name, kind: 'secret' } : { name })),
  }));
  const groups = [...general, ...services];
  const known = new Set(groups.flatMap(({ fields }) => fields.map(({ name }) => name)));
  return {
    groups,
    rows: [
      {
        name: 'others',
        label: t.others,
        hint: t.othersHint,
        columns: [
          { key: 'name', title: t.name },
          { key: 'value', title: t.value },
        ],
        fieldOf: ({ name = '' }) => name,
      },
    ],
    read(value) {
      const entries = Object.entries(value).map(([name, one]) => [name, shownText(name, one)] as const);
      return {
        fields: Object.fromEntries(entries.filter(([name]) => known.has(name))),
        rows: {
          others: entries.filter(([name]) => !known.has(name)).map(([name, text]) => ({ name, value: text })),
        },
      };
    },
    write({ fields, rows: { others = [] } }, stored) {
      const options = Object.entries(fields).filter(([name, text]) => text !== '' || stored[name] === null);
      const all = [...options, ...others.map(({ name = '', value = '' }) => [name, value] as const)];
      return byName(all.map(([name, text]) => [name, writtenValue(name, text, stored)]));
    },
  };
}

/** A stored key is not shown, not even to those who may read it. */
function shownText(name: string, value: unknown): string {
  return SECRETS.includes(name.replace(/^debug\./, '')) ? MASK : textOf(value);
}

function writtenValue(name: string, text: string, stored: Content): unknown {
  return text === MASK ? MASK : unlessSame(text, stored[name]);
}

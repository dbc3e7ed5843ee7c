import { expect } from 'chai';
import { initialChatDelayOptions } from '../../../strategies/options/callbackProfiles.ts';
import { checkOption, checkOptions } from '../../../strategies/options/checkOption.ts';
import { mergeOptions, permittedFields } from '../../../strategies/options/mergeOptions.ts';
import { CALLBACK_OPTIONS, type ServiceOptions } from '../../../strategies/options/options.ts';

describe('service options', () => {
  it('are valid and known in a new installation', () => {
    expect(checkOptions(initialChatDelayOptions())).to.deep.equal([]);
    expect(
      Object.keys(initialChatDelayOptions()).filter((name) => !(name in CALLBACK_OPTIONS)),
    ).to.deep.equal([]);
  });

  const cases: readonly [name: string, good: readonly string[], bad: readonly string[]][] = [
    ['_wait_for_agent', ['true', 'FALSE', '', ' true '], ['yes', '1']],
    ['_ttl', ['0', '86400'], ['-1', '1.5', '1d', '1e3']],
    ['_eta_pos_threshold', ['0:10', '0:10,10:5, 20:2'], ['10', '0:10,', 'a:b']],
    [
      '_target',
      [
        'Billing@Stat_Server.GA',
        '?:English=20@Stat_Server.GA',
        '[{"target":"a@b.GA","timeout":"10"}]',
        '$group$@x.GA',
      ],
      ['Billing', '[]'],
    ],
    ['_customer_lookup_keys', ['_customer_number', 'a, b.c'], ['a b', 'a,,b']],
    ['_queue_poll_period', ['-120,120'], ['120']],
    ['_ixn_redirect_hints', ['{"a":1}'], ['[1]', 'x']],
    ['_media_type', ['chat', 'voice'], ['fax']],
    ['_own_option', ['anything'], []],
  ];
  for (const [name, good, bad] of cases) {
    it(`are checked by their type: ${name}`, () => {
      for (const value of good) {
        expect(checkOption(name, value), value).to.equal(undefined);
      }
      for (const value of bad) {
        expect(checkOption(name, value), value).to.match(/^expected .+, got '/);
      }
    });
  }

  describe('in a request', () => {
    const request = {
      _customer_number: '5115',
      _device_os: 'comet',
      _media_type: 'voice',
      _provide_code: 'true',
      _service_type: 'callback',
      _target: 'Gold@Stat_Server.GA',
      _ttl: '9999999',
      _urs_virtual_queue: 'B',
      _urs_vq_priority: 1000,
      _urs_vq_priority_increment: 1000,
      _own: 'x',
      colour: 'red',
    };
    const configured = { ...initialChatDelayOptions(), _own: 'y' };
    const ignoredOf = (sender: 'customer' | 'platform', options: ServiceOptions = configured) =>
      permittedFields(options, request, sender).ignored;

    it('are for customers those that the vendor documents as parameters of requests', () => {
      expect(ignoredOf('customer')).to.deep.equal([
        '_media_type',
        '_target',
        '_ttl',
        '_urs_vq_priority',
        '_urs_vq_priority_increment',
        '_own',
      ]);
      expect(ignoredOf('customer', { _type: 'ors', _service: 'hello', _ttl: '60' })).to.include('_ttl');
    });

    it('are for customers those of _overwritable_options, once it is set', () => {
      expect(
        ignoredOf('customer', { ...configured, _overwritable_options: '_target, _own, _media_type' }),
      ).to.deep.equal([
        '_media_type',
        '_provide_code',
        '_ttl',
        '_urs_virtual_queue',
        '_urs_vq_priority',
        '_urs_vq_priority_increment',
      ]);
    });

    it('are for other servers all but those that decide which document runs', () => {
      expect(ignoredOf('platform')).to.deep.equal(['_media_type']);
      expect(ignoredOf('platform', { ...configured, _overwritable_options: '_ttl' })).to.deep.equal([
        '_media_type',
      ]);
    });

    it('replace the configured value, or leave it when they are ignored', () => {
      const { fields } = permittedFields(configured, request, 'customer');
      expect(mergeOptions(configured, fields)).to.deep.equal({
        options: { ...configured, _provide_code: 'true', _urs_virtual_queue: 'B' },
        problems: [],
      });
      expect(Object.keys(fields)).to.deep.equal([
        '_customer_number',
        '_device_os',
        '_provide_code',
        '_service_type',
        '_urs_virtual_queue',
        'colour',
      ]);
    });
  });

  it('take every token of a value from the own fields of the request', () => {
    const configured = { _urs_virtual_queue: 'VQ_$lang$_$tier$', _price: 'costs $5 or $6' };
    expect(mergeOptions(configured, { lang: 'fr', tier: 2 })).to.deep.equal({
      options: { _urs_virtual_queue: 'VQ_fr_2', _price: 'costs $5 or $6' },
      problems: [],
    });
    expect(mergeOptions({ _x: '$constructor$' }, {}).problems).to.deep.equal([
      "_x: its value '$constructor$' needs the parameter 'constructor', which the request does not have.",
    ]);
  });

  it('are checked again when tokens are replaced', () => {
    expect(mergeOptions({ _ttl: '$ttl$' }, { ttl: 'long' }).problems).to.deep.equal([
      "_ttl: expected a whole number, zero or more, got 'long'.",
    ]);
  });
});

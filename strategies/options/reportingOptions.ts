import { type OptionRows, optionsIn } from './optionRow.ts';

const noEffect = "needs the vendor's reporting: reports here are made from the callbacks themselves";

/** Options that send facts about callbacks to the vendor's reporting. */
export const REPORTING_OPTIONS: OptionRows = optionsIn(
  { category: 'Reporting', noEffect },
  {
    _cb_dim_channel: { type: 'string', description: 'The channel of a callback in reports.' },
    _rep_userevent_dn: { type: 'string', description: 'The DN to which user events for reports are sent.' },
    _rep_userevent_enable: {
      type: 'boolean',
      default: 'false',
      description: 'Send user events for reports.',
    },
    _rep_userevent_mediatype: {
      type: 'integer',
      default: '0',
      description: 'Media type of user events for reports.',
    },
    _rep_userevent_switch: { type: 'string', description: 'The switch of `_rep_userevent_dn`.' },
    _reporting_aggregator_url: { type: 'url', description: 'URL of the reporting aggregator.' },
    _use_reporting_aggregator: { type: 'boolean', description: 'Send facts to the reporting aggregator.' },
  },
);

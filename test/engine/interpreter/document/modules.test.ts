import { expect } from 'chai';
import { parseDocument } from '../../../../engine/interpreter/index.ts';

const MODULES = ['session', 'ws', 'queue', 'dialog', 'classification', 'statistic']
  .map((module) => `xmlns:${module}="http://www.genesyslab.com/modules/${module}"`)
  .join(' ');

/** Codes and messages of the warnings about elements of modules in the entry of a state. */
async function warningsOf(content: string): Promise<readonly string[]> {
  const { warnings } = await parseDocument(`<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0"
    profile="ecmascript" ${MODULES} xmlns:ixn="http://www.genesyslab.com/modules/interaction">
    <state id="a"><onentry>${content}</onentry></state></scxml>`);
  return warnings
    .filter(({ code }) => ['MODULE_UNSUPPORTED', 'ATTRIBUTE_UNKNOWN'].includes(code))
    .map(({ code, message }) => `${code} ${message}`);
}

const submit = (attributes: string, children = ''): string =>
  `<queue:submit ${attributes}><queue:targets>${children}</queue:targets></queue:submit>`;
const NO_VOICE = 'this server has no voice channel';
const ROUTED_TO =
  'it names no agent, and only agents can be selected; <ixn:redirect> moves an interaction to a queue.';

const WARNED: readonly (readonly [content: string, ...warnings: readonly string[]])[] = [
  [
    `<session:fetch srcexpr="'u'" maxage="5" maxstale="9"/>`,
    ...['maxage', 'maxstale'].map(
      (name) =>
        `MODULE_UNSUPPORTED ${name} of <session:fetch> has no effect: this server caches no replies: each fetch makes a request, which carries it as Cache-Control.`,
    ),
  ],
  [
    `<session:fetch srcexpr="'u'" method="'esp'"/>`,
    "MODULE_UNSUPPORTED method of <session:fetch> leads to error.session.fetch by its value 'esp': this server has no ESP servers behind it.",
  ],
  [
    `<session:fetch srcexpr="'u'" username="'u'" tiemout="5"/>`,
    'ATTRIBUTE_UNKNOWN username of <session:fetch> is not documented, and has no effect.',
    "ATTRIBUTE_UNKNOWN tiemout of <session:fetch> is not documented, and has no effect. Did you mean 'timeout'?",
  ],
  [
    submit(
      `src="'u'"`,
      '<queue:target name="\'Q\'" type="queue"/><queue:target name="\'1\'" type="\'DN\'"/>',
    ),
    'MODULE_UNSUPPORTED src of <queue:submit> leads to error.queue.submit: this server has no stored submits.',
    `MODULE_UNSUPPORTED type of <queue:target> leads to error.queue.submit by its value 'queue': ${ROUTED_TO}`,
    "MODULE_UNSUPPORTED type of <queue:target> leads to error.queue.submit by its value 'dn': it names no agent, and only agents can be selected.",
  ],
  [
    '<queue:submit><queue:activity/><queue:workbin/><dialog:runtreatments/><queue:target/></queue:submit>',
    'MODULE_UNSUPPORTED <queue:activity> leads to error.queue.submit: this server has no activities of workforce management.',
    'MODULE_UNSUPPORTED <queue:workbin> leads to error.queue.submit: this server has no workbins.',
    `MODULE_UNSUPPORTED <dialog:runtreatments> has no effect: ${NO_VOICE}.`,
  ],
  ...['fm', "'fm'"].map(
    (type) =>
      [
        `<send event="'e'" type="${type}" target="'queue'"/>`,
        'MODULE_UNSUPPORTED <send> of type fm leads to error.send.targetunavailable: no functional module takes events.',
      ] as const,
  ),
  [
    '<queue:submti/>',
    "MODULE_UNSUPPORTED <queue:submti> leads to error.queue.submti: it is not documented. Did you mean 'submit'?",
  ],
  [
    `<ixn:terminate interactionid="i" reason="r" resource="x" hints="h"/>`,
    'MODULE_UNSUPPORTED resource of <ixn:terminate> leads to error.interaction.terminate: an interaction that is presented to the session has no party that could end it.',
    'MODULE_UNSUPPORTED hints of <ixn:terminate> leads to error.interaction.terminate: no part behind this server takes hints.',
  ],
  [
    '<ixn:redirect to="t" type="_genesys.queue.rType.RouteTypeDDD"/>',
    `MODULE_UNSUPPORTED type of <ixn:redirect> leads to error.interaction.redirect by its value 'RouteTypeDDD': ${NO_VOICE}, and this type of route is of telephone calls.`,
  ],
  [
    '<ixn:createcall/><ixn:createmessage/>',
    `MODULE_UNSUPPORTED <ixn:createcall> leads to error.interaction.createcall: ${NO_VOICE}.`,
    'MODULE_UNSUPPORTED <ixn:createmessage> leads to error.interaction.createmessage: this server sends no messages: customers begin a chat or write an e-mail themselves.',
  ],
  [
    '<dialog:play><dialog:prompt/></dialog:play>',
    `MODULE_UNSUPPORTED <dialog:play> leads to error.dialog.play: ${NO_VOICE}.`,
  ],
  [
    `<log expr="_genesys.statistic.getAvgData('G@S.GA', 'StatAgentsTotal')"/><script>var x = _genesys.ixn.getUData('a') + my._genesys.ixn.x();</script>`,
    'MODULE_UNSUPPORTED _genesys.statistic.getAvgData() leads to an error event: public material does not show its parameters; ask sData for each object.',
    "MODULE_UNSUPPORTED _genesys.ixn.getUData() leads to an error event: it is no function. Did you mean 'getuData'?",
  ],
  [
    '<classification:classify/><statistic:subscribe/>',
    'MODULE_UNSUPPORTED <classification:classify> leads to error.classification.classify: this server has no classification server.',
    'MODULE_UNSUPPORTED <statistic:subscribe> leads to error.statistic.subscribe: _genesys.statistic.sData needs no subscription here.',
  ],
];

const RIGHT: readonly string[] = [
  `<script>_genesys.statistic.sData('VQ@.Q', 'StatCallsInQueue'); _genesys.queue.excludeAgents('a'); _genesys.ixn.deleteuData('k'); _genesys.session.isSpecialDay('d');
    var hours = _genesys.session.getListItemValue('L', 'i'); _genesys.mine.call();</script>`,
  `<session:fetch requestid="r" srcexpr="'u'" method="post" enctype="t" type="t" timeout="1" headers="h"
    gdelivery="true" gd_retries="1" gd_retry_interval="1" _note="x"><content _expr="c"/></session:fetch>`,
  `<session:start src="'u'" sessionid="s" idealtime="1"/><session:updatestart sessionid="s" idealtime="2"/>
    <session:terminate sessionid="s"/><ws:response requestid="r" type="negative" resultcode="'409'"/>`,
  submit(
    `requestid="r" interactionid="i" queue="'q'" priority="1" timeout="1" route="true" clearontimeout="false"
      ordertype="max" orderstat="'StatAgentLoading'"`,
    `<queue:target name="'A'" type="agentgroup" statserver="'S'" weight="'60'" skillexpr="'E>1'" threshold="1"/>
      <queue:targetid expr="t"/>`,
  ),
  `<queue:update requestid="r" priority="5" timeout="9"/><queue:cancel requestid="r"/><queue:query requestid="r"/>`,
  `<ixn:accept interactionid="i" resource="'a'"/><ixn:attach interactionid="i"/><ixn:detach interactionid="i"/>
    <ixn:associate interactionid="i" session="s"/><ixn:terminate interactionid="i" reason="'done'"/>
    <ixn:redirect interactionid="i" from="'q'" to="t" type="_genesys.queue.rType.RouteTypeDirect" hints="h" detach="true"/>`,
];

describe('elements of Genesys modules', () => {
  for (const [content, ...warnings] of WARNED) {
    it(`get a warning where this platform does not perform them: ${content}`, async () => {
      expect(await warningsOf(content)).to.deep.equal(warnings);
    });
  }

  for (const content of RIGHT) {
    it(`get no warning where it performs them: ${content}`, async () => {
      expect(await warningsOf(content)).to.deep.equal([]);
    });
  }
});

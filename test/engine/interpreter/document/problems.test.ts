import { expect } from 'chai';
import { DocumentError } from '../../../../engine/interpreter/document/errors.ts';
import { DOCUMENT_LIMITS } from '../../../../engine/interpreter/document/limits.ts';
import type { Dialect } from '../../../../engine/interpreter/document/model.ts';
import { PROBLEM_TABLE } from '../../../../engine/interpreter/document/problemTable.ts';
import { loadDocument } from '../../../../engine/interpreter/load/load.ts';
import { brief, memoryFiles, NS, problemsOf, SCXML } from './memoryFiles.ts';

interface Case {
  readonly is: string;
  readonly xml: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly dialect?: Dialect;
  readonly found: readonly string[];
}

const XI = 'xmlns:xi="http://www.w3.org/2001/XInclude"';
const FOREIGN = 'xmlns:f="urn:foreign"';

/** A document with one state around the given lines, which begin at line 2. */
const inState = (lines: string, root = '') =>
  `<scxml ${SCXML} ${root}><state id="s">\n${lines}</state></scxml>`;
const inEntry = (lines: string, root = '') => inState(`<onentry>\n${lines}</onentry>`, root);
const inRoot = (lines: string, root = '') => `<scxml ${SCXML} ${root}>\n${lines}</scxml>`;

const CASES: readonly Case[] = [
  {
    is: 'tags that do not nest',
    xml: inState('<onentry></onexit>'),
    found: ['main.scxml:2:10 error XML_MALFORMED'],
  },
  {
    is: 'an entity that nobody defined',
    xml: inState('<onentry>&nbsp;</onentry>'),
    found: ['main.scxml:2:10 error XML_MALFORMED', 'main.scxml:2:10 warning TEXT_IGNORED'],
  },
  {
    is: 'half of a surrogate pair',
    xml: inState('<onentry>\u{1F600}\uD800</onentry>'),
    found: ['main.scxml:2:12 error XML_MALFORMED'],
  },
  { is: 'an empty document', xml: '', found: ['main.scxml:1:1 error XML_MALFORMED'] },
  {
    is: 'a document type',
    xml: `<?xml version="1.0"?>\n  <!DOCTYPE scxml>\n<scxml ${SCXML}/>`,
    found: ['main.scxml:2:3 error XML_DOCTYPE'],
  },
  {
    is: 'elements too deep',
    xml: inState('<state>'.repeat(1_100)),
    found: ['main.scxml:2:6987 error XML_TOO_DEEP'],
  },
  {
    is: 'too many elements',
    xml: inState('<if/>'.repeat(DOCUMENT_LIMITS.MAX_ELEMENTS)),
    found: [`main.scxml:2:${(DOCUMENT_LIMITS.MAX_ELEMENTS - 2) * 5 + 1} error XML_TOO_MANY_ELEMENTS`],
  },
  {
    is: 'too many states',
    xml: inState('<state/>'.repeat(DOCUMENT_LIMITS.MAX_STATES)),
    found: [`main.scxml:2:${(DOCUMENT_LIMITS.MAX_STATES - 2) * 8 + 1} error STATES_TOO_MANY`],
  },
  {
    is: 'a document that is too large',
    xml: ' '.repeat(DOCUMENT_LIMITS.MAX_DOCUMENT_SIZE + 1),
    found: ['main.scxml:1:1 error DOCUMENT_TOO_LARGE'],
  },

  {
    is: 'an include without a file',
    xml: inState('<xi:include/>', XI),
    found: ['main.scxml:2:1 error INCLUDE_ATTRIBUTE'],
  },
  {
    is: 'an include of an unknown kind',
    xml: inState('<xi:include href="a" parse="js"/>', XI),
    found: ['main.scxml:2:22 error INCLUDE_ATTRIBUTE'],
  },
  {
    is: 'a fragment in an href',
    xml: inState('<xi:include href="a#b"/>', XI),
    found: ['main.scxml:2:13 error INCLUDE_ATTRIBUTE'],
  },
  {
    is: 'an include of a file that is not there',
    xml: inState('<xi:include href="no.xml"/>', XI),
    found: ['main.scxml:2:13 error INCLUDE_FAILED'],
  },
  {
    is: 'an include that leads back to itself',
    xml: inState('<xi:include href="a.xml" xpointer="a"/>', XI),
    files: {
      'a.xml': `<state ${NS} ${XI} id="a">\n <xi:include href="b.xml"/></state>`,
      'b.xml': `<state ${NS} ${XI} id="b">\n  <xi:include href="a.xml" xpointer="a"/></state>`,
    },
    found: ['b.xml:2:3 error INCLUDE_CYCLE'],
  },
  {
    is: 'includes too deep',
    xml: inState('<xi:include href="0.xml"/>', XI),
    files: Object.fromEntries(
      Array.from({ length: 20 }, (_, i) => [
        `${i}.xml`,
        `<state ${NS} ${XI}><xi:include href="${i + 1}.xml"/></state>`,
      ]),
    ),
    found: ['15.xml:1:91 error INCLUDE_TOO_DEEP'],
  },
  {
    is: 'too many includes',
    xml: inEntry(`<script>${'<xi:include href="a.js" parse="text"/>'.repeat(1001)}</script>`, XI),
    files: { 'a.js': ';' },
    found: [`main.scxml:3:${8 + 38 * 1000 + 1} error INCLUDE_TOO_MANY`],
  },
  {
    is: 'a fallback on its own',
    xml: inState('<xi:fallback/>', XI),
    found: ['main.scxml:2:1 error INCLUDE_MISPLACED'],
  },
  {
    is: 'a pointer of another scheme',
    xml: inState('<xi:include href="a.xml" xpointer="xpointer(//state)"/>', XI),
    files: { 'a.xml': '<a/>' },
    found: ['main.scxml:2:26 error XPOINTER_UNSUPPORTED'],
  },
  {
    is: 'a pointer to nothing',
    xml: inState('<xi:include href="a.xml" xpointer="x"/>', XI),
    files: { 'a.xml': '<a/>' },
    found: ['main.scxml:2:26 error XPOINTER_NOT_FOUND'],
  },
  {
    is: 'a script that is not there',
    xml: inRoot('<script src="no.js"/><final/>'),
    found: ['main.scxml:2:9 error SCRIPT_UNREADABLE'],
  },
  {
    is: 'data that is not there',
    xml: inState('<datamodel><data id="x" src="no.json"/></datamodel>'),
    found: ['main.scxml:2:25 warning DATA_UNREADABLE'],
  },

  { is: 'another root', xml: '<html/>', found: ['main.scxml:1:1 error ROOT_UNEXPECTED'] },
  {
    is: 'no namespace in w3c',
    xml: '<scxml datamodel="null"/>',
    found: ['main.scxml:1:1 error NAMESPACE_MISSING'],
  },
  {
    is: 'no namespace in ors',
    xml: '<scxml profile="ecmascript" version="1.0"><final/></scxml>',
    found: ['main.scxml:1:1 warning NAMESPACE_MISSING'],
  },
  {
    is: 'another version',
    xml: '<scxml xmlns="http://www.w3.org/2005/07/scxml" version="2"><final/></scxml>',
    found: ['main.scxml:1:48 warning VERSION_UNSUPPORTED'],
  },
  {
    is: 'another data model',
    xml: inState('', 'datamodel="xpath"'),
    found: ['main.scxml:1:62 error DATAMODEL_UNSUPPORTED'],
  },
  {
    is: 'another profile',
    xml: inState('', 'profile="minimal"'),
    found: ['main.scxml:1:62 error PROFILE_UNSUPPORTED'],
  },
  {
    is: 'another binding',
    xml: inState('', 'binding="soon"'),
    found: ['main.scxml:1:62 error ATTRIBUTE_VALUE'],
  },

  {
    is: 'an unknown element in w3c',
    xml: inState('<anchor/>'),
    found: ['main.scxml:2:1 error ELEMENT_UNKNOWN'],
  },
  {
    is: 'an unknown element in ors',
    xml: inState('<anchor/>'),
    dialect: 'ors',
    found: ['main.scxml:2:1 warning ELEMENT_UNKNOWN'],
  },
  {
    is: 'an unknown action in w3c',
    xml: inEntry('<event name="e"/>'),
    found: ['main.scxml:3:1 error ELEMENT_UNKNOWN'],
  },
  {
    is: 'an unknown action in ors',
    xml: inEntry('<vibrate/>'),
    dialect: 'ors',
    found: ['main.scxml:3:1 warning ELEMENT_UNKNOWN'],
  },
  {
    is: 'a transition of a final state',
    xml: inRoot('<final id="f"><transition target="f"/></final>'),
    found: ['main.scxml:2:15 error ELEMENT_MISPLACED'],
  },
  {
    is: 'a final state in a parallel one',
    xml: inRoot('<parallel><final/></parallel>'),
    found: ['main.scxml:2:11 error ELEMENT_MISPLACED'],
  },
  {
    is: 'an <initial> of the document in w3c',
    xml: inRoot('<initial><transition target="f"/></initial><final id="f"/>'),
    found: ['main.scxml:2:1 error ELEMENT_MISPLACED'],
  },
  {
    is: 'an action outside of a block',
    xml: inState('<log/>'),
    found: ['main.scxml:2:1 error ELEMENT_MISPLACED'],
  },
  {
    is: 'content inside <else>',
    xml: inEntry('<if cond="a"><else><log/></else></if>'),
    found: ['main.scxml:3:20 error ELEMENT_MISPLACED'],
  },
  {
    is: 'two <donedata>',
    xml: inRoot('<final><donedata/><donedata/></final>'),
    found: ['main.scxml:2:19 error ELEMENT_REPEATED'],
  },
  {
    is: 'two <content>',
    xml: inEntry('<send event="e"><content/><content/></send>'),
    found: ['main.scxml:3:27 error ELEMENT_REPEATED'],
  },
  {
    is: 'two <finalize>',
    xml: inState('<invoke><finalize/><finalize/></invoke>'),
    found: ['main.scxml:2:20 error ELEMENT_REPEATED'],
  },
  {
    is: 'a foreign element among states',
    xml: inState('<f:note/>', FOREIGN),
    found: ['main.scxml:2:1 warning ELEMENT_IGNORED'],
  },
  {
    is: 'a foreign action',
    xml: inEntry('<f:act/>', FOREIGN),
    found: ['main.scxml:3:1 warning ELEMENT_IGNORED'],
  },
  { is: 'text among states', xml: inState(' hello'), found: ['main.scxml:1:77 warning TEXT_IGNORED'] },

  {
    is: 'an attribute with a typing error',
    xml: inState('<transition event="a" traget="s"/>'),
    found: ['main.scxml:2:23 warning ATTRIBUTE_UNKNOWN'],
  },
  {
    is: 'an <assign> without a place',
    xml: inEntry('<assign expr="1"/>'),
    found: ['main.scxml:3:1 error ATTRIBUTE_MISSING'],
  },
  {
    is: 'a <param> without a value',
    xml: inEntry('<send event="e"><param name="p"/></send>'),
    found: ['main.scxml:3:17 error ATTRIBUTE_MISSING'],
  },
  {
    is: 'a <cancel> of nothing',
    xml: inEntry('<cancel/>'),
    found: ['main.scxml:3:1 error ATTRIBUTE_MISSING'],
  },
  {
    is: 'a <history> without a default',
    xml: inState('<state/><history/>'),
    found: ['main.scxml:2:9 error ATTRIBUTE_MISSING'],
  },
  {
    is: 'an <initial> without a transition',
    xml: inState('<initial/><state/>'),
    found: ['main.scxml:2:1 error ATTRIBUTE_MISSING'],
  },
  {
    is: 'an initial transition without a target',
    xml: inState('<initial><transition/></initial><state/>'),
    found: ['main.scxml:2:10 error ATTRIBUTE_MISSING'],
  },
  {
    is: 'event and eventexpr',
    xml: inEntry('<send event="e" eventexpr="x"/>'),
    found: ['main.scxml:3:17 error ATTRIBUTE_CONFLICT'],
  },
  {
    is: 'src and expr',
    xml: inState('<datamodel><data id="x" expr="1" src="a"/></datamodel>'),
    found: ['main.scxml:2:34 warning DATA_UNREADABLE', 'main.scxml:2:34 error ATTRIBUTE_CONFLICT'],
  },
  {
    is: 'expr and text of <data>',
    xml: inState('<datamodel><data id="x" expr="1">2</data></datamodel>'),
    found: ['main.scxml:2:25 error ATTRIBUTE_CONFLICT'],
  },
  {
    is: 'expr and text of <assign>',
    xml: inEntry('<assign location="x" expr="1">2</assign>'),
    found: ['main.scxml:3:22 error ATTRIBUTE_CONFLICT'],
  },
  {
    is: 'expr and text of <content>',
    xml: inEntry('<send event="e"><content expr="1">2</content></send>'),
    found: ['main.scxml:3:26 error ATTRIBUTE_CONFLICT'],
  },
  {
    is: 'src and code of <script>',
    xml: inEntry('<script src="a.js">1</script>'),
    files: { 'a.js': '' },
    found: ['main.scxml:3:9 error ATTRIBUTE_CONFLICT'],
  },
  {
    is: '<content> and <param>',
    xml: inEntry('<send event="e"><content/><param name="a" expr="1"/></send>'),
    found: ['main.scxml:3:1 error ATTRIBUTE_CONFLICT'],
  },
  {
    is: '<content> and namelist',
    xml: inEntry('<send event="e" namelist="a"><content/></send>'),
    found: ['main.scxml:3:1 error ATTRIBUTE_CONFLICT'],
  },
  {
    is: '<content> and <param> of <donedata>',
    xml: inRoot('<final><donedata><content/><param name="a" expr="1"/></donedata></final>'),
    found: ['main.scxml:2:8 error ATTRIBUTE_CONFLICT'],
  },
  {
    is: 'src and <content> of <invoke>',
    xml: inState('<invoke src="a"><content/></invoke>'),
    found: ['main.scxml:2:1 error ATTRIBUTE_CONFLICT'],
  },
  {
    is: 'namelist and <param> of <invoke>',
    xml: inState('<invoke src="a" namelist="b"><param name="c" expr="1"/></invoke>'),
    found: ['main.scxml:2:17 error ATTRIBUTE_CONFLICT'],
  },
  {
    is: 'a delay on the internal queue',
    xml: inEntry('<send event="e" target="#_internal" delay="1s"/>'),
    found: ['main.scxml:3:37 error ATTRIBUTE_CONFLICT'],
  },
  {
    is: 'a condition on an initial transition',
    xml: inState('<initial><transition cond="a" target="t"/></initial><state id="t"/>'),
    found: ['main.scxml:2:22 error ATTRIBUTE_CONFLICT'],
  },
  {
    is: 'initial as attribute and element',
    xml: `<scxml ${SCXML}><state initial="t">\n<initial><transition target="t"/></initial><state id="t"/></state></scxml>`,
    found: ['main.scxml:2:1 error ATTRIBUTE_CONFLICT'],
  },
  {
    is: 'another type of transition',
    xml: inState('<transition event="a" type="local"/>'),
    found: ['main.scxml:2:23 error ATTRIBUTE_VALUE'],
  },
  {
    is: 'another type of history',
    xml: inState('<history type="full"><transition target="t"/></history><state id="t"/>'),
    found: ['main.scxml:2:10 error ATTRIBUTE_VALUE'],
  },
  {
    is: 'another autoforward',
    xml: inState('<invoke autoforward="yes"/>'),
    found: ['main.scxml:2:9 error ATTRIBUTE_VALUE'],
  },
  {
    is: 'an empty event in w3c',
    xml: inState('<transition event="" target="s"/>'),
    found: ['main.scxml:2:13 error ATTRIBUTE_EMPTY'],
  },
  {
    is: 'an empty condition and empty expression attributes, which count as none',
    xml: inState(
      '<datamodel><data id="d" expr=""/></datamodel>\n<onentry><log expr=" "/></onentry>\n<transition event="e" cond="" target="s"/>',
    ),
    found: [
      'main.scxml:2:25 warning EXPRESSION_EMPTY',
      'main.scxml:3:15 warning EXPRESSION_EMPTY',
      'main.scxml:4:23 warning EXPRESSION_EMPTY',
    ],
  },
  {
    is: 'an empty event in ors',
    xml: inState('<transition event=" " target="s"/>'),
    dialect: 'ors',
    found: ['main.scxml:2:13 warning ATTRIBUTE_EMPTY'],
  },

  { is: 'no states', xml: `\n<scxml ${SCXML}/>`, found: ['main.scxml:2:1 error STATES_MISSING'] },
  { is: 'an id with a space', xml: inState('<state id="a b"/>'), found: ['main.scxml:2:8 error ID_INVALID'] },
  {
    is: 'an id twice',
    xml: inState('<state id="a"/>\n<final id="a"/><transition target="a"/>'),
    found: ['main.scxml:3:8 error ID_DUPLICATE'],
  },
  {
    is: 'an initial of a state without states',
    xml: `<scxml ${SCXML}><state id="s"\n initial="s"/></scxml>`,
    found: ['main.scxml:2:2 error INITIAL_ON_ATOMIC'],
  },
  {
    is: 'an initial outside of its state',
    xml: inState('<state initial="s"><state/></state>'),
    found: ['main.scxml:2:8 error INITIAL_NOT_DESCENDANT'],
  },
  {
    is: 'a history alone',
    xml: inState('<history><transition target="s"/></history>'),
    found: ['main.scxml:2:1 error HISTORY_MISPLACED', 'main.scxml:2:22 error HISTORY_TARGET'],
  },
  {
    is: 'a shallow history with a deep default',
    xml: inState('<history><transition target="u"/></history><state><state id="u"/></state>'),
    found: ['main.scxml:2:22 error HISTORY_TARGET'],
  },
  {
    is: 'histories whose defaults name each other',
    xml: inState(
      '<history id="a"><transition target="b"/></history><history id="b"><transition target="c"/></history>\n' +
        '<history id="c"><transition target="b"/></history><history id="d"><transition target="e"/></history>\n' +
        '<history id="e"><transition target="u"/></history><state id="u"/>',
    ),
    found: [
      'main.scxml:2:29 error HISTORY_TARGET',
      'main.scxml:2:79 error HISTORY_TARGET',
      'main.scxml:3:29 error HISTORY_TARGET',
    ],
  },
  {
    is: 'a transition without anything',
    xml: inState('<transition/>'),
    found: ['main.scxml:2:1 error TRANSITION_EMPTY'],
  },
  {
    is: 'data that is no name',
    xml: inState('<datamodel><data id="a-b"/></datamodel>'),
    found: ['main.scxml:2:18 error DATA_ID_INVALID'],
  },
  {
    is: 'data with the name of a keyword',
    xml: inState('<datamodel><data id="if"/></datamodel>'),
    found: ['main.scxml:2:18 warning DATA_ID_RESERVED'],
  },
  {
    is: 'data that begins as JSON and is none',
    xml: inEntry('<assign location="a">{a: 1}</assign>', '').replace(
      '<onentry>',
      '<datamodel><data id="a">[1,]</data></datamodel><onentry>',
    ),
    found: ['main.scxml:2:12 warning TEXT_NOT_JSON', 'main.scxml:3:1 warning TEXT_NOT_JSON'],
  },
  {
    is: 'data twice in w3c',
    xml: inState('<datamodel><data id="a"/><data id="a"/></datamodel>'),
    found: ['main.scxml:2:32 error DATA_ID_DUPLICATE'],
  },
  {
    is: 'data twice in ors',
    xml: inState('<datamodel><data id="a"/><data id="a"/></datamodel>'),
    dialect: 'ors',
    found: ['main.scxml:2:32 warning DATA_ID_DUPLICATE'],
  },

  {
    is: 'an id of <invoke> twice',
    xml: inState('<invoke id="c" src="x"/><invoke src="x"/><invoke src="x"/>\n<invoke id="c" src="x"/>'),
    found: ['main.scxml:3:9 warning INVOKE_ID_DUPLICATE'],
  },
  {
    is: 'a <send> of nothing',
    xml: inEntry('<send target="#_parent"/>'),
    found: ['main.scxml:3:1 error SEND_WITHOUT_EVENT'],
  },
  {
    is: 'a branch after <else>',
    xml: inEntry('<if cond="a"><else/><elseif cond="b"/></if>'),
    found: ['main.scxml:3:21 error ELSE_ORDER'],
  },
  {
    is: 'a <raise> in <finalize>',
    xml: inState('<invoke><finalize><if cond="a"><raise event="e"/></if></finalize></invoke>'),
    found: ['main.scxml:2:32 error FINALIZE_CONTENT'],
  },
  {
    is: 'a script without a data model',
    xml: inEntry('<script>a</script>', 'datamodel="null"'),
    found: ['main.scxml:3:9 warning NULL_DATAMODEL'],
  },
  {
    is: 'data without a data model',
    xml: inState('<datamodel><data id="d" expr="1"/></datamodel>', 'datamodel="null"'),
    found: ['main.scxml:2:12 error NULL_DATAMODEL_DATA'],
  },
  {
    is: 'a condition without a data model',
    xml: inState(
      '<transition cond="a" target="s"/><transition cond="In(\'s\')" target="s"/>',
      'datamodel="null"',
    ),
    found: ['main.scxml:2:13 warning NULL_DATAMODEL'],
  },

  {
    is: 'a target that is not there',
    xml: inState('<transition event="a" target="s nowhere"/>'),
    found: ['main.scxml:2:23 error TARGET_UNKNOWN'],
  },
  {
    is: 'the generated name of a state as target',
    xml: inState('<state/><transition event="a" target="#state2"/>'),
    found: ['main.scxml:2:31 error TARGET_UNKNOWN'],
  },
  {
    is: 'targets that exclude each other',
    xml: inState('<state id="a"/><state id="b"/><transition target="a b"/>'),
    found: ['main.scxml:2:43 error TARGETS_CONFLICT'],
  },
  {
    is: 'a state that nothing leads to',
    xml: inState('<state id="a"/><state id="b"><state/></state>'),
    found: ['main.scxml:2:16 warning STATE_UNREACHABLE'],
  },
  {
    is: 'transitions behind one that takes all their events',
    xml: inState(
      '<transition event="a.b c" target="s"/>\n<transition event="a.b.d" cond="x" target="s"/>\n<transition event="a" target="s"/>\n<transition event="*"/>\n<transition event="z"/>\n<transition cond="x" target="s"/>\n<transition target="s"/>\n<transition target="s"/>',
    ),
    found: [
      'main.scxml:2:1 warning TRANSITION_IMPOSSIBLE',
      'main.scxml:3:1 warning TRANSITION_SHADOWED',
      'main.scxml:3:33 warning DATA_UNDECLARED',
      'main.scxml:4:1 warning TRANSITION_IMPOSSIBLE',
      'main.scxml:5:1 warning TRANSITION_IMPOSSIBLE',
      'main.scxml:6:1 warning TRANSITION_SHADOWED',
      'main.scxml:9:1 warning TRANSITION_SHADOWED',
    ],
  },
  {
    is: 'conditions that never hold',
    xml: inState(
      '<transition event="a" cond="false" target="s"/>\n<transition event="b" cond="(0)" target="s"/>\n<transition cond="null" target="s"/>\n<transition event="c" cond="!1" target="s"/>',
    ),
    found: [
      'main.scxml:2:1 warning TRANSITION_IMPOSSIBLE',
      'main.scxml:3:1 warning TRANSITION_IMPOSSIBLE',
      'main.scxml:4:1 warning TRANSITION_IMPOSSIBLE',
    ],
  },
  {
    is: 'events awaited where an eventless transition leaves first',
    xml: inRoot(
      '<state id="a"><transition target="b"/>\n<state><transition event="e" target="b"/></state>\n<transition event="f" target="b"/></state><final id="b"/>',
    ),
    found: ['main.scxml:3:8 warning TRANSITION_IMPOSSIBLE', 'main.scxml:4:1 warning TRANSITION_IMPOSSIBLE'],
  },
  {
    is: 'code that does not parse, at the character where it stops',
    xml: inRoot(
      '<datamodel><data id="a" expr="1 +"/></datamodel>\n<script>var ok = 1;\n  var = 2;</script>\n<state id="s"><onentry>\n<assign location="a()" expr="a b"/>\n<if cond=\'a &amp;&amp; ? 1\'/>\n<log expr="a &#x1F600;"/><log expr=" "/></onentry></state>',
    ),
    found: [
      'main.scxml:2:34 warning EXPRESSION_INVALID',
      'main.scxml:4:7 warning EXPRESSION_INVALID',
      'main.scxml:6:19 warning EXPRESSION_INVALID',
      'main.scxml:6:32 warning EXPRESSION_INVALID',
      'main.scxml:7:24 warning EXPRESSION_INVALID',
      'main.scxml:8:14 warning EXPRESSION_INVALID',
      'main.scxml:8:31 warning EXPRESSION_EMPTY',
    ],
  },
  {
    is: 'code of an included file that does not parse, in that file',
    xml: inRoot('<script><xi:include href="lib.js" parse="text"/></script><final/>', XI),
    files: { 'lib.js': '\n\n  function (' },
    found: ['lib.js:3:12 warning EXPRESSION_INVALID'],
  },
  {
    is: 'an attribute of a Genesys element that is no code, and words that are none either',
    xml: inEntry(
      '<q:submit ordertype="max" timeout="10 s"/>\n<q:dance step="10 s"/>',
      'profile="ecmascript" xmlns:q="www.genesyslab.com/modules/queue"',
    ),
    found: ['main.scxml:3:39 warning EXPRESSION_INVALID', 'main.scxml:4:1 warning MODULE_UNSUPPORTED'],
  },
  {
    is: 'names that nothing declares, each once',
    xml: inState(
      '<onentry><assign location="a" expr="b + Math.abs(c)"/>\n<log expr="b + typeof d + d + _event.name + In(\'s\')"/>\n<foreach array="[]" item="i" index="n"><log expr="i + n + made"/></foreach>\n<script>made = function (x) { var y = z; try { return x + y; } catch (e) { return e + arguments[0]; } };</script>\n</onentry>',
    ),
    found: [
      'main.scxml:2:28 warning DATA_UNDECLARED',
      'main.scxml:2:37 warning DATA_UNDECLARED',
      'main.scxml:2:50 warning DATA_UNDECLARED',
      'main.scxml:5:39 warning DATA_UNDECLARED',
    ],
  },
  {
    is: 'ORS variables out of the state that declares them, and missing data',
    xml: inRoot(
      `<datamodel><data id="here"/></datamodel><state id="a">\n<onentry><script>var mine; _data.made = 1;</script><log expr="args_.x"/></onentry>\n<state id="a1"><onentry><log expr="mine + _data.here + _data['made'] + here"/></onentry><transition target="b"/></state></state>\n<state id="b"><onentry><log expr="mine"/>\n<log expr="_data.gone"/></onentry></state>`,
      'profile="ecmascript"',
    ),
    found: ['main.scxml:5:35 warning DATA_UNDECLARED', 'main.scxml:6:12 warning DATA_UNDECLARED'],
  },
  {
    is: 'events that nothing sends beside one that nothing hears',
    xml: inState(
      '<onentry><raise event="a.b"/><send event="c"/></onentry>\n<transition event="a" target="s"/>\n<transition event="x y" target="s"/>\n<transition event="a.b.z error.execution HTTP.POST" target="s"/>',
    ),
    found: [
      'main.scxml:4:1 warning EVENT_UNSENT',
      'main.scxml:4:1 warning EVENT_UNSENT',
      'main.scxml:5:1 warning EVENT_UNSENT',
    ],
  },
  {
    is: 'events of a family of which the document sends others, and misspelt ones, and none from outside',
    xml: inState(
      '<onentry><raise event="order.paid"/><raise event="ready"/><raise event="delivered"/></onentry>\n<transition event="order.paid ready delivered" target="s"/>\n<transition event="order.sent" target="s"/>\n<transition event="raedy" target="s"/>\n<transition event="Delivered" target="s"/>\n<transition event="dleiverd" target="s"/>\n<transition event="go other.sent walk order" target="s"/>',
    ),
    found: [
      'main.scxml:4:1 warning EVENT_UNSENT',
      'main.scxml:5:1 warning EVENT_UNSENT',
      'main.scxml:6:1 warning EVENT_UNSENT',
      'main.scxml:7:1 warning EVENT_UNSENT',
    ],
  },
  {
    is: 'no event of a document that sends none, invokes, or computes names',
    xml: inState(
      '<onentry><raise event="a"/><send eventexpr="\'n.\' + _name"/></onentry><transition event="n.m" target="s"/><transition event="x" target="s"/><invoke src="child.scxml"/>',
    ),
    found: [],
  },
  {
    is: 'values that cause an error event when they are used',
    xml: inState(
      '<onentry><send event="e" delay="soon"/>\n<send event="e" type="smtp"/>\n<send event="e" target="#parent"/>\n<cancel sendid="c"/></onentry>\n<invoke/>\n<transition event="e" cond="In(\'no\')"/>\n<transition event="e" cond="v = 1"/>\n<transition event="erorr"/>',
      'datamodel="ecmascript"',
    ),
    found: [
      'main.scxml:2:10 warning DELAY_INVALID',
      'main.scxml:3:1 warning TYPE_UNKNOWN',
      'main.scxml:4:1 warning SEND_TARGET',
      'main.scxml:5:1 warning CANCEL_UNKNOWN',
      'main.scxml:6:1 warning INVOKE_EMPTY',
      'main.scxml:7:29 warning IN_UNKNOWN',
      'main.scxml:8:29 warning CONDITION_ASSIGNS',
      'main.scxml:9:1 warning EVENT_IMPOSSIBLE',
    ],
  },
  {
    is: 'an element and an attribute of a Genesys module that are not performed',
    xml: inState(
      '<onentry><dialog:play/>\n<queue:submit src="\'x\'"/></onentry>',
      'xmlns:dialog="www.genesyslab.com/modules/dialog" xmlns:queue="www.genesyslab.com/modules/queue"',
    ),
    found: ['main.scxml:2:10 warning MODULE_UNSUPPORTED', 'main.scxml:3:15 warning MODULE_UNSUPPORTED'],
  },
  {
    is: 'values that no snapshot carries, where the code tells',
    xml: inRoot(
      '<script>class A {}\nclass B extends A { static [f.name] = 1; }\nclass C { static x = 1; #y = 1; }\nvar o = { [Symbol.iterator]: 1, [A.name]: 2 };\nfunction f() { class D extends A {} }</script><state id="s"/>',
    ),
    found: [
      'main.scxml:3:1 warning DATA_UNSTORED',
      'main.scxml:4:1 warning DATA_UNSTORED',
      'main.scxml:5:11 warning DATA_UNSTORED',
    ],
  },
  {
    is: 'done events that never come',
    xml: inRoot(
      '<state id="a"><transition event="done.state.a" target="a"/>\n<transition event="done.state.p done.state.p.q done.state" target="a"/>\n<transition event="done.invoke.i done.invoke" target="p"/></state>\n<parallel id="p"><state id="r"><final/></state></parallel>',
    ),
    found: [
      'main.scxml:2:15 warning EVENT_UNSENT',
      'main.scxml:3:1 warning EVENT_UNSENT',
      'main.scxml:4:1 warning EVENT_UNSENT',
      'main.scxml:4:1 warning EVENT_UNSENT',
    ],
  },
  {
    is: 'answers of Genesys elements that the document does not have',
    xml: inState(
      `<onentry><q:submit/></onentry><transition event="queue.submit.done error.queue.submit interaction.added cancel.successful" target="s"/>\n<transition event="queue.cancel.done" target="s"/>\n<transition event="error.session.fetch" target="s"/>\n<transition event="ask"><ws:response requestid="_event.sendid"/></transition>`,
      'profile="ecmascript" xmlns:q="www.genesyslab.com/modules/queue" xmlns:ws="www.genesyslab.com/modules/ws"',
    ),
    found: ['main.scxml:3:1 warning EVENT_UNSENT', 'main.scxml:4:1 warning EVENT_UNSENT'],
  },
];

describe('problems of a document', () => {
  for (const { is, xml, files = {}, dialect, found } of CASES) {
    it(`reports ${is}`, async () => {
      const problems = await problemsOf(xml, files, dialect ? { dialect } : {});
      expect(problems.map(brief)).to.deep.equal(found);
    });
  }

  it('reports a document that cannot be read', async () => {
    const error = await loadDocument('http://docs.test/no.scxml', { fetchText: memoryFiles({}) }).catch(
      (e: unknown) => e,
    );
    expect(error).to.be.instanceOf(DocumentError);
    expect((error as DocumentError).problems.map(brief)).to.deep.equal([
      'no.scxml:1:1 error FILE_UNREADABLE',
    ]);
  });

  it('shortens a long list of problems, but keeps the first error', async () => {
    const many = '<transition event="a" wrong="1"/>\n'.repeat(DOCUMENT_LIMITS.MAX_PROBLEMS + 5);
    const problems = await problemsOf(inState(`${many}<transition/>`));
    const counts = Object.fromEntries(
      ['ATTRIBUTE_UNKNOWN', 'PROBLEMS_CUT', 'TRANSITION_EMPTY'].map((code) => [
        code,
        problems.filter((p) => p.code === code).length,
      ]),
    );
    expect(counts).to.deep.equal({
      ATTRIBUTE_UNKNOWN: DOCUMENT_LIMITS.MAX_PROBLEMS,
      PROBLEMS_CUT: 1,
      TRANSITION_EMPTY: 1,
    });
  });

  it('reports all problems at once, in the order of files and lines', async () => {
    const xml = `<scxml ${SCXML} ${XI} initial="nowhere">
  <state id="a"><transition event="x" eventexpr="y" target="b"/></state>
  <state id="a"/>
  <state id="c"><xi:include href="part.xml"/></state>
  <script src="no.js"/>
  <final id="f"><transition target="f"/></final>
</scxml>`;
    const problems = await problemsOf(xml, {
      'part.xml': `<onentry ${NS}><send/><foreach array="x"/></onentry>`,
    });
    expect(problems.map(brief)).to.deep.equal([
      'main.scxml:1:105 error TARGET_UNKNOWN',
      'main.scxml:2:39 warning ATTRIBUTE_UNKNOWN',
      'main.scxml:2:53 error TARGET_UNKNOWN',
      'main.scxml:3:10 error ID_DUPLICATE',
      'main.scxml:5:11 error SCRIPT_UNREADABLE',
      'main.scxml:6:17 error ELEMENT_MISPLACED',
      'part.xml:1:50 error SEND_WITHOUT_EVENT',
      'part.xml:1:57 error ATTRIBUTE_MISSING',
    ]);
  });

  it('reports the expected and the actual value, as file:line:column: code: sentence', async () => {
    const error = await import('../../../../engine/interpreter/load/load.ts')
      .then(({ parseDocument }) => parseDocument(inState('<transition target="t"/>')))
      .catch((e: unknown) => e);
    expect(String((error as Error).message)).to.equal(
      "memory:///document.scxml:2:13: TARGET_UNKNOWN: Expected the id of a state, got 't'.",
    );
  });

  it('has a case for every code', () => {
    const elsewhere = ['FILE_UNREADABLE', 'INVOKED_DOCUMENT', 'PROBLEMS_CUT'];
    const covered = new Set([
      ...CASES.flatMap(({ found }) => found.map((line) => line.split(' ')[2]!)),
      ...elsewhere,
    ]);
    expect([...covered].sort()).to.deep.equal(Object.keys(PROBLEM_TABLE).sort());
  });
});

/** A fault that is put into a shipped document. */
export interface SeededFault {
  readonly name: string;
  /** Document and file, from scxml/. */
  readonly document: string;
  readonly file: string;
  /** The text, which is in the file once, and the text instead of it. */
  readonly from: string;
  readonly to: string;
}

const SRC = 'callback/src';

function inFile(document: string, file: string): (name: string, from: string, to?: string) => SeededFault {
  return (name, from, to = '') => ({ name, document, file, from, to });
}

const hello = inFile('hello/hello.scxml', 'hello/hello.scxml');
const inbound = inFile(`${SRC}/inbound_chat.scxml`, `${SRC}/inbound_chat.scxml`);
const answering = inFile(`${SRC}/chat-delay.scxml`, `${SRC}/include/answering.xml`);
const watching = inFile(`${SRC}/chat-delay.scxml`, `${SRC}/include/watching.xml`);
const waiting = inFile(`${SRC}/chat-delay.scxml`, `${SRC}/include/waiting.xml`);
const routing = inFile(`${SRC}/chat-delay.scxml`, `${SRC}/include/routing.xml`);
const starting = inFile(`${SRC}/chat-delay.scxml`, `${SRC}/include/starting.xml`);
const entering = inFile(`${SRC}/chat-delay.scxml`, `${SRC}/include/entering.xml`);
const held = inFile(`${SRC}/chat-delay.scxml`, `${SRC}/include/held.xml`);
const finishing = inFile(`${SRC}/chat-delay.scxml`, `${SRC}/include/finishing.xml`);
const reporting = inFile(`${SRC}/chat-delay.scxml`, `${SRC}/include/reporting.xml`);
const served = inFile(`${SRC}/chat-delay.scxml`, `${SRC}/include/served.xml`);
const flow = inFile(`${SRC}/chat-delay.scxml`, `${SRC}/include/flow.xml`);
const threshold = inFile(`${SRC}/chat-delay.scxml`, `${SRC}/include/threshold.js`);

/** The faults of the benchmark, no two of the same kind at the same place. */
export const SEEDED_FAULTS: readonly SeededFault[] = [
  hello('a timer that nothing waits for', '<transition event="timer.ttl" target="notStarted"/>'),
  hello(
    'a request that is answered twice',
    '<ws:response requestid="_event.sendid">',
    '<ws:response requestid="_event.sendid"/><ws:response requestid="_event.sendid">',
  ),
  hello('a request without an answer', 'requestid="_event.sendid"', 'requestid="_event.origin"'),
  hello('a name that does not exist', 'parseInt(', 'parsInt('),
  hello('an end that is no final state', '<final id="answered"/>', '<state id="answered"/>'),
  inbound(
    'a timer that is not cancelled on exit',
    `<onexit>
        <cancel sendid="_data.timers.arrival"/>
      </onexit>`,
  ),
  inbound(
    'an error of a fetch that nothing takes',
    `<transition event="error.session.fetch" cond="_event.data.requestid == _data.requests.lookup"
                  target="finding"/>`,
  ),
  inbound(
    'a reply that is compared with another request',
    `cond="_event.data.requestid == _data.requests.lookup"
                  target="associating"`,
    `cond="_event.data.requestid == _data.requests.submit"
                  target="associating"`,
  ),
  inbound(
    'a chat that is lost when it cannot be given away',
    `cond="_event.data.requestid == _data.requests.associate" target="finding"`,
    `cond="_event.data.requestid == _data.requests.associate" target="ended"`,
  ),
  inbound(
    'a chat that is lost when no agent is found',
    `<transition event="error.queue.submit" cond="_event.data.requestid == _data.requests.submit"
                  target="givingUp"/>`,
    `<transition event="error.queue.submit" cond="_event.data.requestid == _data.requests.submit"
                  target="ended"/>`,
  ),
  inbound(
    'a chat that is not ended',
    `cond="_data.interactionId == ''" target="ended"`,
    `cond="_data.interactionId != ''" target="ended"`,
  ),
  inbound(
    'an error of a module that nothing takes',
    'event="interaction.terminate.done error.interaction.terminate interaction.deleted"',
    'event="interaction.terminate.done interaction.deleted"',
  ),
  inbound(
    'a loop without rest',
    `<transition cond="_data.match.sessionId == ''" target="finding"/>`,
    `<transition cond="_data.match.sessionId == ''" target="matching"/>`,
  ),
  inbound('a value of nothing', '_genesys.ixn.interactions[', '_genesys.ixn.interaction['),
  answering(
    'an answer that is given again',
    `<assign location="_data.customerReady" expr="true"/>`,
    `<ws:response requestid="_event.sendid"/><assign location="_data.customerReady" expr="true"/>`,
  ),
  answering(
    'a wish that gets no answer',
    `      <content _expr="confirmationDialog(serviceOf(_data),
                        _data.texts.snoozed`,
    `      <content _expr="confirmationDialog(serviceOf(_date),
                        _data.texts.snoozed`,
  ),
  answering(
    'a cancellation that gets no answer',
    `<if cond="isRequest(_event)">
      <ws:response requestid="_event.sendid">
        <content _expr="confirmationDialog(serviceOf(_data), _data.texts.cancelled`,
    `<if cond="!isRequest(_event)">
      <ws:response requestid="_event.sendid">
        <content _expr="confirmationDialog(serviceOf(_data), _data.texts.cancelled`,
  ),
  answering(
    'a reply that is kept when it was used',
    `<script>delete _data.positionRequests[_event.data.requestid];</script>
  </transition>

  <!-- From the agent`,
    `</transition>

  <!-- From the agent`,
  ),
  answering('a pause that is not remembered', `<assign location="_data.paused" expr="true"/>`),
  answering('a target that is not told', `<raise event="route.selected"/>`),
  watching(
    'a time to live that nothing ends',
    '<transition event="timer.ttl">',
    '<transition event="timer.tll">',
  ),
  watching(
    'late errors that nothing takes',
    `<transition event="error.session.fetch" cond="!isAwaited(_event, _data)"/>`,
  ),
  watching('a late end of a chat that nothing takes', `<transition event="error.interaction.terminate"/>`),
  watching(
    'an end of the chat that ends nothing',
    `<raise event="service.finish">
        <param name="reason" expr="'FAIL_INTERACTION_DELETED'"/>
      </raise>`,
  ),
  watching(
    'a chat that came too late and stays',
    `<ixn:terminate requestid="_data.requests.other" interactionid="_event.data.interactionid"
                   reason="_data.texts.chat_over"/>`,
  ),
  waiting(
    'an error of a poll that nothing takes',
    `<transition event="session.fetch.done error.session.fetch" target="pausing"
                  cond="isReplyTo(_event, _data.requests.queue)">`,
    `<transition event="session.fetch.done" target="pausing"
                  cond="isReplyTo(_event, _data.requests.queue)">`,
  ),
  waiting(
    'a malformed body that is read',
    `cond="isReplyTo(_event, _data.requests.queue) &amp;&amp;
                        readQueue(_event.data.content) != undefined"`,
    `cond="isReplyTo(_event, _data.requests.queue)"`,
  ),
  waiting('a long timer that is not cancelled', `<cancel sendid="_data.timers.threshold"/>`),
  waiting(
    'a snooze that outlives itself',
    `<onexit>
      <cancel sendid="_data.timers.pause"/>
    </onexit>
    <transition event="timer.pause" target="deciding"/>`,
    `<transition event="timer.pause" target="deciding"/>`,
  ),
  waiting('a choice without a way', `<transition target="approaching"/>`),
  waiting('a question that nobody ends', `<cancel sendid="_data.timers.confirm"/>`),
  routing(
    'an error of a release that nothing takes',
    `<transition event="error.session.fetch" cond="isReplyTo(_event, _data.requests.release)"
                  target="pausingBeforeRelease"/>`,
  ),
  routing(
    'an agent who refuses and is not heard',
    `<transition event="error.interaction.redirect" target="finishing"
                cond="isReplyTo(_event, _data.requests.redirect)">
      <assign location="_data.reason" expr="'FAIL_AGENT_CONNECT'"/>
    </transition>`,
  ),
  starting(
    'a last attempt whose error nothing takes',
    `<transition event="session.fetch.done error.session.fetch" target="finishing"
                  cond="isReplyTo(_event, _data.requests.start)">`,
    `<transition event="session.fetch.done" target="finishing"
                  cond="isReplyTo(_event, _data.requests.start)">`,
  ),
  starting(
    'a pause that outlives its state',
    `<onexit>
        <cancel sendid="_data.timers.pause"/>
      </onexit>
      <transition event="timer.pause" target="callingUrs"/>`,
    `<transition event="timer.pause" target="callingUrs"/>`,
  ),
  entering(
    'a start that gets no answer',
    `<assign location="_data.startRequest" expr="''"/>`,
    `<assign location="_data.startRequest" expr="'' + _data.startRequest"/>`,
  ),
  held('a timer that is armed twice', `<cancel sendid="_data.timers.queued"/>`),
  finishing(
    'a place in the queue that is kept',
    `cond="_data.connectionId != '' &amp;&amp; !_data.agentConnected"`,
    `cond="_data.connectionId == '' &amp;&amp; !_data.agentConnected"`,
  ),
  finishing(
    'a chat that is kept at the end',
    `<if cond="_data.interactionId != '' &amp;&amp; !_data.agentConnected`,
    `<if cond="_data.interactionId == '' &amp;&amp; !_data.agentConnected`,
  ),
  finishing(
    'requests that are forgotten at the end',
    `array="Object.keys(_data.positionRequests)"`,
    `array="Object.keys(_data.estimateRequests)"`,
  ),
  reporting('reports that never end', `<script>_data.reports.shift();</script>`),
  reporting(
    'a timer whose event has another name',
    `<transition event="timer.report" target="reportSending"/>`,
    `<transition event="timer.reports" target="reportSending"/>`,
  ),
  served('an agent whom nobody remembers', `<assign location="_data.agentConnected" expr="true"/>`),
  flow('a reason that is lost', `<assign location="_data.reason" expr="_event.data.reason"/>`),
  threshold(
    'a fault of a function',
    'readNumber(reply.calls, position)',
    'readNumber(reply.call.s, position)',
  ),
];

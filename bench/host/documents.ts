/** Documents of the host's benchmarks. A step gets an event of 1.1 KB and changes about 1 KB of data. */

/** One condition and one assignment for each event. Answers requests. */
export const LIGHT = `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript"
  xmlns:ws="www.genesyslab.com/modules/ws">
  <datamodel><data id="count" expr="0"/><data id="limits" expr="{ max: 1e9 }"/><data id="text" expr="'y'.repeat(700)"/></datamodel>
  <state id="s">
    <transition event="e" cond="_event.data.priority &gt; 3 &amp;&amp; count &lt; limits.max">
      <assign location="count" expr="count + 1"/>
    </transition>
    <transition event="ask">
      <assign location="count" expr="count + 1"/>
      <ws:response requestid="_event.sendid"><param name="count" expr="count"/></ws:response>
    </transition>
  </state></scxml>`;

/** Computes for some milliseconds in each step. */
export const BOUND = `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript">
  <datamodel><data id="sum" expr="0"/></datamodel>
  <state id="s"><transition event="e"><script>for (var i = 0; i &lt; 200000; i++) sum = (sum + i) % 1013;</script></transition></state></scxml>`;

/** About 1.1 KB as JSON. */
export const DATA_TEXT = JSON.stringify({ priority: 5, text: 'z'.repeat(1_050) });

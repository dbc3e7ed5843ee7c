/** The section of the Recommendation that describes an element of SCXML, and its purpose in our words. */
export const SECTIONS: ReadonlyMap<string, readonly [section: string, purpose: string]> = new Map([
  ['scxml', ['3.2', 'The document. `initial` names the states that it enters first.']],
  ['state', ['3.3', 'A state. With states inside, exactly one of them is active at a time.']],
  ['parallel', ['3.4', 'A state all of whose states are active at the same time.']],
  ['transition', ['3.5', 'Goes to `target` on an event, when `cond` is true. Without `event`, at once.']],
  ['initial', ['3.6', 'The transition that enters the first state inside a state.']],
  ['final', ['3.7', 'A state that ends the state around it, or the session.']],
  ['onentry', ['3.8', 'Content that is executed when the state is entered.']],
  ['onexit', ['3.9', 'Content that is executed when the state is left.']],
  ['history', ['3.10', 'As a target, it enters the states that were active when its parent was last left.']],
  ['raise', ['4.2', 'Puts an event into the internal queue, before all external events.']],
  ['if', ['4.3', 'Executes the content of the first condition that is true.']],
  ['elseif', ['4.4', 'A further condition of an `<if>`. It is empty; its content follows it.']],
  ['else', ['4.5', 'The last branch of an `<if>`. It is empty; its content follows it.']],
  ['foreach', ['4.6', 'Executes its content once for each item of an array.']],
  ['log', ['4.7', 'Writes a label and a value to the log.']],
  ['datamodel', ['5.2', 'Holds the data of the document or of a state.']],
  ['data', ['5.3', 'Declares a piece of data, with its first value.']],
  ['assign', ['5.4', 'Sets the value of a location.']],
  ['donedata', ['5.5', 'The data of the done event of a final state.']],
  ['content', ['5.6', 'The body of a message, or the document of an `<invoke>`.']],
  ['param', ['5.7', 'One named value of a message.']],
  ['script', ['5.8', 'Code. As a child of `<scxml>` it runs once, when the document is loaded.']],
  ['send', ['6.2', 'Sends an event, at once or after a delay.']],
  ['cancel', ['6.3', 'Cancels a delayed `<send>`.']],
  ['invoke', ['6.4', 'Starts another session while the state is active.']],
  ['finalize', ['6.5', 'Content that is executed before an event of the invoked session is processed.']],
]);

/** Sections of docs/reference/ors-dialect.md. */
export const ORS_SECTIONS: ReadonlyMap<string, string> = new Map([
  ['session', 'ors-dialect 2.8 Module session'],
  ['ws', 'ors-dialect 2.9 Module ws'],
  ['queue', 'ors-dialect 2.10 Module queue'],
  ['interaction', 'ors-dialect 2.11 Module interaction'],
  ['dialog', 'ors-dialect 2.12 Module dialog'],
]);

export const ORS_CORE = 'ors-dialect 2.2 Core elements';
export const ORS_INCLUDES = 'ors-dialect 2.5 Includes';
export const ORS_BASELINE = 'ors-dialect 2.1 Baseline';

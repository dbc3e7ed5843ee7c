import type { Json } from '../../ports/index.ts';
import { readXmlData } from '../document/xmlData.ts';
import type { ScxmlEvent } from '../event.ts';
import type { CodeRunner } from './codeRunner.ts';
import type { CompiledCode } from './compiledCode.ts';
import { GenesysValues } from './genesysValues.ts';

/** `_event` and `_genesys` of one session. They are made in the realm when code that uses them runs. */
export class LateValues {
  readonly #code: CompiledCode;
  readonly #runner: CodeRunner;
  /** Undefined when the document does not use _genesys. */
  readonly #genesys: GenesysValues | undefined;
  #event: ScxmlEvent | undefined;
  #isEventLate = false;

  constructor(
    code: CompiledCode,
    runner: CodeRunner,
    values: { readonly genesys: Json | undefined; readonly installation: string | undefined },
  ) {
    this.#code = code;
    this.#runner = runner;
    this.#genesys = code.usesGenesys ? new GenesysValues(values) : undefined;
  }

  setEvent(event: ScxmlEvent | undefined): void {
    if (!this.#code.usesEvent) return;
    this.#event = event;
    this.#isEventLate = true;
  }

  setGenesys(path: readonly string[], value: Json | undefined): void {
    this.#genesys?.set(path, value);
  }

  /** Makes in the realm what the code of the slot may use. */
  makeFor(slot: number): void {
    if (this.#isEventLate && this.#code.needsEvent[slot] === 1) this.#makeEvent();
    if (this.#genesys?.isStale && this.#code.needsGenesys[slot] === 1) {
      this.#genesys.make(this.#code.realm.host, this.#runner.system);
    }
  }

  /** The changes under _genesys since the session started, for a snapshot. */
  genesysChanges(): Json {
    return this.#genesys?.changes() ?? [];
  }

  restoreGenesys(changes: Json): void {
    this.#genesys?.restore(changes);
  }

  #makeEvent(): void {
    const { host } = this.#code.realm;
    const { system } = this.#runner;
    const event = this.#event;
    this.#isEventLate = false;
    this.#event = undefined;
    if (event === undefined) {
      host.clearEvent(system);
      return;
    }
    const { name, type, sendid, origin, origintype, invokeid, data, raw } = event;
    const isXml = event.xml === true && this.#code.makesDom && typeof data === 'string';
    const tree = isXml ? readXmlData(data) : undefined;
    const value = tree === undefined ? this.#runner.fromJson(data) : host.makeDom(tree);
    host.setEvent(system, name, type, sendid, origin, origintype, invokeid, value, raw);
  }
}

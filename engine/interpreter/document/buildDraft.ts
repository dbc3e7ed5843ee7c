import { didYouMean, pushAll } from '../../ports/index.ts';
import { buildDatamodel } from './buildData.ts';
import { buildScript } from './buildScript.ts';
import {
  addInitialAttribute,
  buildInitial,
  buildState,
  closeState,
  isNestedState,
  openState,
} from './buildState.ts';
import { Draft, type DraftProperties, type DraftState } from './draft.ts';
import type { FileText } from './external.ts';
import type { Dialect, Document } from './model.ts';
import type { Problems } from './problems.ts';
import { ruleOf } from './vocabulary.ts';
import type { XmlElement } from './xmlTree.ts';
import { attributeLocation, attributeValue, childElements, locationOf } from './xmlTree.ts';

export interface DraftParts {
  readonly root: XmlElement;
  readonly dialect: Dialect;
  readonly problems: Problems;
  readonly external: ReadonlyMap<XmlElement, FileText>;
  /** False when an include failed. */
  readonly isComplete: boolean;
}

/**
 * Builds the draft of a document from its tree, in which includes are woven. Reports the problems of single
 * elements; load/validate.ts checks the document as a whole.
 */
export function buildDraft({ root, ...parts }: DraftParts): Draft {
  const draft = new Draft({ ...parts, properties: readProperties(root, parts.problems) });
  draft.checkAttributes(root);
  draft.warnText(root);
  const state = openState(draft, root, -1);
  addInitialAttribute(draft, state);
  buildChildren(draft, state, root);
  const isUnknown = (child: XmlElement) => draft.isScxml(child) && !ruleOf(child.local, draft.dialect);
  // An unknown element is probably a state with a misspelt name.
  if (state.children.length === 0 && !childElements(root).some(isUnknown)) {
    const message = 'Expected at least one state in <scxml>, got none.';
    draft.reportMissing('STATES_MISSING', locationOf(root), message);
  }
  closeState(draft, state);
  return draft;
}

/** W3C 3.2.2; ORS also takes <initial>, and any number of <script>s. */
function buildChildren(draft: Draft, state: DraftState, root: XmlElement): void {
  for (const child of root.children) {
    if (child.kind === 'text') continue;
    const name = draft.isScxml(child) ? child.local : '';
    if (isNestedState(draft, root, child)) state.children.push(buildState(draft, child, state.index));
    else if (name === 'datamodel') pushAll(state.data, buildDatamodel(draft, child, state.index));
    else if (name === 'script') {
      draft.checkAttributes(child);
      draft.scripts.push(buildScript(draft, child, state.index));
    } else if (name === 'initial' && draft.dialect === 'ors') buildInitial(draft, state, child);
    else draft.refuseChild(root, child);
  }
}

function readProperties(root: XmlElement, problems: Problems): DraftProperties {
  const version = attributeValue(root, 'version');
  if (version !== '1.0') {
    const got = version === undefined ? 'none' : `'${version}'`;
    const at = attributeLocation(root, 'version');
    problems.report('VERSION_UNSUPPORTED', at, `Expected version '1.0' on <scxml>, got ${got}.`);
  }
  return {
    name: attributeValue(root, 'name') ?? '',
    datamodel: readDatamodel(root, problems),
    binding: readBinding(root, problems),
    persist: readPersist(root, problems),
  };
}

function readDatamodel(root: XmlElement, problems: Problems): Document['datamodel'] {
  const datamodel = attributeValue(root, 'datamodel');
  const profile = attributeValue(root, 'profile');
  if (datamodel === undefined && profile !== undefined && profile !== 'ecmascript') {
    const at = attributeLocation(root, 'profile');
    problems.report('PROFILE_UNSUPPORTED', at, `Expected profile 'ecmascript', got '${profile}'.`);
  }
  if (datamodel === undefined || datamodel === 'ecmascript') return 'ecmascript';
  if (datamodel === 'null') return 'null';
  const message = `Expected datamodel 'ecmascript' or 'null', got '${datamodel}'.${meantDatamodel(datamodel)}`;
  problems.report('DATAMODEL_UNSUPPORTED', attributeLocation(root, 'datamodel'), message);
  return 'ecmascript';
}

function meantDatamodel(written: string): string {
  if (/^(?:java|j|ecma)_?script$|^(?:js|es|ecma)\d*$/i.test(written)) return " Did you mean 'ecmascript'?";
  return didYouMean(written, ['ecmascript', 'null']);
}

function readBinding(root: XmlElement, problems: Problems): Document['binding'] {
  const binding = attributeValue(root, 'binding') ?? 'early';
  if (binding === 'early' || binding === 'late') return binding;
  const message = `Expected binding 'early' or 'late', got '${binding}'.`;
  problems.report('ATTRIBUTE_VALUE', attributeLocation(root, 'binding'), message);
  return 'early';
}

function readPersist(root: XmlElement, problems: Problems): boolean {
  const persist = (attributeValue(root, '_persist') ?? 'true').trim().toLowerCase();
  if (persist === 'true' || persist === 'false') return persist === 'true';
  const message = `Expected _persist 'true' or 'false', got '${persist}'.`;
  problems.report('ATTRIBUTE_VALUE', attributeLocation(root, '_persist'), message);
  return true;
}

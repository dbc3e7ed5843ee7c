import { BuildContext } from './buildContext.ts';
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
import type { DraftState } from './drafts.ts';
import type { FileText } from './external.ts';
import type { Action, Dialect, Document } from './model.ts';
import type { Problems } from './problems.ts';
import type { XmlElement } from './xmlTree.ts';
import { attributeLocation, attributeValue, locationOf } from './xmlTree.ts';

/** A document whose transitions do not know their targets yet. */
export interface Draft {
  readonly context: BuildContext;
  readonly scripts: readonly Action[];
  readonly properties: Pick<Document, 'name' | 'datamodel' | 'binding' | 'persist'>;
}

/** Reads the woven tree of a document. Reports what is wrong with single elements; validate.ts does the rest. */
export function buildDraft(options: {
  readonly root: XmlElement;
  readonly dialect: Dialect;
  readonly problems: Problems;
  readonly external: ReadonlyMap<XmlElement, FileText>;
}): Draft {
  const { root, dialect, problems, external } = options;
  const properties = readProperties(root, problems);
  const context = new BuildContext({ dialect, binding: properties.binding, problems, external });
  context.checkAttributes(root);
  context.warnText(root);
  const state = openState(context, root, -1);
  addInitialAttribute(context, state);
  const scripts = buildChildren(context, state, root);
  if (state.children.length === 0) {
    context.report('STATES_MISSING', locationOf(root), 'Expected at least one state in <scxml>, got none.');
  }
  closeState(context, state);
  return { context, scripts, properties };
}

/** W3C 3.2.2; ORS also takes <initial>, and any number of <script>s. */
function buildChildren(context: BuildContext, state: DraftState, root: XmlElement): Action[] {
  const scripts: Action[] = [];
  for (const child of root.children) {
    if (child.kind === 'text') continue;
    const name = context.isScxml(child) ? child.local : '';
    if (isNestedState(context, root, child)) state.children.push(buildState(context, child, state.index));
    else if (name === 'datamodel') state.data.push(...buildDatamodel(context, child, state.index));
    else if (name === 'script') {
      context.checkAttributes(child);
      scripts.push(buildScript(context, child, state.index));
    } else if (name === 'initial' && context.dialect === 'ors') buildInitial(context, state, child);
    else context.refuseChild(root, child);
  }
  return scripts;
}

function readProperties(root: XmlElement, problems: Problems): Draft['properties'] {
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
  const message = `Expected datamodel 'ecmascript' or 'null', got '${datamodel}'.`;
  problems.report('DATAMODEL_UNSUPPORTED', attributeLocation(root, 'datamodel'), message);
  return 'ecmascript';
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

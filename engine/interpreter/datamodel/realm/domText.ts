/**
 * Text of the DOM of XML data (W3C SCXML B.2.1; W3C tests 557 and 561): the reading part of DOM Level 3 Core.
 * The host's XML reader makes the tree; this text makes frozen nodes of it. Their methods are on prototypes
 * that are intrinsics, so that snapshots carry nodes like any other object.
 *
 * An element of the tree is [prefix, local name, namespace, [[prefix, local name, namespace, value], ...],
 * [children]]; a string is text.
 */
export const domText = String.raw`
const ELEMENT = 1;
const ATTRIBUTE = 2;
const TEXT = 3;
const DOCUMENT = 9;

class NodeList extends Array {
  item(index) {
    return this[index] ?? null;
  }
}

class Node {
  get firstChild() {
    return this.childNodes[0] ?? null;
  }
  get lastChild() {
    return this.childNodes[this.childNodes.length - 1] ?? null;
  }
  get nextSibling() {
    return sibling(this, 1);
  }
  get previousSibling() {
    return sibling(this, -1);
  }
  get children() {
    return listOf(this.childNodes.filter((node) => node.nodeType === ELEMENT));
  }
  get firstElementChild() {
    return this.children[0] ?? null;
  }
  get lastElementChild() {
    return this.children[this.children.length - 1] ?? null;
  }
  get childElementCount() {
    return this.children.length;
  }
  get textContent() {
    let text = '';
    visit(this, (node) => {
      if (node.nodeType === TEXT) text += node.data;
    });
    return text;
  }
  hasChildNodes() {
    return this.childNodes.length > 0;
  }
  getElementsByTagName(name) {
    const wanted = String(name);
    return elementsOf(this, (element) => wanted === '*' || element.tagName === wanted);
  }
  getElementsByTagNameNS(namespace, name) {
    const uri = namespace === null || namespace === '' ? null : String(namespace);
    const wanted = String(name);
    return elementsOf(this, (element) => (uri === '*' || element.namespaceURI === uri)
      && (wanted === '*' || element.localName === wanted));
  }
  toString() {
    return serialise(this);
  }
  toJSON() {
    return serialise(this);
  }
}

class Document extends Node {
  get documentElement() {
    return this.firstElementChild;
  }
  getElementById(id) {
    const wanted = String(id);
    return elementsOf(this, (element) => element.getAttribute('id') === wanted)[0] ?? null;
  }
}

class Element extends Node {
  getAttributeNode(name) {
    const wanted = String(name);
    return this.attributes.find((attribute) => attribute.name === wanted) ?? null;
  }
  getAttributeNodeNS(namespace, name) {
    const uri = namespace === null || namespace === '' ? null : String(namespace);
    const wanted = String(name);
    return this.attributes.find((found) => found.namespaceURI === uri && found.localName === wanted) ?? null;
  }
  getAttribute(name) {
    return this.getAttributeNode(name)?.value ?? null;
  }
  getAttributeNS(namespace, name) {
    return this.getAttributeNodeNS(namespace, name)?.value ?? null;
  }
  hasAttribute(name) {
    return this.getAttributeNode(name) !== null;
  }
  hasAttributeNS(namespace, name) {
    return this.getAttributeNodeNS(namespace, name) !== null;
  }
  hasAttributes() {
    return this.attributes.length > 0;
  }
}

class Text extends Node {}
class Attr extends Node {}

const domPrototypes = {
  NodeList: NodeList.prototype, Node: Node.prototype, Document: Document.prototype, Element: Element.prototype,
  Text: Text.prototype, Attr: Attr.prototype,
};

function listOf(items) {
  setPrototypeOf(items, NodeList.prototype);
  return freeze(items);
}

function visit(node, see) {
  if (--gas.n < 0) spent();
  see(node);
  const { childNodes } = node;
  for (let i = 0; i < childNodes.length; i += 1) visit(childNodes[i], see);
}

function elementsOf(root, holds) {
  const found = [];
  visit(root, (node) => {
    if (node !== root && node.nodeType === ELEMENT && holds(node)) found.push(node);
  });
  return listOf(found);
}

function sibling(node, step) {
  const siblings = node.parentNode?.childNodes;
  if (siblings === undefined) return null;
  for (let i = 0; i < siblings.length; i += 1) {
    if (--gas.n < 0) spent();
    if (siblings[i] === node) return siblings[i + step] ?? null;
  }
  return null;
}

function qualified(prefix, local) {
  return prefix === '' ? local : prefix + ':' + local;
}

function orNull(text) {
  return text === '' ? null : text;
}

const NO_NODES = listOf([]);

function textNode(data, parent, owner) {
  const node = create(Text.prototype);
  node.nodeType = TEXT;
  node.nodeName = '#text';
  node.nodeValue = data;
  node.data = data;
  return placed(node, NO_NODES, parent, owner);
}

function attributeNode(parts, element, owner) {
  const [prefix, local, uri, value] = parts;
  const node = create(Attr.prototype);
  node.nodeType = ATTRIBUTE;
  node.nodeName = node.name = qualified(prefix, local);
  node.prefix = orNull(prefix);
  node.localName = local;
  node.namespaceURI = orNull(uri);
  node.nodeValue = node.value = value;
  node.ownerElement = element;
  return placed(node, NO_NODES, null, owner);
}

function elementNode(tree, parent, owner) {
  const [prefix, local, uri, attributes, children] = tree;
  const node = create(Element.prototype);
  node.nodeType = ELEMENT;
  node.nodeName = node.tagName = qualified(prefix, local);
  node.prefix = orNull(prefix);
  node.localName = local;
  node.namespaceURI = orNull(uri);
  node.nodeValue = null;
  node.attributes = listOf(attributes.map((parts) => attributeNode(parts, node, owner)));
  return placed(node, childrenOf(children, node, owner), parent, owner);
}

function childrenOf(children, parent, owner) {
  return listOf(children.map((child) => typeof child === 'string'
    ? textNode(child, parent, owner) : elementNode(child, parent, owner)));
}

function placed(node, childNodes, parentNode, ownerDocument) {
  node.childNodes = childNodes;
  node.parentNode = parentNode;
  node.ownerDocument = ownerDocument;
  return freeze(node);
}

function makeDom(treeText) {
  const document = create(Document.prototype);
  document.nodeType = DOCUMENT;
  document.nodeName = '#document';
  document.nodeValue = null;
  return placed(document, childrenOf([parseJson(treeText)], document, document), null, null);
}

function initXml(data, id, treeText) {
  holderOf(data)[id] = makeDom(treeText);
}

function escapeXml(text, isValue) {
  const escaped = text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/\r/g, '&#13;');
  return isValue ? escaped.replace(/"/g, '&quot;').replace(/\n/g, '&#10;').replace(/\t/g, '&#9;') : escaped;
}

function serialise(node) {
  if (--gas.n < 0) spent();
  switch (node.nodeType) {
    case TEXT:
      return escapeXml(node.data, false);
    case ATTRIBUTE:
      return node.value;
    case ELEMENT: {
      let head = '<' + node.tagName;
      for (const { name, value } of node.attributes) head += ' ' + name + '="' + escapeXml(value, true) + '"';
      if (node.childNodes.length === 0) return head + '/>';
      return head + '>' + serialiseAll(node.childNodes) + '</' + node.tagName + '>';
    }
    default:
      return serialiseAll(node.childNodes);
  }
}

function serialiseAll(nodes) {
  let text = '';
  for (let i = 0; i < nodes.length; i += 1) text += serialise(nodes[i]);
  return text;
}
`;

import { codecText } from './codecText.ts';
import { codeText } from './codeText.ts';
import { domText } from './domText.ts';
import { genesysText } from './genesysText.ts';
import { hardeningText } from './hardening.ts';
import { kernelText } from './kernelText.ts';
import { restoreText } from './restoreText.ts';
import { sourceText } from './sourceText.ts';
import { taggedText } from './taggedText.ts';
import { valuesText } from './valuesText.ts';

/**
 * The whole text that a realm runs first: a function of the limits that hardens the realm and returns the
 * kernel (see Kernel in realm.ts). It is strict, so that document code cannot reach it by the property
 * `caller`.
 */
export const preludeText = `(function (L) {
'use strict';
${hardeningText}
${kernelText}
${codeText}
${valuesText}
${domText}
${sourceText}
${genesysText}
${codecText}
${taggedText}
${restoreText}
removeGlobals();
replaceAmbient();
installToSource();
enableOverrides();
hardenRealm();
for (const name of keys(platform)) harden(platform[name], '%' + name);
for (const module of keys(genesysFunctions)) harden(genesysFunctions[module], '%genesys.' + module);
for (const name of keys(domPrototypes)) harden(domPrototypes[name], '%dom.' + name);
const x = freeze({});
harden(x, '%x');
return {
  code: freeze({
    global, x, In: platform.In, currentStates: platform.currentStates, documentUrl: platform.documentUrl,
    log: platform.log, raise: platform.raise, spent, undeclared, noLocation, notAssignable, broken, frozen,
    ownScope, find, findOrRoot, findLocation, peek, object: toObject, apply: applyTo,
    scope, nextScope, closure, hides, accessors, constant,
  }),
  gas,
  host: {
    makeSheet, makeData, makeSystem, makeEval, setCode, markExotic, use, beginStep, openScope, closeScope, describe, textOf, shown, encode,
    dump, setEvent, clearEvent, setStates, setIoProcessors, setFigures, takeAsks, declare, initFrom, initJson, initText, initXml, fromJson, objectOf, makeDom,
    collect, lengthOf, setItem, drain, beginGenesys, addGenesys, endGenesys, snapshot, restore,
  },
};
})`;

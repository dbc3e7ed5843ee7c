export { placeOf } from './checkFile.ts';
export { findName, type NameUses } from './findNames.ts';
export type { LanguageFile, Place } from './languageFile.ts';
export { includedAt } from './linkFiles.ts';
export { type OutlineNode, outlineOf } from './outline.ts';
export { LanguageWorkspace } from './workspace.ts';

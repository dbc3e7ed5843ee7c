export { placeOf } from './checkFile.ts';
export { type Completion, completionsAt } from './complete.ts';
export { findName, type NameUses } from './findNames.ts';
export { hoverAt } from './hover.ts';
export type { LanguageFile, Place } from './languageFile.ts';
export { includedAt } from './linkFiles.ts';
export { type OutlineNode, outlineOf } from './outline.ts';
export { RenameRefused, renamedAt, renameState } from './renameState.ts';
export { LanguageWorkspace } from './workspace.ts';

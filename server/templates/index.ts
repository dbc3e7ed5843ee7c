export { CellVersions } from './cellVersions.ts';
export { FolderVersions } from './folderVersions.ts';
export { MANIFEST_FILE, manifestProblems, type TemplateManifest } from './manifest.ts';
export {
  ineffectiveIn,
  missingIn,
  noEffectOf,
  optionsOfProfile,
  serviceFaults,
} from './manifestOptions.ts';
export { readZip, ZipRefused } from './readZip.ts';
export { TEMPLATE_PATH, TemplateStore } from './templateStore.ts';
export type { TemplateView } from './templateView.ts';
export type { VersionFiles } from './versionFiles.ts';
export { writeZip } from './writeZip.ts';

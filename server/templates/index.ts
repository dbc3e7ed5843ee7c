export { readZip, ZipRefused } from './readZip.ts';
export { TEMPLATE_PATH, TemplateStore } from './templateStore.ts';
export type { TemplateView } from './templateView.ts';
export { writeZip } from './writeZip.ts';

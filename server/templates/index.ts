export { readZip, ZipRefused } from './readZip.ts';
export { TemplateStore, type TemplateView } from './templateStore.ts';

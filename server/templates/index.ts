export { readZip, ZipRefused } from './readZip.ts';
export { TEMPLATE_PATH, TemplateStore, type TemplateView } from './templateStore.ts';

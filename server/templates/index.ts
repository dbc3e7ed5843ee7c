export { checkTemplate } from './checkTemplate.ts';
export { readZip, ZipRefused } from './readZip.ts';
export { createTemplateStore, type TemplateStore, type TemplateView } from './templateStore.ts';

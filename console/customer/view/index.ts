export { CustomerView, type CustomerViewProps } from './customerView.tsx';
export { type FormField, readFields, standardFields } from './formField.ts';
export { type CustomerTexts, customerTexts, type Language, languageOf } from './texts.ts';

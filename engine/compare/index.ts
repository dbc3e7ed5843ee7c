export { compareDocuments, compareParts, type DocumentParts, partsOfDocument } from './compareDocuments.ts';

export { CustomerView, type CustomerViewProps } from './customerView.tsx';

export { CustomerView } from './customerView.tsx';

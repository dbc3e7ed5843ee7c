export { registerAuditRoutes } from './auditRoutes.ts';
export { registerAdminRoutes } from './routes.ts';
export { registerSessionAdminRoutes } from './sessionRoutes.ts';

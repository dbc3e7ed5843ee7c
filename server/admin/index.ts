export { registerAuditRoutes } from './auditRoutes.ts';
export { registerBackupRoutes } from './backupRoutes.ts';
export { registerCustomerRoutes } from './customerRoutes.ts';
export { registerAdminRoutes } from './routes.ts';
export { registerSessionAdminRoutes } from './sessionRoutes.ts';

export {
  type Actor,
  AUDIT_ACTIONS,
  type AuditAction,
  type AuditEntry,
  AuditLog,
  type AuditQuery,
  type AuditRecord,
  MAX_LISTED_ENTRIES,
} from './auditLog.ts';

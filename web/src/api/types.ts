// Short names for the generated types of the API (schema.gen.ts, `npm run gen`).
// Instants are unix milliseconds, money is 分 (fields end in _fen), ids are numbers.
import type { components, paths as generated } from './schema.gen'

type Schemas = components['schemas']

/** RFC 9457 with a stable code; `detail` is in the reader's language. */
export type Problem = Schemas['Problem']

/** One page of a list. `total` is null where counting would cost too much. */
export interface Page<T> {
  items: T[]
  next_cursor: string | null
  total: number | null
  /** There are more than `total`. */
  total_capped?: boolean
}

/** The query of every list; the rest are the list's own filters. */
export interface ListQuery {
  limit: number
  cursor?: string
  /** Field to sort by; "-field" sorts descending. */
  sort?: string
  // biome-ignore lint/suspicious/noExplicitAny: filters are typed by each endpoint
  [filter: string]: any
}

export type Session = Schemas['OrgMe']
export type Staff = Schemas['OrgStaff']
export type StaffInput = Schemas['OrgStaffIn']
/** The answer that carries a password; it is shown once and kept nowhere. */
export type StaffSecret = Schemas['OrgStaffSecret']
export type Department = Schemas['OrgDepartment']
export type Role = Schemas['OrgRole']
export type RoleInput = Schemas['OrgRoleIn']
/** A field of customers that a role can hide or make read-only. */
export type AccessField = Schemas['OrgAccessField']
/** A permission; its texts are the catalogue keys `permission.<name>` and `permission_group.<group>`. */
export type Permission = Schemas['OrgPermissionView']
export type Settings = Schemas['OrgSettings']
export type AuditEntry = Schemas['AuditView']
export type Job = Schemas['JobsView']
export type JobDetail = Schemas['JobsDetail']
export type JobAttempt = Schemas['JobsAttempt']
export type JobState = Job['state']
export type SystemInfo = Schemas['AppSystemInfo']
export type Overview = Schemas['InsightOverview']

/**
 * Overrides of generated endpoints, empty as a rule. A domain that needs one
 * writes `declare module '@/api/types' { interface paths { … } }`.
 */
// biome-ignore lint/suspicious/noEmptyInterface: it is there to be added to
export interface paths {}

/** Every endpoint of the API. */
export type Paths = Omit<generated, keyof paths> & paths

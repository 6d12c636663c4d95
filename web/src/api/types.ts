// The contract with the server, by hand in the shape that openapi-typescript
// writes. Once schema.gen.ts covers an endpoint, delete it here; when this
// file has no paths left, client.ts takes `paths` from './schema.gen'.
// Instants are unix milliseconds, money is 分 (fields end in _fen), ids are numbers.

/** RFC 9457 with a stable code; `detail` is in the reader's language. */
export interface Problem {
  type?: string
  title: string
  status: number
  detail?: string
  code?: string
  params?: Record<string, unknown>
  errors?: { path: string; code: string; message: string }[]
  request_id?: string
}

/** One page of a list. `total` is null where counting would cost too much. */
export interface Page<T> {
  items: T[]
  next_cursor: string | null
  total: number | null
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

export type Scope = 'own' | 'department' | 'all'

export interface Session {
  staff: {
    id: number
    login: string
    name: string
    department_id: number
    department_name: string
    must_change_password: boolean
  }
  roles: { id: number; name: string }[]
  permissions: string[]
  scope: Scope
  locale: string
  company: { name: string; time_zone: string; currency: string }
}

export interface Staff {
  id: number
  login: string
  name: string
  department_id: number
  department_name: string
  roles: { id: number; name: string }[]
  disabled: boolean
  must_change_password: boolean
  locked_until: number | null
  last_login_at: number | null
  created_at: number
  updated_at: number
}

export interface StaffInput {
  login: string
  name: string
  department_id: number
  role_ids: number[]
}

/** The answer that carries a password; it is shown once and kept nowhere. */
export interface StaffSecret {
  staff: Staff
  password: string
}

export interface Department {
  id: number
  parent_id: number | null
  name: string
  staff_count: number
}

export interface Role {
  id: number
  code: string
  name: string
  scope: Scope
  permissions: string[]
  builtin: boolean
  staff_count: number
  updated_at: number
}

export interface RoleInput {
  name: string
  scope: Scope
  permissions: string[]
}

/** A permission; its texts are the catalogue keys `permission.<name>` and `permission_group.<group>`. */
export interface Permission {
  name: string
  group: string
}

export interface AuditEntry {
  id: number
  at: number
  actor_id: number
  actor_name: string
  ip: string
  action: string
  object_type: string
  object_id: string
  before: Record<string, unknown> | null
  after: Record<string, unknown> | null
  request_id: string
  hash: string
}

export interface AuditVerification {
  ok: boolean
  checked: number
  head_hash: string
  first_bad_id: number | null
  reason: '' | 'changed' | 'missing' | 'truncated' | 'extra' | 'head' | 'unreadable'
}

export type JobState =
  | 'waiting'
  | 'running'
  | 'scheduled'
  | 'retrying'
  | 'finished'
  | 'failed'
  | 'cancelled'

export interface Job {
  id: number
  /** Text: catalogue key `job.kind.<kind>`. */
  kind: string
  state: JobState
  done: number
  /** 0 while the size of the work is unknown. */
  total: number
  unit: string
  note: string
  /** Units per second over the last seconds; 0 unless the job runs. */
  rate: number
  eta_seconds: number | null
  attempt: number
  max_attempts: number
  created_at: number
  scheduled_at: number
  started_at: number | null
  updated_at: number
  finished_at: number | null
  staff_id: number | null
  actor_name: string
  error_code: string | null
  error_detail: string | null
  can_retry: boolean
  can_cancel: boolean
}

export interface JobAttempt {
  attempt: number
  at: number
  code: string
}

export interface JobDetail extends Job {
  attempts: JobAttempt[]
}

export interface JobCounts {
  running: number
  scheduled: number
  failed: number
  finished: number
}

export interface SearchHit {
  kind: string
  id: number
  title: string
  subtitle: string
}

export interface OverviewLevel {
  code: string
  name: string
  rank: number
  customers: number
  revenue_fen: number
}

export interface Overview {
  /** 0 until the totals were computed for the first time. */
  as_of: number
  customers: { total: number; new_30d: number; new_prior_30d: number }
  orders: { total: number; last_30d: number; prior_30d: number }
  net_revenue_365d_fen: number
  net_revenue_prior_365d_fen: number
  revenue_by_month: { month: string; net_fen: number }[]
  levels: {
    scheme_code: string
    scheme_name: string
    as_of_day: string
    items: OverviewLevel[]
  } | null
  last_import: {
    id: number
    kind: string
    file_name: string
    status: string
    finished_at: number | null
    rows_read: number
    accepted: number
    rejected: number
    unchanged: number
  } | null
  last_run: {
    id: number
    scheme_code: string
    scheme_name: string
    as_of_day: string
    finished_at: number
    customers: number
    moved_up: number
    moved_down: number
  } | null
  /** Text: catalogue key `overview.todo.<code>` with `count`. */
  todos: { code: string; count: number }[]
  /** The person may not see company-wide totals: they are all 0 or null. */
  totals_hidden: boolean
}

export interface SystemInfo {
  version: string
  commit: string
  built_at: string
  go_version: string
  started_at: number
  time_zone: string
  data_dir: string
  engine: { name: 'sqlite' | 'postgres'; version: string; size_bytes: number }
  checks: { code: string; status: 'ok' | 'warning' | 'failed'; detail: string; fix: string }[]
}

export interface Settings {
  company_name: string
  time_zone: string
  currency: string
  /** Language of what the program makes unasked. */
  locale: string
  /** Code of the scheme that lists and reports use; empty for the program's choice. */
}

type Json<T> = { content: { 'application/json': T } }
type Fail = { content: { 'application/problem+json': Problem } }
type Id = { id: number }

interface Op<Res, Query, Path, Body> {
  parameters: { query?: Query; path: Path; header?: never; cookie?: never }
  requestBody: Body extends undefined ? undefined : { content: { 'application/json': Body } }
  responses: { 200: Json<Res>; default: Fail }
}

type Read<Res, Query = never> = {
  parameters: { query?: Query; header?: never; path?: never; cookie?: never }
  requestBody?: never
  responses: { 200: Json<Res>; default: Fail }
}
type ReadOne<Res> = Omit<Op<Res, never, Id, undefined>, 'requestBody'> & { requestBody?: never }
type Write<Res, Body> = {
  parameters: { query?: never; header?: never; path?: never; cookie?: never }
  requestBody: { content: { 'application/json': Body } }
  responses: { 200: Json<Res>; default: Fail }
}
type WriteOne<Res, Body> = Op<Res, never, Id, Body>
type ActOne<Res> = ReadOne<Res>
type Act<Res> = Read<Res>

/** Pages of a domain add their endpoints by `declare module '@/api/types' { interface paths { … } }`. */
export interface paths {
  '/session': {
    get: Read<Session>
    post: Write<Session, { login: string; password: string }>
    delete: Act<undefined>
  }
  '/session/password': { post: Write<Session, { current: string; new: string }> }
  '/staff': { get: Read<Page<Staff>, ListQuery>; post: Write<StaffSecret, StaffInput> }
  '/staff/{id}': {
    get: ReadOne<Staff>
    patch: WriteOne<Staff, Partial<StaffInput & { disabled: boolean }>>
  }
  '/staff/{id}/password-reset': { post: ActOne<StaffSecret> }
  '/departments': {
    get: Read<{ items: Department[] }>
    post: Write<Department, { name: string; parent_id: number | null }>
  }
  '/departments/{id}': {
    patch: WriteOne<Department, { name?: string; parent_id?: number | null }>
    delete: ActOne<undefined>
  }
  '/roles': { get: Read<{ items: Role[] }>; post: Write<Role, RoleInput> }
  '/roles/{id}': { patch: WriteOne<Role, Partial<RoleInput>>; delete: ActOne<undefined> }
  '/permissions': { get: Read<{ items: Permission[] }> }
  '/audit': { get: Read<Page<AuditEntry>, ListQuery> }
  '/audit/verify': { get: Read<AuditVerification> }
  '/jobs': { get: Read<Page<Job>, ListQuery> }
  '/jobs/counts': { get: Read<JobCounts> }
  '/jobs/{id}': { get: ReadOne<JobDetail> }
  '/jobs/{id}/retry': { post: ActOne<JobDetail> }
  '/jobs/{id}/cancel': { post: ActOne<JobDetail> }
  '/search': { get: Read<{ items: SearchHit[] }, { q: string }> }
  '/overview': { get: Read<Overview> }
  '/system': { get: Read<SystemInfo> }
  '/settings': { get: Read<Settings>; put: Write<Settings, Partial<Settings>> }
}

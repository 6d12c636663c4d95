// Everything the pages of imports ask of the server. Once schema.gen.ts covers
// these endpoints, the types come from there and only the calls stay.
import { useQuery } from '@tanstack/react-query'
import { api, ok } from '@/api/client'
import type { ListQuery, Problem } from '@/api/types'

export type Kind = 'orders' | 'customers' | 'behaviours'
export const kinds: Kind[] = ['orders', 'customers', 'behaviours']

export type Status =
  | 'waiting'
  | 'checking'
  | 'running'
  | 'finishing'
  | 'finished'
  | 'failed'
  | 'cancelling'
  | 'cancelled'

/** What a column says: "order.id", "buyer.phone"; "ignore" for nothing that is kept. */
export type Meaning = string

export interface Rules {
  negative_quantity?: string
  cancelled_prefix?: string
  amount_is?: string
  no_buyer?: string
  duplicate_lines?: string
  zero_price?: string
  fill_down?: string
  name_identifies?: string
  company_buys?: string
  date_order?: string
  /** Text of the status column → status. */
  status?: Record<string, string>
  default_status?: string
  /** Text of the event column → kind of behaviour. */
  event?: Record<string, string>
  default_event?: string
}

/** How a file is read, where detection is not to decide. */
export interface Shape {
  encoding?: string
  delimiter?: string
  sheet?: string
  header_line?: number
  no_header?: boolean
}

export interface Mapping extends Shape {
  kind: Kind
  /** Column key → meaning; a column that is not named is ignored. */
  columns: Record<string, Meaning>
  rules: Rules
}

/** A file sent in pieces. */
export interface Upload {
  id: number
  file_name: string
  size: number
  /** Bytes that are there; the next piece begins there. */
  received: number
  created_at: number
  expires_at: number
}

export interface Column {
  /** How mappings name the column. */
  key: string
  title: string
  meaning: Meaning
  /** 0–1; 0 for an ignored column. */
  confidence: number
  /** The first value that is there. */
  example: string
}

export interface Preview {
  format: 'csv' | 'csv.gz' | 'xlsx'
  /** Empty for a workbook. */
  encoding: string
  delimiter: string
  /** Empty for a CSV. */
  sheet: string
  sheets: string[]
  header_line: number
  /** Rows above the titles, passed over. */
  above: string[]
  kind: Kind
  mapping: Mapping
  /** The mapping is the one used last for this source and these titles. */
  saved: boolean
  columns: Column[]
  /** The first 20 rows as they stand. */
  rows: string[][]
  /** What a column of this kind may mean. */
  meanings: Meaning[]
  /** Keys of texts. */
  warnings: string[]
  problems: { path: string; code: string; params?: Record<string, unknown> }[]
}

export interface Counts {
  orders_unchanged: number
  returns: number
  refunded: number
  part_refunded: number
  cancelled: number
  unpaid: number
  exact_duplicates: number
  duplicates_dropped: number
  without_buyer: number
  zero_price: number
  far_apart: number
  customers_updated: number
  contacts_added: number
  behaviours_created: number
  behaviours_updated: number
  behaviours_unchanged: number
  amounts_rounded: number
  approximate?: boolean
}

/** Sums in yuan as decimal text, exactly and of the rounded orders. */
export interface Rounding {
  rule: string
  amounts: number
  gross_exact: string
  gross_of_rounded: string
  sales_exact: string
  sales_of_rounded: string
  net_exact: string
  net_of_rounded: string
  net_rounded: string
  difference: string
}

export interface Import {
  id: number
  kind: Kind
  source_id: number
  source_code: string
  source_name: string
  status: Status
  dry_run: boolean
  file_name: string
  file_size: number
  /** 0 until the file is checked. */
  rows_total: number
  rows_read: number
  accepted: number
  rejected: number
  unchanged: number
  customers_created: number
  customers_matched: number
  orders_created: number
  orders_updated: number
  counts: Counts
  rounding: Rounding
  reasons: { code: string; text: string; rows: number }[]
  mapping: Mapping
  error_code: string | null
  error_detail: string | null
  job_id: number | null
  created_by: number
  /** Missing from servers that do not tell it yet. */
  created_by_name?: string
  created_at: number
  started_at: number | null
  finished_at: number | null
}

export interface Reject {
  row_no: number
  line: number
  /** Empty where it is not about one column. */
  column: string
  value: string
  code: string
  reason: string
  cells: string[]
}

export interface Source {
  id: number
  code: string
  name: string
  created_at: number
}

export interface StartInput {
  upload_id: number
  kind: Kind
  source: string
  mapping: Mapping
  dry_run: boolean
}

export interface PreviewInput {
  upload_id: number
  kind?: Kind
  source: string
  /** Columns empty: only how the file is read. */
  mapping?: Partial<Mapping>
}

type Answer<T> = {
  200: { content: { 'application/json': T } }
  default: { content: { 'application/problem+json': Problem } }
}
type None = { header?: never; cookie?: never }
type Plain = None & { path?: never; query?: never }
type ById = None & { path: { id: number }; query?: never }
type Body<T> = { content: { 'application/json': T } }

declare module '@/api/types' {
  interface paths {
    '/uploads': {
      post: {
        parameters: Plain
        requestBody: Body<{ file_name: string; size: number }>
        responses: Answer<Upload>
      }
    }
    '/uploads/{id}': {
      get: { parameters: ById; requestBody?: never; responses: Answer<Upload> }
      put: {
        parameters: None & { path: { id: number }; query: { offset: number } }
        requestBody: { content: { 'application/octet-stream': Blob } }
        responses: Answer<Upload>
      }
      delete: { parameters: ById; requestBody?: never; responses: Answer<undefined> }
    }
    '/imports/preview': {
      post: { parameters: Plain; requestBody: Body<PreviewInput>; responses: Answer<Preview> }
    }
    '/imports': {
      get: {
        parameters: None & { query?: ListQuery; path?: never }
        requestBody?: never
        responses: Answer<Page<Import>>
      }
      post: { parameters: Plain; requestBody: Body<StartInput>; responses: Answer<Import> }
    }
    '/imports/{id}': {
      get: { parameters: ById; requestBody?: never; responses: Answer<Import> }
    }
    '/imports/{id}/cancel': {
      post: { parameters: ById; requestBody?: never; responses: Answer<Import> }
    }
    '/imports/{id}/rejects': {
      get: {
        parameters: None & { path: { id: number }; query?: ListQuery }
        requestBody?: never
        responses: Answer<Page<Reject>>
      }
    }
    '/sources': {
      get: { parameters: Plain; requestBody?: never; responses: Answer<{ items: Source[] }> }
    }
  }
}

/** Whether nothing more happens to an import. */
export const isEnded = (status: Status) =>
  status === 'finished' || status === 'failed' || status === 'cancelled'

export const useSources = () =>
  useQuery({
    queryKey: ['imports', 'sources'],
    queryFn: async ({ signal }) => (await ok(api.GET('/sources', { signal }))).items,
    staleTime: 60_000,
  })

export const listImports = (query: ListQuery, signal: AbortSignal) =>
  ok(api.GET('/imports', { params: { query }, signal }))

/** One import; asked for again every 1.5 s until it has ended. */
export const useImport = (id: number | null) =>
  useQuery({
    queryKey: ['imports', 'one', id],
    queryFn: ({ signal }) =>
      ok(api.GET('/imports/{id}', { params: { path: { id: id ?? 0 } }, signal })),
    enabled: id !== null,
    refetchInterval: (query) =>
      query.state.data && isEnded(query.state.data.status) ? false : 1500,
  })

export const listRejects = (id: number, query: ListQuery, signal: AbortSignal) =>
  ok(api.GET('/imports/{id}/rejects', { params: { path: { id }, query }, signal }))

export const preview = (body: PreviewInput, signal?: AbortSignal) =>
  ok(api.POST('/imports/preview', { body, signal }))

export const startImport = (body: StartInput) => ok(api.POST('/imports', { body }))

export const cancelImport = (id: number) =>
  ok(api.POST('/imports/{id}/cancel', { params: { path: { id } } }))

/** The calls of an upload, apart from its logic. */
export const transport = {
  create: (file_name: string, size: number) =>
    ok(api.POST('/uploads', { body: { file_name, size } })),
  state: (id: number) => ok(api.GET('/uploads/{id}', { params: { path: { id } } })),
  send: (id: number, offset: number, piece: Blob, signal: AbortSignal) =>
    ok(
      api.PUT('/uploads/{id}', {
        params: { path: { id }, query: { offset } },
        body: piece,
        // As it is: the client would write JSON.
        bodySerializer: (body: Blob) => body,
        headers: { 'Content-Type': 'application/octet-stream' },
        signal,
      }),
    ),
  remove: (id: number) => ok(api.DELETE('/uploads/{id}', { params: { path: { id } } })),
}

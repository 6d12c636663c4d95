// Everything the pages of customers ask of the server. Once schema.gen.ts
// covers these endpoints, the types come from there and only the calls stay.
import { useQuery } from '@tanstack/react-query'
import { api, ok } from '@/api/client'
import type { ListQuery, Page, Problem } from '@/api/types'

export type CustomerKind = 'person' | 'company' | 'org'

export interface Level {
  code: string
  name: string
  /** 1 is the best. */
  rank: number
}

export interface Source {
  id: number
  code: string
  name: string
}

export interface Owner {
  id: number
  name: string
}

/** A customer in a list. Contacts are masked. */
export interface Customer {
  id: number
  name: string
  kind: CustomerKind
  gender: '' | 'male' | 'female'
  phone: string | null
  email: string | null
  province: string
  city: string
  owner: Owner | null
  level: Level | null
  net_365_fen: number
  net_all_fen: number
  orders_365: number
  orders_all: number
  aov_365_fen: number | null
  /** YYYY-MM-DD. */
  last_day: string | null
  days_since: number | null
  favourite_category: string
}

export interface CustomerList extends Page<Customer> {
  /** There are more than `total`. */
  total_capped: boolean
  /** The day the figures are of. */
  as_of: string
}

export interface CustomerOptions {
  sources: Source[]
  /** Of the current run, best first. */
  levels: Level[]
  regions: { province: string; cities: string[] }[]
}

export type ContactKind = 'phone' | 'email' | 'address' | 'code'

export interface Contact {
  id: number
  kind: ContactKind
  masked: string
  created_at: number
}

export interface SourceKey extends Source {
  /** Masked where `hidden`; empty where the source has none. */
  number: string
  hidden: boolean
}

export interface Identity {
  id: number
  kind: CustomerKind
  name: string
  gender: '' | 'male' | 'female'
  /** 1990-02-28 or 02-28; empty where unknown. */
  birthday: string
  company: string
  province: string
  city: string
  owner: Owner | null
  department_id: number | null
  /** Where the customer was first seen. */
  source: Source | null
  contacts: Contact[]
  sources: SourceKey[]
  version: number
  created_at: number
  updated_at: number
}

export interface WindowFigures {
  /** Length up to the as-of day; 0 is all time. */
  days: number
  orders: number
  sales_fen: number
  net_fen: number
  refunded_fen: number
  aov_fen: number | null
  months: number
  repurchase_rate: number | null
}

export interface Figures {
  as_of: string
  windows: WindowFigures[]
  first_day: string | null
  last_day: string | null
  days_since: number | null
  last_behaviour_day: string | null
  interval_days: number | null
  carts_90: number
  views_90: number
  favourite_category: string
  favourite_brand: string
  updated_at: number
}

/** One statement of why: the catalogue text `key` with `params`, formatted for the reader. */
export interface Reason {
  key: string
  params: Record<string, unknown> | null
}

export interface LevelReason extends Level {
  run_id: number
  scheme_code: string
  scheme_name: string
  as_of: string
  /** 0–100; null where the scheme gives none. */
  score: number | null
  reasons: Reason[]
  /** Suggested next step of the scheme. */
  advice: string
}

export type OrderStatus =
  | 'unpaid'
  | 'paid'
  | 'shipped'
  | 'completed'
  | 'cancelled'
  | 'refunded'
  | 'part_refunded'

export interface Product {
  id: number
  code: string
  name: string
  category: string
  brand: string
}

export interface OrderLine {
  line_no: number
  product: Product | null
  /** Thousandths; negative in a return. */
  quantity_milli: number
  amount_fen: number
}

export interface Order {
  id: number
  source: Source
  external_id: string
  kind: 'sale' | 'return'
  status: OrderStatus
  paid_at: number
  day: string
  gross_fen: number
  sales_fen: number
  net_fen: number
  refunded_fen: number
  freight_fen: number
  quantity_milli: number
  line_count: number
  channel: string
  store: string
  province: string
  city: string
  /** The first 50. */
  lines: OrderLine[]
}

export type BehaviourKind = 'view' | 'cart' | 'favourite' | 'review'

export interface Behaviour {
  id: number
  kind: BehaviourKind
  at: number
  day: string
  product: Product | null
  quantity_milli: number
  /** 1–5 of a review. */
  rating: number | null
}

export interface CustomerDetail {
  customer: Identity
  figures: Figures
  level: LevelReason | null
  /** The newest `recentSize`. */
  orders: Order[]
  behaviours: Behaviour[]
}

/** A contact or number in clear. */
export interface Revealed {
  kind: string
  text: string
}

/** How many orders and behaviours come with the page of a customer. */
export const recentSize = 10

type Answer<T> = {
  200: { content: { 'application/json': T } }
  default: { content: { 'application/problem+json': Problem } }
}
type None = { header?: never; cookie?: never }
type ById = { path: { id: number } }

declare module '@/api/types' {
  interface paths {
    '/customers': {
      get: {
        parameters: None & { query?: ListQuery; path?: never }
        requestBody?: never
        responses: Answer<CustomerList>
      }
    }
    '/customers/options': {
      get: {
        parameters: None & { query?: never; path?: never }
        requestBody?: never
        responses: Answer<CustomerOptions>
      }
    }
    '/customers/{id}': {
      get: {
        parameters: None & ById & { query?: never }
        requestBody?: never
        responses: Answer<CustomerDetail>
      }
    }
    '/customers/{id}/orders': {
      get: {
        parameters: None & ById & { query?: { limit?: number; cursor?: string } }
        requestBody?: never
        responses: Answer<Page<Order>>
      }
    }
    '/customers/{id}/behaviours': {
      get: {
        parameters: None & ById & { query?: { limit?: number; cursor?: string; kind?: string } }
        requestBody?: never
        responses: Answer<Page<Behaviour>>
      }
    }
    '/customers/{id}/reveal': {
      post: {
        parameters: None & ById & { query?: never }
        requestBody: {
          content: { 'application/json': { contact_id?: number; source_id?: number } }
        }
        responses: Answer<Revealed>
      }
    }
  }
}

export const listCustomers = (query: ListQuery, signal: AbortSignal) =>
  ok(api.GET('/customers', { params: { query }, signal }))

/** What the list can be filtered by; changes with imports and runs only. */
export const useOptions = () =>
  useQuery({
    queryKey: ['customers', 'options'],
    queryFn: ({ signal }) => ok(api.GET('/customers/options', { signal })),
    staleTime: 5 * 60_000,
  })

/** The page of one customer; nothing is asked while there is no id. */
export const useCustomer = (id: number | null) =>
  useQuery({
    queryKey: ['customers', 'one', id],
    queryFn: ({ signal }) =>
      ok(api.GET('/customers/{id}', { params: { path: { id: id ?? 0 } }, signal })),
    enabled: id !== null,
  })

export const listOrders = (id: number, cursor: string | undefined, signal: AbortSignal) =>
  ok(
    api.GET('/customers/{id}/orders', {
      params: { path: { id }, query: { limit: 100, cursor } },
      signal,
    }),
  )

export const listBehaviours = (
  id: number,
  kind: string,
  cursor: string | undefined,
  signal: AbortSignal,
) =>
  ok(
    api.GET('/customers/{id}/behaviours', {
      params: { path: { id }, query: { limit: 50, cursor, kind: kind || undefined } },
      signal,
    }),
  )

/** Who sees what in clear is on record before the answer comes. */
export const reveal = (id: number, what: { contact_id: number } | { source_id: number }) =>
  ok(api.POST('/customers/{id}/reveal', { params: { path: { id } }, body: what }))

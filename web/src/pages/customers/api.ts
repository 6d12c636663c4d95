// Everything the pages of customers ask of the server, and short names for its types.
import { useQuery } from '@tanstack/react-query'
import { api, ok } from '@/api/client'
import type { components } from '@/api/schema.gen'
import type { ListQuery } from '@/api/types'

type Schemas = components['schemas']

/** The generator drops "or null" where a field refers to an object; this puts it back. */
type Nullable<T, K extends keyof T> = Omit<T, K> & { [F in K]: T[F] | null }

/** A customer in a list. Contacts are masked. */
export type Customer = Nullable<Schemas['CustomerItem'], 'level' | 'owner'>
export type CustomerKind = Customer['kind']
/** One page of the list, and the day its figures are of. */
export type CustomerList = Omit<Schemas['CustomerPage'], 'items'> & { items: Customer[] }
/** What the list can be filtered by; levels of the current run, best first. */
export type CustomerOptions = Schemas['CustomerOptions']
export type Contact = Schemas['CustomerContactItem']
export type ContactKind = Contact['kind']
/** Who a customer is, without figures. */
export type Identity = Nullable<Schemas['CustomerIdentity'], 'owner' | 'source'>
/** Figures of one window; `days` 0 is all time. */
export type WindowFigures = Schemas['OrderWindowFigures']
export type Figures = Schemas['OrderFigures']
/** The level and why; texts of reasons come as catalogue keys with formatted values. */
export type LevelReason = Schemas['CustomerLevelReason']
export type DimensionLevel = Schemas['OrderDimensionLevel']
export type OrderLine = Nullable<Schemas['OrderLineItem'], 'product'>
/** An order with its first 50 lines. */
export type Order = Omit<Schemas['OrderItem'], 'lines'> & { lines: OrderLine[] }
export type OrderStatus = Order['status']
export type Behaviour = Nullable<Schemas['OrderBehaviourItem'], 'product'>
export type BehaviourKind = Behaviour['kind']
/** The page of one customer, with the newest `recentSize` orders and behaviours. */
export interface CustomerDetail {
  customer: Identity
  figures: Figures
  /** What follows is left out where it is hidden from the reader. The level is that of value. */
  level?: LevelReason | null
  /** Of every dimension in use, in their order. */
  levels?: DimensionLevel[]
  orders?: Order[]
  behaviours?: Behaviour[]
}
/** A contact or number in clear. */
export type Revealed = Schemas['CustomerRevealed']

/** How many orders and behaviours come with the page of a customer. */
export const recentSize = 10

export const listCustomers = (query: ListQuery, signal: AbortSignal): Promise<CustomerList> =>
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
    queryFn: ({ signal }): Promise<CustomerDetail> =>
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
  kind: BehaviourKind | '',
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

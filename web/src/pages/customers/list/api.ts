// What the customer lists ask of the server, and short names for its types.
import { keepPreviousData, useQueries, useQuery } from '@tanstack/react-query'
import { api, ok } from '@/api/client'
import type { components } from '@/api/schema.gen'
import type { ListQuery } from '@/api/types'
import type { Customer, CustomerList } from '../api'
import type { FilterNode } from './tree'

type Schemas = components['schemas']

/** What lists can do with one field. */
export type FieldInfo = Schemas['CustomerFieldInfo']
export type FieldType = FieldInfo['type']
/** A customer in a list, with the values of the columns asked for. */
export type ListRow = Customer
export type View = Omit<Schemas['CustomerView'], 'body'> & { body: ViewBody }
export type ViewBody = Omit<Schemas['CustomerViewBody'], 'filter'> & { filter?: FilterNode | null }
export type ViewIn = Omit<Schemas['CustomerViewIn'], 'body'> & { body: ViewBody }
export type BulkActions = Schemas['CustomerBulkActions']
export type Selection = Omit<Schemas['CustomerSelection'], 'filter'> & { filter?: FilterNode }
export type BulkPreview = Schemas['CustomerBulkPreview']
export type BulkRun = Schemas['CustomerBulkRun']
export type Board = Omit<Schemas['CustomerBoard'], 'columns'> & { columns: BoardColumn[] }
export type BoardColumn = Omit<Schemas['CustomerBoardColumn'], 'items'> & { items: ListRow[] }
export type ExportBody = Omit<Schemas['CustomerExportBody'], 'filter'> & { filter?: FilterNode }
export type ExportRun = Schemas['CustomerExportRun']

/** The fields that lists know; they change when an administrator changes custom fields. */
export const useCatalogue = () =>
  useQuery({
    queryKey: ['customers', 'catalogue'],
    queryFn: async ({ signal }) => (await ok(api.GET('/customers/fields', { signal }))).items,
    staleTime: 60_000,
  })

/** A page of the list; the filter goes in the body, where addresses have no bound. */
export function queryCustomers(query: ListQuery, signal: AbortSignal): Promise<CustomerList> {
  const { filter, columns, q, sort, limit, cursor } = query
  return ok(
    api.POST('/customers/query', {
      body: { q, sort, limit, cursor, columns, filter: filter ?? undefined },
      signal,
    }),
  ) as Promise<CustomerList>
}

export const viewsKey = ['views'] as const

export const useViews = () =>
  useQuery({
    queryKey: viewsKey,
    queryFn: async ({ signal }): Promise<View[]> =>
      (await ok(api.GET('/views', { signal }))).items as View[],
    staleTime: 60_000,
  })

export const createView = (body: ViewIn) =>
  ok(api.POST('/views', { body: body as Schemas['CustomerViewIn'] })) as Promise<View>

export const updateView = (id: number, body: ViewIn) =>
  ok(
    api.PUT('/views/{id}', { params: { path: { id } }, body: body as Schemas['CustomerViewIn'] }),
  ) as Promise<View>

export const deleteView = (id: number) =>
  ok(api.DELETE('/views/{id}', { params: { path: { id } } }))

/** Colleagues by name, pinyin or initials; the nearest first. */
export const useStaffFound = (text: string) =>
  useQuery({
    queryKey: ['colleagues', text],
    staleTime: 60_000,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) =>
      (await ok(api.GET('/colleagues', { params: { query: { q: text || undefined } }, signal })))
        .items,
  })

/** The names of colleagues, also of those who left. */
export const useStaffNamed = (ids: number[]) =>
  useQuery({
    queryKey: ['colleagues', 'named', ids.join()],
    enabled: ids.length > 0,
    staleTime: 5 * 60_000,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) =>
      (await ok(api.GET('/colleagues', { params: { query: { ids: ids.join() } }, signal }))).items,
  })

/** The names of customers that the reader may see; the others are missing. */
export function useCustomersNamed(ids: number[]): Map<number, string> {
  const found = useQueries({
    queries: ids.slice(0, 50).map((id) => ({
      queryKey: ['customers', 'card', id],
      staleTime: 5 * 60_000,
      retry: false,
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        ok(api.GET('/customers/{id}/card', { params: { path: { id } }, signal })),
    })),
  })
  return new Map(found.flatMap(({ data }) => (data ? [[data.id, data.name]] : [])))
}

export const useDepartments = () =>
  useQuery({
    queryKey: ['departments', 'names'],
    staleTime: 60_000,
    retry: false,
    queryFn: async ({ signal }) => (await ok(api.GET('/departments', { signal }))).items,
  })

export const useRoles = (enabled: boolean) =>
  useQuery({
    queryKey: ['roles', 'names'],
    enabled,
    staleTime: 60_000,
    queryFn: async ({ signal }) => (await ok(api.GET('/roles', { signal }))).items,
  })

export const previewBulk = (selection: Selection, actions: BulkActions) =>
  ok(api.POST('/bulk/preview', { body: { selection, actions } }))

export const startBulk = (preview_id: number) => ok(api.POST('/bulk', { body: { preview_id } }))

export const undoBulk = (id: number) =>
  ok(api.POST('/bulk/{id}/undo', { params: { path: { id } } }))

export const cancelBulk = (id: number) =>
  ok(api.POST('/bulk/{id}/cancel', { params: { path: { id } } }))

const underWay = ['waiting', 'running', 'cancelling']

/** Whether a bulk edit or its undo is at work. */
export const atWork = (run: BulkRun) =>
  underWay.includes(run.status) || underWay.includes(run.undo_status)

/** One bulk edit, asked again while it is at work. */
export const useBulk = (id: number | null) =>
  useQuery({
    queryKey: ['bulk', 'one', id],
    enabled: id !== null,
    queryFn: ({ signal }) =>
      ok(api.GET('/bulk/{id}', { params: { path: { id: id ?? 0 } }, signal })),
    refetchInterval: (query) => (query.state.data && !atWork(query.state.data) ? false : 1000),
  })

export interface BoardQuery {
  group_by: string
  filter?: string
  q?: string
  sort?: string
  columns?: string
}

export const useBoard = (query: BoardQuery) =>
  useQuery({
    queryKey: ['customers', 'board', query],
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }): Promise<Board> =>
      (await ok(
        api.GET('/customers/board', { params: { query: { ...query, limit: 20 } }, signal }),
      )) as Board,
  })

export const boardColumn = async (
  query: BoardQuery,
  key: string,
  cursor: string,
): Promise<BoardColumn> =>
  (await ok(
    api.GET('/customers/board/column', {
      params: { query: { ...query, limit: 20, key, cursor } },
    }),
  )) as BoardColumn

export const startExport = (body: ExportBody) => ok(api.POST('/customers/exports', { body }))

/** One export, asked again while it is being made. */
export const useExport = (id: number | null) =>
  useQuery({
    queryKey: ['exports', id],
    enabled: id !== null,
    queryFn: ({ signal }) =>
      ok(api.GET('/customers/exports/{id}', { params: { path: { id: id ?? 0 } }, signal })),
    refetchInterval: (query) =>
      query.state.data && !['waiting', 'running'].includes(query.state.data.status) ? false : 1000,
  })

// Everything the pages of imports ask of the server, and short names for its types.
import { useQuery } from '@tanstack/react-query'
import { api, ok } from '@/api/client'
import type { components } from '@/api/schema.gen'
import type { ListQuery } from '@/api/types'

type Schemas = components['schemas']

/** An import with its counts and reasons. */
export type Import = Schemas['ImporterView']
/** How large a file may be, in bytes. */
export type Limits = Schemas['ImporterLimits']
export type Kind = Import['kind']
export const kinds: Kind[] = ['orders', 'customers', 'behaviours']
export type Status = Import['status']
export type Counts = Schemas['ImporterCounts']
/** Sums in yuan as decimal text, exactly and of the rounded orders. */
export type Rounding = Schemas['ImporterRounding']
/** What a column says: "order.id", "buyer.phone"; "ignore" for nothing that is kept. */
export type Meaning = string
export type Rules = Schemas['ImporterRules']
export type Mapping = Schemas['ImporterMapping']
/** How a file is read, where detection is not to decide. */
export type Shape = Pick<Mapping, 'encoding' | 'delimiter' | 'sheet' | 'header_line' | 'no_header'>
export type Column = Schemas['ImporterColumn']
/** The beginning of a file and what an import would make of it. */
export type Preview = Omit<Schemas['ImporterPreview'], 'kind'> & { kind: Kind }
export type Reject = Schemas['ImporterReject']
export type Upload = Schemas['ImporterUpload']
export type StartInput = Schemas['StartInputBody']
export type PreviewInput = Schemas['PreviewInputBody']

export const statuses: Status[] = [
  'waiting',
  'checking',
  'running',
  'finishing',
  'finished',
  'failed',
  'cancelling',
  'cancelled',
]

/** Whether nothing more happens to an import. */
export const isEnded = (status: Status) =>
  status === 'finished' || status === 'failed' || status === 'cancelled'

export const useSources = () =>
  useQuery({
    queryKey: ['imports', 'sources'],
    queryFn: async ({ signal }) => (await ok(api.GET('/sources', { signal }))).items,
    staleTime: 60_000,
  })

/** How people call a source: its name, else the code that it will be made with; undefined while that is not known. */
export function useSourceName(code: string | null): string | undefined {
  const { data, isLoading } = useSources()
  if (code === null || isLoading) return undefined
  return data?.find((s) => s.code === code)?.name ?? code
}

/** What the server takes; set when it starts. */
export const useLimits = () =>
  useQuery({
    queryKey: ['imports', 'limits'],
    queryFn: ({ signal }) => ok(api.GET('/imports/limits', { signal })),
    staleTime: Number.POSITIVE_INFINITY,
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

export const preview = async (body: PreviewInput, signal?: AbortSignal) =>
  (await ok(api.POST('/imports/preview', { body, signal }))) as Preview

export const startImport = (body: StartInput) => ok(api.POST('/imports', { body }))

export const cancelImport = (id: number) =>
  ok(api.POST('/imports/{id}/cancel', { params: { path: { id } } }))

/** The calls of an upload, apart from its logic. */
export const transport = {
  create: (file_name: string, size: number) =>
    ok(api.POST('/uploads', { body: { file_name, size } })),
  state: (id: number) => ok(api.GET('/uploads/{id}', { params: { path: { id } } })),
  send: async (id: number, offset: number, piece: Blob, signal: AbortSignal) => {
    const answer = await ok(
      api.PUT('/uploads/{id}', {
        params: { path: { id }, query: { offset: String(offset) } },
        // Bytes as they are; the document calls them text, and the client would write JSON.
        body: piece as unknown as string,
        bodySerializer: (body: unknown) => body as Blob,
        headers: { 'Content-Type': 'application/octet-stream' },
        signal,
      }),
    )
    return answer as unknown as Upload
  },
  remove: (id: number) => ok(api.DELETE('/uploads/{id}', { params: { path: { id } } })),
}

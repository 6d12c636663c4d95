// Everything the pages of audiences ask of the server, and short names for its types.
import { keepPreviousData, type QueryClient, useQuery } from '@tanstack/react-query'
import { api, ok } from '@/api/client'
import { ApiError } from '@/api/errors'
import type { components } from '@/api/schema.gen'
import type { ListQuery } from '@/api/types'
import type { FilterNode } from '../customers/list/tree'
import { etag } from '../customers/record/api'

type Schemas = components['schemas']

export type Audience = Schemas['AudienceItem']
/** One audience with its rule, which is a tree as in customers/list/tree.ts. */
export type FullAudience = Omit<Schemas['AudienceFull'], 'rule'> & { rule: FilterNode | null }
export type Kind = Audience['kind']
export type Problem = Schemas['AudienceProblem']
export type Version = Schemas['AudienceVersion']
export type FullVersion = Schemas['AudienceFullVersion']
export type Use = Schemas['AudienceUse']
export type Profile = Schemas['AudienceProfile']
export type ProfilePart = Schemas['AudienceProfilePart']
export type Bucket = Schemas['AudienceBucket']
export type Overlap = Schemas['AudienceOverlap']
export type Entries = Omit<Schemas['AudienceEntriesIn'], 'filter'> & { filter?: FilterNode }
export type EntriesImport = Schemas['AudienceEntriesImport']
export type EntriesImported = Schemas['AudienceEntriesImported']
export type Patch = Omit<Schemas['AudiencePatch'], 'rule'> & { rule?: FilterNode }
export type AudienceIn = Omit<Schemas['AudienceIn'], 'rule'> & { rule?: FilterNode }

const at = (id: number) => ({ path: { id } })

/** All that pages of audiences know; changed after every write. */
export const key = ['audiences'] as const

/** What else shows audiences, or lists by them, is asked again. */
export function written(client: QueryClient) {
  client.invalidateQueries({ queryKey: key })
  client.invalidateQueries({ queryKey: ['customers'] })
}

export const listAudiences = (query: ListQuery, signal: AbortSignal) =>
  ok(api.GET('/audiences', { params: { query }, signal }))

export const oneKey = (id: number) => [...key, 'one', id] as const

const load = async (id: number, signal?: AbortSignal) =>
  (await ok(api.GET('/audiences/{id}', { params: at(id), signal }))) as FullAudience

/** How one audience is asked for, so that lists, pages and pickers share the answer. */
export const oneAudience = (id: number) => ({
  queryKey: oneKey(id),
  staleTime: 30_000,
  queryFn: ({ signal }: { signal: AbortSignal }) => load(id, signal),
})

export const useAudience = (id: number | null) =>
  useQuery({ ...oneAudience(id ?? 0), enabled: id !== null })

/** How many a saved audience or a rule has now, within the reader's scope. */
export const count = (
  what: { audience_id?: number; rule?: FilterNode; examples?: number; as_of?: string },
  signal?: AbortSignal,
) =>
  ok(
    api.POST('/audiences/count', {
      body: what as Schemas['AudienceCountIn'],
      signal,
    }),
  )

/** The members of an audience now; asked again while the page is looked at. */
export const useCount = (id: number, enabled = true) =>
  useQuery({
    queryKey: [...key, 'count', id],
    enabled,
    refetchInterval: 10_000,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => count({ audience_id: id }, signal),
  })

export const createAudience = async (body: AudienceIn) =>
  (await ok(api.POST('/audiences', { body: body as Schemas['AudienceIn'] }))) as FullAudience

export const patchAudience = async (id: number, version: number, body: Patch) =>
  (await ok(
    api.PATCH('/audiences/{id}', {
      params: { ...at(id), header: { 'If-Match': etag(version) } },
      body: body as Schemas['AudiencePatch'],
    }),
  )) as FullAudience

export const archiveAudience = (id: number) =>
  ok(api.POST('/audiences/{id}/archive', { params: at(id) }))

export const restoreAudience = (id: number) =>
  ok(api.POST('/audiences/{id}/restore', { params: at(id) }))

export const deleteAudience = (id: number) => ok(api.DELETE('/audiences/{id}', { params: at(id) }))

export const useUses = (id: number, enabled = true) =>
  useQuery({
    queryKey: [...key, 'uses', id],
    enabled,
    queryFn: async ({ signal }) =>
      (await ok(api.GET('/audiences/{id}/uses', { params: at(id), signal }))).items,
  })

export const listVersions = (id: number, cursor: string | undefined, signal: AbortSignal) =>
  ok(
    api.GET('/audiences/{id}/versions', {
      params: { ...at(id), query: { limit: 20, cursor } },
      signal,
    }),
  )

export const useVersion = (id: number, version: number) =>
  useQuery({
    queryKey: [...key, 'version', id, version],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: ({ signal }) =>
      ok(
        api.GET('/audiences/{id}/versions/{version}', {
          params: { path: { id, version } },
          signal,
        }),
      ),
  })

export const restoreVersion = (id: number, now: number, version: number) =>
  ok(
    api.POST('/audiences/{id}/versions/{version}/restore', {
      params: { path: { id, version }, header: { 'If-Match': etag(now) } },
    }),
  )

export const useProfile = (id: number) =>
  useQuery({
    queryKey: [...key, 'profile', id],
    staleTime: 60_000,
    queryFn: ({ signal }) => ok(api.GET('/audiences/{id}/profile', { params: at(id), signal })),
  })

export const useOverlap = (ids: number[]) =>
  useQuery({
    queryKey: [...key, 'overlap', ids],
    enabled: ids.length >= 2,
    staleTime: 60_000,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => ok(api.POST('/audiences/overlap', { body: { ids }, signal })),
  })

export const combine = async (body: Schemas['AudienceCombineIn']) =>
  (await ok(api.POST('/audiences/combine', { body }))) as FullAudience

export const addEntries = (id: number, body: Entries) =>
  ok(
    api.POST('/audiences/{id}/entries', {
      params: at(id),
      body: body as Schemas['AudienceEntriesIn'],
    }),
  )

export const removeEntries = (id: number, body: Entries) =>
  ok(
    api.POST('/audiences/{id}/entries/remove', {
      params: at(id),
      body: body as Schemas['AudienceEntriesIn'],
    }),
  )

export const importEntries = (id: number, body: EntriesImport) =>
  ok(api.POST('/audiences/{id}/entries/import', { params: at(id), body }))

/** The audiences in use that a customer belongs to. */
export const useAudiencesOf = (customer: number, enabled: boolean) =>
  useQuery({
    queryKey: [...key, 'of', customer],
    enabled,
    queryFn: ({ signal }) =>
      ok(api.GET('/customers/{id}/audiences', { params: { path: { id: customer } }, signal })),
  })

export type SizeDay = Schemas['AudienceSizeDay']
export type Change = Schemas['AudienceNamedChange']
export type Fresh = Schemas['AudienceFresh']

/** Sizes by day, the oldest first. */
export const listSizes = async (id: number, days: number, signal: AbortSignal) =>
  (await ok(api.GET('/audiences/{id}/sizes', { params: { ...at(id), query: { days } }, signal })))
    .items

/** Who entered and left, the newest first; `before` is the cursor of the page before. */
export const listChanges = (id: number, before: number | undefined, signal: AbortSignal) =>
  ok(
    api.GET('/audiences/{id}/changes', {
      params: { ...at(id), query: { cursor: before, limit: 50, order: 'newest' } },
      signal,
    }),
  )

/** How the kept members of some audiences stand, asked again while one looks. */
export const useFresh = (ids: number[], enabled = true) =>
  useQuery({
    queryKey: [...key, 'fresh', ids],
    enabled: enabled && ids.length > 0,
    refetchInterval: 5_000,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) =>
      new Map(
        (
          await ok(api.GET('/audiences/freshness', { params: { query: { ids } }, signal }))
        ).items.map((fresh) => [fresh.id, fresh]),
      ),
  })

/** A ready-made audience, with the numbers of an industry. */
export type Shipped = Omit<Schemas['AudienceShipped'], 'rule'> & { rule: FilterNode }
export const industries = ['fmcg', 'retail', 'technology', 'services', 'hotel', 'finance'] as const
export type Industry = (typeof industries)[number]

export const useShipped = (industry: Industry) =>
  useQuery({
    queryKey: [...key, 'shipped', industry],
    staleTime: 60_000,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) =>
      (await ok(api.GET('/audiences/shipped', { params: { query: { industry } }, signal })))
        .items as Shipped[],
  })

/** Makes one's own audience of a ready-made one; where its name is taken, a number is put behind it. */
export async function copyShipped(
  { code, name }: Pick<Shipped, 'code' | 'name'>,
  industry: Industry,
) {
  for (let n = 1; ; n++) {
    try {
      return (await ok(
        api.POST('/audiences/shipped/{code}', {
          params: { path: { code } },
          body: { industry, name: n > 1 ? `${name} ${n}` : undefined },
        }),
      )) as FullAudience
    } catch (error) {
      if (n >= 9 || !(error instanceof ApiError) || error.code !== 'audience.name_taken')
        throw error
    }
  }
}

// What the pages of duplicates ask of the server, and short names for its types.
import { useQuery } from '@tanstack/react-query'
import { api, ok } from '@/api/client'
import type { components } from '@/api/schema.gen'
import type { ListQuery } from '@/api/types'

type Schemas = components['schemas']

/** Two customers that may be one, with a score and its reasons. */
export type Pair = Schemas['DuplicatePair']
export type PairSide = Schemas['DuplicatePairSide']
export type Reason = Schemas['DedupeReason']
export type Merged = Schemas['DuplicateMerged']
export type Preview = Schemas['DuplicatePreview']
export type FieldChoice = Schemas['DuplicateFieldChoice']
export type Side = 'winner' | 'loser'
export type MergeInput = Schemas['DuplicateMergeInput']

export const states = ['open', 'later', 'different', 'merged'] as const
export type State = (typeof states)[number]

export const useSummary = () =>
  useQuery({
    queryKey: ['duplicates', 'summary'],
    queryFn: ({ signal }) => ok(api.GET('/duplicates/summary', { signal })),
  })

export const listPairs = (query: ListQuery, signal: AbortSignal) =>
  ok(api.GET('/duplicates', { params: { query }, signal }))

export const listMerges = (query: ListQuery, signal: AbortSignal) =>
  ok(api.GET('/merges', { params: { query }, signal }))

export const decide = (id: number, decision: 'different' | 'later' | 'open') =>
  ok(
    api.POST('/duplicates/{id}/decision', {
      params: { path: { id } },
      body: { decision },
    }),
  )

export const scan = () => ok(api.POST('/duplicates/scan'))

export const mergeAll = (min_score: number) =>
  ok(api.POST('/duplicates/merge-all', { body: { min_score } }))

/** What a merge would keep; asked for again when the sides change. */
export const usePreview = (winner_id: number, loser_id: number) =>
  useQuery({
    queryKey: ['duplicates', 'preview', winner_id, loser_id],
    queryFn: ({ signal }) =>
      ok(api.POST('/merges/preview', { body: { winner_id, loser_id }, signal })),
    gcTime: 0,
  })

export const merge = (body: MergeInput) => ok(api.POST('/merges', { body }))

export const undo = (id: number, keep_edited = false) =>
  ok(api.POST('/merges/{id}/undo', { params: { path: { id } }, body: { keep_edited } }))

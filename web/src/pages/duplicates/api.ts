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

export type Batch = Schemas['DuplicateBatch']
export type Model = Schemas['DuplicateModel']
export type ModelField = Schemas['DuplicateModelField']
export type ModelLevel = Schemas['DuplicateModelLevel']
export type Lesson = Schemas['DuplicateLesson']
export type Measure = Schemas['DedupeMeasure']

export const states = ['open', 'later', 'different', 'merged', 'model'] as const
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

/** What merging from a score on would do. */
export const useMergeAllPreview = (min_score: number, enabled: boolean) =>
  useQuery({
    queryKey: ['duplicates', 'merge-all', min_score],
    queryFn: ({ signal }) =>
      ok(api.POST('/duplicates/merge-all/preview', { body: { min_score }, signal })),
    enabled,
    gcTime: 0,
  })

export const useBatches = () =>
  useQuery({
    queryKey: ['duplicates', 'batches'],
    queryFn: ({ signal }) => ok(api.GET('/merges/batches', { signal })),
  })

export const undoBatch = (id: number, keep_edited: boolean) =>
  ok(api.POST('/merges/batches/{id}/undo', { params: { path: { id } }, body: { keep_edited } }))

export const useModel = () =>
  useQuery({
    queryKey: ['duplicates', 'model'],
    queryFn: ({ signal }) => ok(api.GET('/duplicates/model', { signal })),
  })

export const useLessons = () =>
  useQuery({
    queryKey: ['duplicates', 'lessons'],
    queryFn: ({ signal }) => ok(api.GET('/duplicates/lessons', { signal })),
  })

export const learn = () => ok(api.POST('/duplicates/lessons'))

export const applyLesson = (id: number) =>
  ok(api.POST('/duplicates/lessons/{id}/apply', { params: { path: { id } } }))

export const takeBackLesson = (id: number) =>
  ok(api.POST('/duplicates/lessons/{id}/take-back', { params: { path: { id } } }))

export const dropLesson = (id: number) =>
  ok(api.DELETE('/duplicates/lessons/{id}', { params: { path: { id } } }))

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

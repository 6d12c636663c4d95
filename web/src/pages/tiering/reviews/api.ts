import { useQuery } from '@tanstack/react-query'
import { api, ok } from '@/api/client'
import type { components } from '@/api/schema.gen'

type Schemas = components['schemas']
export type Review = Schemas['TieringReviewView']
export type Panel = Schemas['TieringPanel']
export type Seat = Schemas['TieringPanelMember']
export type Move = Schemas['TieringMoveView']
export type MoveFilter = Schemas['TieringMoveFilter']
export type Dossier = Schemas['TieringDossier']
export type Decided = Schemas['TieringMoveDecided']
export type Act = Schemas['TieringMoveDecision']['act']

export const reviewPath = (id: number) => `/tiering/reviews/${id}`

/** What a review is at, in one word. */
export type Stage = 'opening' | 'open' | 'publishing' | 'failed' | 'published' | 'withdrawn'

export function stageOf(r: Pick<Review, 'status' | 'step'>): Stage {
  if (r.status === 'published' || r.status === 'withdrawn') return r.status
  return r.step === 'closed' ? 'open' : r.step
}

/** A job gathers the moves or publishes. */
export const atWork = (r: Pick<Review, 'status' | 'step'>) =>
  r.step === 'opening' || r.step === 'publishing'

/** How many moves are settled, of how many; null while that is not known. */
export function progressOf(counts: Review['counts']): { done: number; all: number } | null {
  if (!counts) return null
  const done = counts.agreed + counts.overruled
  return { done, all: done + counts.open + counts.disputed }
}

export const useReview = (id: number) =>
  useQuery({
    queryKey: ['tiering', 'reviews', id],
    queryFn: ({ signal }) =>
      ok(api.GET('/tiering/reviews/{id}', { params: { path: { id } }, signal })),
    refetchInterval: (query) => (query.state.data && atWork(query.state.data) ? 2000 : 30_000),
  })

export const usePanel = (code: string) =>
  useQuery({
    queryKey: ['tiering', 'panel', code],
    queryFn: ({ signal }) =>
      ok(api.GET('/tiering/dimensions/{code}/panel', { params: { path: { code } }, signal })),
  })

/** Finished runs, the newest first. */
export const useFinishedRuns = (enabled: boolean) =>
  useQuery({
    queryKey: ['tiering', 'runs', 'finished'],
    enabled,
    queryFn: async ({ signal }) =>
      (
        await ok(
          api.GET('/tiering/runs', {
            params: { query: { limit: 100, status: 'finished' } },
            signal,
          }),
        )
      ).items,
  })

// What the builder asks of the server.
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { api, ok } from '@/api/client'
import { asApiError } from '@/api/errors'
import type { components } from '@/api/schema.gen'
import { key } from '../api'
import { known } from './catalogue'
import type { RuleNode } from './node'

type Schemas = components['schemas']

export type Count = Schemas['AudienceCount']
export type Example = Schemas['AudienceExample']
export type Impact = Schemas['AudienceImpact']
export type Explained = Schemas['AudienceExplained']
export type Reason = Schemas['AudienceReason']

/** A value once it has rested for `ms`. */
export function useRested<T>(value: T, ms: number): T {
  const [rested, setRested] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), ms)
    return () => clearTimeout(timer)
  }, [value, ms])
  return rested
}

/** What can be asked for; it changes when fields, levels or streams do. */
export const useRuleCatalogue = () =>
  useQuery({
    queryKey: [...key, 'catalogue'],
    staleTime: 60_000,
    refetchOnWindowFocus: false,
    select: known,
    queryFn: ({ signal }) => ok(api.GET('/audiences/catalogue', { signal })),
  })

/** Whose values are suggested: a field's, or those of a stream's dimension. */
export type Source = { field: string } | { stream: string; dimension: string }

/** Values that are there, with how often; asked while typing, superseded questions are cancelled. */
export function useSuggestions(source: Source, text: string, enabled: boolean) {
  const q = useRested(text.trim(), 200)
  return useQuery({
    queryKey: [...key, 'values', source, q],
    enabled,
    retry: false,
    staleTime: 60_000,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) =>
      (
        await ok(
          api.GET('/audiences/values', {
            params: { query: { ...source, q: q || undefined, limit: 30 } },
            signal,
          }),
        )
      ).items,
  })
}

/** How soon what is being worked out is asked for again. */
const soon = 2_000

/** Nothing is wrong: what a model says of a past day is being worked out. */
export const workedOut = (error: unknown): boolean => waitsFor(error) !== undefined

/** What is being worked out, in words; undefined where anything else is wrong, or nothing. */
export function waitsFor(error: unknown): string | undefined {
  const fields = error ? asApiError(error).fields : []
  return fields.every((f) => f.code === 'rule.model_working') ? fields[0]?.message : undefined
}

/** After how many milliseconds an answer is asked for anew; an error only where it passes. */
export const again = (error: unknown, interval: number | false): number | false =>
  error ? (workedOut(error) ? soon : false) : interval

export interface Asked {
  rule: RuleNode | null
  audience?: number
  asOf: string
}

/** How many a rule means. The signal of a superseded question ends it on the server, too. */
export const useRuleCount = (asked: string, enabled: boolean) =>
  useQuery<Count>({
    queryKey: [...key, 'live', asked],
    enabled,
    retry: false,
    staleTime: 5_000,
    gcTime: 60_000,
    refetchInterval: (query) => again(query.state.error, 15_000),
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => {
      const { rule, audience, asOf } = JSON.parse(asked) as Asked
      return ok(
        api.POST('/audiences/count', {
          body: {
            rule: rule ?? undefined,
            audience_id: rule ? audience : undefined,
            as_of: asOf || undefined,
            examples: 10,
          },
          signal,
        }),
      )
    },
  })

/** What saving a rule would do to the members of an audience. */
export const useImpact = (id: number, rule: RuleNode) =>
  useQuery({
    queryKey: [...key, 'impact', id, JSON.stringify(rule)],
    retry: false,
    gcTime: 0,
    queryFn: ({ signal }) =>
      ok(
        api.POST('/audiences/{id}/impact', {
          params: { path: { id } },
          body: { rule: rule as Schemas['AudienceImpactIn']['rule'] },
          signal,
        }),
      ),
  })

/** Which conditions hold of one customer, and the values behind them. */
export const useExplained = (asked: Asked, customer: number | undefined) =>
  useQuery<Explained>({
    queryKey: [...key, 'explain', JSON.stringify(asked), customer],
    enabled: customer !== undefined,
    retry: false,
    refetchInterval: (query) => again(query.state.error, false),
    queryFn: ({ signal }) =>
      ok(
        api.POST('/audiences/explain', {
          body: {
            rule: asked.rule ?? undefined,
            audience_id: asked.rule ? undefined : asked.audience,
            customer_id: customer ?? 0,
            as_of: asked.asOf || undefined,
          },
          signal,
        }),
      ),
  })

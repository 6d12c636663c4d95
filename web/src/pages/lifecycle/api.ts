// What the pages of the lifecycle ask of the server, and short names for its types.
import { keepPreviousData, type QueryClient, useQuery } from '@tanstack/react-query'
import { api, ok } from '@/api/client'
import type { components } from '@/api/schema.gen'

type Schemas = components['schemas']

export type Overview = Schemas['LifecycleOverview']
export type StageRef = Schemas['LifecycleStageRef']
export type Trend = Schemas['LifecycleTrend']
export type Flow = Schemas['LifecycleFlow']
export type StageCohorts = Schemas['LifecycleStageCohorts']
export type StageCohort = Schemas['LifecycleStageCohort']
export type Cohort = Schemas['LifecycleCohort']
export type OfCustomer = Schemas['LifecycleOfCustomer']
export type NextMove = Schemas['LifecycleNextMove']
export type Passage = Schemas['LifecyclePassage']
export type DecisionIn = Schemas['LifecycleDecisionIn']
export type Task = Schemas['LifecycleTask']
export type TaskItem = Schemas['LifecycleTaskItem']
export type Owed = Schemas['LifecycleOwed']
export type Tool = Schemas['LifecycleTool']
export type Config = Schemas['LifecycleConfig']
export type Stage = Schemas['LifecycleStage']
export type Move = Schemas['LifecycleMove']
export type Version = Schemas['LifecycleVersion']
export type Preview = Schemas['LifecyclePreview']

/** Keys begin with it, so that one invalidation renews all of it. */
export const key = ['lifecycle'] as const

/** Two days, "2026-01-31", both at their end. */
export interface Days {
  from: string
  to: string
}

export const useOverview = () =>
  useQuery({
    queryKey: [...key, 'overview'],
    queryFn: ({ signal }) => ok(api.GET('/lifecycle', { signal })),
    // The first evaluation begins by itself: the page shows it as soon as it is there.
    refetchInterval: (query) => (query.state.data?.day ? 60_000 : 5000),
  })

export const useTrend = (days: Days, enabled: boolean) =>
  useQuery({
    queryKey: [...key, 'trend', days],
    enabled,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => ok(api.GET('/lifecycle/trend', { params: { query: days }, signal })),
  })

export const useFlow = (days: Days, enabled: boolean) =>
  useQuery({
    queryKey: [...key, 'flow', days],
    enabled,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => ok(api.GET('/lifecycle/flow', { params: { query: days }, signal })),
  })

/** Months of the first purchase, "2026-01". */
export const useStageCohorts = (months: Days, enabled: boolean) =>
  useQuery({
    queryKey: [...key, 'cohorts', months],
    enabled,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      ok(api.GET('/lifecycle/cohorts/stages', { params: { query: months }, signal })),
  })

export const useRetention = (months: Days, enabled: boolean) =>
  useQuery({
    queryKey: [...key, 'retention', months],
    enabled,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      ok(api.GET('/lifecycle/cohorts/retention', { params: { query: months }, signal })),
  })

const at = (id: number) => ({ path: { id } })
const ofKey = (id: number) => [...key, 'customer', id] as const

/** Stage of a customer, why, and what would come next. */
export const useOfCustomer = (id: number, enabled: boolean) =>
  useQuery({
    queryKey: [...ofKey(id), 'state'],
    enabled,
    queryFn: ({ signal }) => ok(api.GET('/customers/{id}/lifecycle', { params: at(id), signal })),
  })

export const usePassages = (id: number, enabled: boolean) =>
  useQuery({
    queryKey: [...ofKey(id), 'history'],
    enabled,
    queryFn: ({ signal }) =>
      ok(
        api.GET('/customers/{id}/lifecycle/history', {
          params: { ...at(id), query: { limit: 200 } },
          signal,
        }),
      ),
  })

export const useTasks = (id: number, enabled: boolean) =>
  useQuery({
    queryKey: [...ofKey(id), 'tasks'],
    enabled,
    queryFn: async ({ signal }) =>
      (await ok(api.GET('/customers/{id}/lifecycle/tasks', { params: at(id), signal }))).items,
  })

/** What I owe to customers, or everybody; the longest overdue first. */
export const loadOwed = (
  query: { of?: 'mine' | 'all'; overdue?: boolean; limit?: number; cursor?: string },
  signal: AbortSignal,
) => ok(api.GET('/lifecycle/steps', { params: { query }, signal }))

/** What was written about a customer: the record and every list by stage are asked again. */
export function written(client: QueryClient) {
  client.invalidateQueries({ queryKey: key })
  client.invalidateQueries({ queryKey: ['customers'] })
}

export const decide = (id: number, body: DecisionIn) =>
  ok(api.POST('/customers/{id}/lifecycle/decisions', { params: at(id), body }))

export const openTask = (id: number, tool: string) =>
  ok(api.POST('/customers/{id}/lifecycle/tasks', { params: at(id), body: { tool } }))

export const fillItem = (task: Task, item: string, body: Schemas['LifecycleTaskItemIn']) =>
  ok(
    api.PUT('/customers/{id}/lifecycle/tasks/{task_id}/items/{item}', {
      params: { path: { id: task.customer_id, task_id: task.id, item } },
      body,
    }),
  )

/** Marks a step of a list as done, or takes that back with an empty result. */
export const fillStep = (owed: Owed, result: string) =>
  ok(
    api.PUT('/customers/{id}/lifecycle/tasks/{task_id}/items/{item}', {
      params: { path: { id: owed.customer_id, task_id: owed.task_id, item: owed.item } },
      body: { result },
    }),
  )

export const closeTask = (task: Task, outcome: Schemas['LifecycleTaskOutcome']['outcome']) =>
  ok(
    api.POST('/customers/{id}/lifecycle/tasks/{task_id}/close', {
      params: { path: { id: task.customer_id, task_id: task.id } },
      body: { outcome },
    }),
  )

export const useConfig = () =>
  useQuery({
    queryKey: [...key, 'config'],
    queryFn: ({ signal }) => ok(api.GET('/lifecycle/config', { signal })),
  })

export const useVersions = () =>
  useQuery({
    queryKey: [...key, 'versions'],
    queryFn: async ({ signal }) =>
      (
        await ok(
          api.GET('/lifecycle/config/versions', { params: { query: { limit: 100 } }, signal }),
        )
      ).items,
  })

export const useCompare = (from: number, to: number) =>
  useQuery({
    queryKey: [...key, 'compare', from, to],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async ({ signal }) =>
      (await ok(api.GET('/lifecycle/config/compare', { params: { query: { from, to } }, signal })))
        .items,
  })

/** A configuration file as the page edits it; nothing is saved. */
export const readConfig = async (text: string): Promise<Config> =>
  (
    await ok(
      api.POST('/lifecycle/config/read', {
        body: text,
        bodySerializer: (body) => body,
        headers: { 'Content-Type': 'application/yaml' },
      }),
    )
  ).config

/** What a configuration would make of today; nothing is saved. */
export const previewConfig = (config: Config) =>
  ok(api.POST('/lifecycle/config/preview', { body: { config } }))

export const saveConfig = (config: Config, base: number, note: string) =>
  ok(api.PUT('/lifecycle/config', { body: { config, base, note } }))

import { useMemo } from 'react'
import { asApiError } from '@/api/errors'
import { type Asked, type Count, useRested, useRuleCount, waitsFor } from './api'
import type { Fault, Faults } from './context'
import { complete, type Group, locate, toNode, type Written } from './model'

export interface Live {
  /** The newest answer; of an earlier rule while `stale`. */
  count: Count | undefined
  /** The answer is of an earlier state of the rule. */
  stale: boolean
  busy: boolean
  /** What the answer waits for, in words; it is asked for again by itself. */
  waiting: string | undefined
  /** Why there is none, where it is not the rule's fault. */
  error: unknown
  /** What the server found wrong, by condition. */
  faults: Faults
  /** What it found wrong that stands nowhere in the rule. */
  rest: string[]
  /** The rule as it is asked for: complete conditions only. */
  written: Written
  retry: () => void
}

/** Asks how many a rule means while it is being edited. */
export function useLive(root: Group, audience: number | undefined, asOf: string): Live {
  const written = useMemo(() => toNode(root, { ready: complete }), [root])
  const now = useMemo(
    () => JSON.stringify({ rule: written.node, audience, asOf } satisfies Asked),
    [written, audience, asOf],
  )
  const rested = useRested(now, 250)
  const query = useRuleCount(rested, true)
  // Places of an error are those of the rule that was asked about.
  const current = rested === now
  const problem = current && query.error ? asApiError(query.error) : null
  const waiting = waitsFor(problem)
  const waits = waiting !== undefined
  const problems = current && !query.isPlaceholderData ? query.data?.problems : undefined
  const placed = useMemo(() => {
    const faults = new Map<string, Fault[]>()
    const rest: string[] = []
    const put = (path: string, message: string, warning: boolean) => {
      const { id, rest: below } = locate(written.places, path)
      if (!id) rest.push(message)
      else faults.set(id, [...(faults.get(id) ?? []), { rest: below, message, warning }])
    }
    for (const f of problem?.fields ?? []) put(f.path, f.message, waits)
    for (const p of problems ?? []) put(p.path, p.message, true)
    return { faults, rest }
  }, [problem, problems, waits, written])
  const ofRule = (problem?.fields.length ?? 0) > 0
  return {
    count: query.data,
    stale: query.data !== undefined && (!current || query.isPlaceholderData || query.isError),
    busy: !current || (query.isFetching && (query.isPlaceholderData || query.isPending)),
    waiting,
    error: ofRule ? null : current ? query.error : null,
    faults: placed.faults,
    rest: placed.rest,
    written,
    retry: () => query.refetch(),
  }
}

import { useQuery, useQueryClient } from '@tanstack/react-query'
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react'
import { api, base, ok } from '@/api/client'
import type { Job, JobDetail, JobState } from '@/api/types'

export const isOver = (state: JobState) =>
  state === 'finished' || state === 'failed' || state === 'cancelled'

type Jobs = ReadonlyMap<number, Job>

const Context = createContext<{ jobs: Jobs; put: (job: Job) => void }>({
  jobs: new Map(),
  put: () => {},
})

/** What is newly known of a job; an older message never replaces a newer one. */
export function putJob(jobs: Jobs, job: Job): Jobs {
  const before = jobs.get(job.id)
  if (before && before.updated_at > job.updated_at) return jobs
  return new Map(jobs).set(job.id, job)
}

/**
 * Follows the jobs of the server by its event stream, and by asking every 5 s
 * where the stream does not hold. A finished job makes what it changed stale.
 */
export function JobsProvider({ children }: { children: ReactNode }) {
  const client = useQueryClient()
  const [jobs, setJobs] = useState<Jobs>(new Map())
  const [live, setLive] = useState(false)

  const running = useQuery({
    queryKey: ['jobs', 'running'],
    queryFn: ({ signal }) =>
      ok(api.GET('/jobs', { params: { query: { state: 'running', limit: 50 } }, signal })),
    refetchInterval: (query) => (live || query.state.error ? false : 5000),
  })

  const put = useMemo(
    () => (job: Job) => {
      setJobs((before) => {
        const old = before.get(job.id)
        if (old && !isOver(old.state) && isOver(job.state)) {
          // Which pages a job touches is their business: all that is on screen is asked again.
          queueMicrotask(() => client.invalidateQueries())
        }
        return putJob(before, job)
      })
    },
    [client],
  )

  useEffect(() => {
    const items = running.data?.items
    if (!items) return
    for (const job of items) put(job)
  }, [running.data, put])

  useEffect(() => {
    if (typeof EventSource === 'undefined') return
    const source = new EventSource(`${base}/jobs/stream`)
    source.onopen = () => setLive(true)
    source.onerror = () => setLive(false)
    source.addEventListener('job', (event) => {
      try {
        put(JSON.parse(event.data) as Job)
      } catch {
        // A line cut off: the next one tells the state again.
      }
    })
    return () => source.close()
  }, [put])

  const value = useMemo(() => ({ jobs, put }), [jobs, put])
  return <Context.Provider value={value}>{children}</Context.Provider>
}

/** The jobs at work or waiting for a worker, oldest first. */
export function useRunningJobs(): Job[] {
  const { jobs } = useContext(Context)
  return [...jobs.values()]
    .filter((j) => j.state === 'running' || j.state === 'waiting')
    .sort((a, b) => a.id - b.id)
}

/**
 * One job, live: asks for it once, then follows the stream, and asks every 2 s
 * until it is over, should the stream say nothing.
 */
export function useJob(id: number | null | undefined): {
  job: Job | undefined
  /** With the failed attempts, as last asked. */
  detail: JobDetail | undefined
  error: unknown
  put: (job: Job) => void
} {
  const { jobs, put } = useContext(Context)
  const known = id ? jobs.get(id) : undefined
  const query = useQuery({
    queryKey: ['jobs', 'one', id],
    enabled: Boolean(id),
    queryFn: async ({ signal }) => {
      const job = await ok(api.GET('/jobs/{id}', { params: { path: { id: id ?? 0 } }, signal }))
      put(job)
      return job
    },
    refetchInterval: (q) => {
      const last = known ?? q.state.data
      return last && isOver(last.state) ? false : 2000
    },
  })
  return { job: known ?? query.data, detail: query.data, error: query.error, put }
}

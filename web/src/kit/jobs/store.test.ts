import { expect, it } from 'vitest'
import type { Job } from '@/api/types'
import { isOver, putJob } from './store'

const job = (id: number, updated_at: number, done: number) => ({ id, updated_at, done }) as Job

it('never lets an older message replace a newer one', () => {
  const one = putJob(new Map(), job(1, 100, 5))
  expect(putJob(one, job(1, 90, 3)).get(1)?.done).toBe(5)
  expect(putJob(one, job(1, 100, 6)).get(1)?.done).toBe(6)
  expect(putJob(one, job(2, 1, 0)).size).toBe(2)
  expect(one.size).toBe(1)
})

it('knows when a job is over', () => {
  const over = (
    ['waiting', 'running', 'scheduled', 'retrying', 'finished', 'failed', 'cancelled'] as const
  ).filter(isOver)
  expect(over).toEqual(['finished', 'failed', 'cancelled'])
})

import { expect, it } from 'vitest'
import type { Config } from '../api'
import { freeCode, newMove, newStage, put, usesOf } from './draft'

const stage = (code: string) => ({ code, name: code, advice: '', tone: 1 })
const config: Config = {
  stages: [stage('a'), stage('stage_3'), stage('c')],
  begin: [{ to: 'a', rule: {} }],
  moves: [{ code: 'm', name: 'm', from: ['a'], to: 'c', rule: {}, min_stay_days: 0, hold_days: 1 }],
  tools: [],
}

it('gives what is new a code that nothing has', () => {
  expect(freeCode('stage', config.stages)).toBe('stage_4')
  expect(freeCode('stage', [stage('x'), stage('stage_3')])).toBe('stage_4')
  expect(newStage(config).code).toBe('stage_4')
  expect(newMove(config)).toMatchObject({ code: 'move_2', to: 'a', hold_days: 1 })
})
it('puts one in its place or behind the last', () => {
  expect(put([1, 2], 1, 9)).toEqual([1, 9])
  expect(put([1, 2], 2, 9)).toEqual([1, 2, 9])
})
it.each([
  ['a', 2],
  ['stage_3', 0],
  ['c', 1],
])('stage %s is named %i times', (code, want) => expect(usesOf(config, code)).toBe(want))

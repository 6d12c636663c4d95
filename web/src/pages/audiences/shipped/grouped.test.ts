import { expect, it } from 'vitest'
import { grouped } from './grouped'

const item = (group_label: string, name: string, sentence = '') => ({
  group_label,
  name,
  sentence,
  description: '',
})

it('keeps the order of groups, and what a word leaves of them', () => {
  const all = [
    item('价值', '高价值'),
    item('行为', '加购未付款', '近 7 天加购'),
    item('价值', '沉睡'),
  ]
  expect(grouped(all, '').map(([g, list]) => [g, list.length])).toEqual([
    ['价值', 2],
    ['行为', 1],
  ])
  expect(grouped(all, ' 7 天 ').map(([g]) => g)).toEqual(['行为'])
  expect(grouped(all, '没有')).toEqual([])
})

import { expect, it } from 'vitest'
import { makeFormat } from '@/kit'
import { said } from './lacking'

const leaf = { audience: null, children: [], kind: 'condition' as const }
const rule = {
  ...leaf,
  kind: 'all' as const,
  holds: false,
  path: '',
  sentence: '',
  text: '',
  type: '' as const,
  value: null,
  children: [
    {
      ...leaf,
      holds: true,
      path: 'all[0]',
      sentence: '近一年消费至少 ¥100',
      text: '10000',
      type: 'money' as const,
      value: 12345,
    },
    {
      ...leaf,
      kind: 'not' as const,
      holds: false,
      path: 'all[1]',
      sentence: '',
      text: '',
      type: '' as const,
      value: null,
      children: [
        {
          ...leaf,
          holds: true,
          path: 'all[1].not',
          sentence: '有投诉',
          text: '',
          type: '' as const,
          value: null,
        },
      ],
    },
  ],
}

it('says the conditions of a rule line by line, groups above theirs', () => {
  const lines = said(rule, makeFormat('zh-CN', 'Asia/Shanghai', 'CNY'))
  expect(
    lines.map(({ depth, join, sentence, value, holds }) => [depth, join, sentence, value, holds]),
  ).toEqual([
    [0, undefined, '近一年消费至少 ¥100', '¥123.45', true],
    [0, 'not', '', '', false],
    [1, undefined, '有投诉', '', true],
  ])
})

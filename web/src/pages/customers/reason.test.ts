import { expect, it } from 'vitest'
import { makeFormat } from '@/kit/format'
import { reasonParams } from './reason'

it('writes values by the end of their name', () => {
  const f = makeFormat('zh-CN', 'Asia/Shanghai', 'CNY')
  expect(
    reasonParams(
      {
        spend_fen: 123456,
        top_share: 0.2,
        repurchase_rate: 0.512,
        score: 71.256,
        orders: 12_000,
        count: 3,
        name: '高价值',
        none: null,
      },
      f,
    ),
  ).toEqual({
    spend_fen: '¥1,234.56',
    top_share: '20.0%',
    repurchase_rate: '51.2%',
    score: '71.26',
    orders: '12,000',
    count: 3,
    name: '高价值',
    none: null,
  })
  expect(reasonParams(null, f)).toEqual({})
})

// A catalogue for tests, in the shape of GET /audiences/catalogue.
import { type Aggregate, type Catalogue, known } from './catalogue'
import { pseudo } from './ops'

const numbers = ['eq', 'ne', 'gt', 'gte', 'lt', 'lte', 'between']
const days = ['eq', 'gte', 'lte', 'between', 'last_days', 'before_days', 'empty', 'not_empty']

const aggregate = (
  code: Aggregate['code'],
  of: Aggregate['of'],
  result: Aggregate['result'],
  operators = numbers,
): Aggregate => ({
  code,
  label: code,
  of,
  result,
  operators,
  word_operators: result === 'day_or_dimension' ? ['in', 'not_in'] : [],
})

const catalogue: Catalogue = {
  fields: [
    pseudo('text', '城市', { code: 'city', operators: ['contains', 'eq', 'in', 'empty'] }),
    pseudo('money', '近 90 天净消费', {
      code: 'net_90',
      group: 'figures',
      operators: ['gte', 'lte', 'between'],
    }),
    pseudo('birthday', '生日', { code: 'birthday', operators: ['month', 'within_days'] }),
    pseudo('number', '我司采购占比', {
      code: 'f.share',
      group: 'custom',
      operators: ['gte', 'lte', 'fell', 'rose'],
      unit: '%',
      scale: 1,
    }),
    pseudo('choice', '阶段', {
      code: 'stage',
      operators: ['in', 'not_in'],
      options: [
        { value: 'prospect', label: '潜在' },
        { value: 'customer', label: '已成交' },
      ],
    }),
  ],
  streams: [
    {
      code: 'orders',
      label: '订单',
      counted: true,
      measures: [
        { code: 'net', label: '净消费', type: 'money' },
        { code: 'quantity', label: '数量', type: 'milli' },
      ],
      dimensions: [{ code: 'channel', label: '渠道', options: [] }],
    },
    {
      code: 'lines',
      label: '购买商品',
      counted: true,
      measures: [{ code: 'amount', label: '商品金额', type: 'money' }],
      dimensions: [{ code: 'category', label: '类目', options: [] }],
    },
    {
      code: 'behaviours',
      label: '行为',
      counted: false,
      measures: [],
      dimensions: [
        {
          code: 'kind',
          label: '行为',
          options: [
            { code: 'view', label: '浏览' },
            { code: 'cart', label: '加购' },
          ],
        },
      ],
    },
  ],
  aggregates: [
    aggregate('count', 'none', 'number'),
    aggregate('sum', 'measure', 'measure'),
    aggregate('distinct', 'dimension', 'number'),
    aggregate('last', 'none_or_dimension', 'day_or_dimension', days),
    aggregate('days_since', 'none', 'days'),
  ],
  dimension_operators: ['in', 'not_in'],
  measure_operators: ['eq', 'gt', 'gte', 'lt', 'lte', 'between'],
  relative_operators: ['top_percent', 'top', 'gte'].map((code) => ({ code, label: code })),
  window_units: [],
  limits: {
    depth: 4,
    conditions: 5,
    values: 200,
    text: 200,
    days: 36_600,
    within: 3660,
    bytes: 262_144,
    audiences: 2000,
  },
  as_of: '2026-11-21',
  columns: true,
  past_fields: ['stage'],
  at_fields: ['stage'],
}

export const sample = known(catalogue)

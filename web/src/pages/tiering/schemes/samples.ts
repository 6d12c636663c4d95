import type { Scheme } from '../api'

// Schemes for tests, in the shape of the shipped ones.

export const rules: Scheme = {
  code: 'value-rules',
  name: '客户价值（规则）',
  method: 'rules',
  window_days: 365,
  measure: 'net',
  levels: [
    { code: 'high', name: '高价值', advice: '专人回访' },
    { code: 'mid', name: '中价值' },
    { code: 'potential', name: '潜在价值' },
  ],
  rules: [
    {
      level: 'high',
      name: '三项俱高',
      all: [
        { metric: 'spend', op: 'top_share', value: 0.2 },
        { metric: 'repurchase_rate', op: 'at_least', value: 0.5 },
        { metric: 'aov', op: 'mean_mul', value: 1.5, off: true },
      ],
    },
    {
      level: 'mid',
      name: '稳定或好评',
      all: [{ metric: 'orders', op: 'at_least', value: 1 }],
      any: [
        { metric: 'orders', op: 'at_least', value: 2 },
        { metric: 'rating', op: 'at_least', value: 4 },
      ],
    },
    {
      level: 'potential',
      name: '新客',
      all: [{ metric: 'recency_days', op: 'at_most', value: 90 }],
    },
  ],
}

export const score: Scheme = {
  code: 'value-score',
  name: '客户价值（评分）',
  method: 'score',
  window_days: 0,
  measure: 'sales',
  levels: [
    { code: 'high', name: '高价值' },
    { code: 'mid', name: '中价值' },
    { code: 'basic', name: '基础价值' },
  ],
  score: {
    parts: [
      {
        name: '当前价值',
        weight: 0.5,
        terms: [
          { metric: 'spend', weight: 0.6, scale: 'percentile' },
          { metric: 'orders', weight: 0.4, scale: 'percentile' },
        ],
      },
      {
        name: '潜力',
        weight: 0.2,
        terms: [{ metric: 'growth', weight: 1, scale: 'linear', from: -1, to: 1 }],
      },
      {
        name: '忠诚',
        weight: 0.3,
        terms: [{ metric: 'recency_days', weight: 1, scale: 'linear', from: 365, to: 0 }],
      },
    ],
    cuts: [65, 35],
  },
}

export const rfm: Scheme = {
  code: 'rfm',
  name: 'RFM',
  method: 'rfm',
  window_days: 365,
  measure: 'net',
  levels: Array.from({ length: 9 }, (_, i) => ({ code: `g${i}`, name: `第${i}类` })),
  rfm: { bins: 5, split: 'value', recency: [30, 90] },
}

/** Of another dimension, with a rule of audiences. */
export const need: Scheme = {
  code: 'need-rules',
  name: '客户需求（规则）',
  dimension: 'need',
  method: 'rules',
  window_days: 365,
  measure: 'net',
  levels: [
    { code: 'personalised', name: '个性化需求' },
    { code: 'latent', name: '潜在需求' },
  ],
  rules: [
    {
      level: 'personalised',
      name: '选购细',
      all: [
        { metric: 'orders', op: 'at_least', value: 4 },
        {
          who: {
            facts: { stream: 'lines', agg: 'distinct', of: 'category', window: { last: 365 } },
            op: 'gte',
            value: 4,
          },
          value: 0,
        },
      ],
    },
  ],
}

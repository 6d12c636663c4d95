import i18next from 'i18next'
import { describe, expect, it } from 'vitest'
import en from '@/i18n/en'
import zh from '@/i18n/zh-CN'
import { makeFormat } from '@/kit'
import type { Metric, Op } from '../api'
import { checkForm } from './check'
import { differences } from './diff'
import {
  addLevel,
  balanced,
  changedCondition,
  changedTerm,
  copyRule,
  freeLevelCode,
  moved,
  newCondition,
  newTerm,
  removeLevel,
  sameForm,
  toForm,
  toPercents,
  toScheme,
  weightSum,
} from './model'
import { freeCode } from './NewScheme'
import { readNumbers } from './numbers'
import { formPath } from './SchemePage'
import { rfm, rules, score } from './samples'
import { fromField, metrics, opsOf, toField, usualValue, valueUnit } from './units'
import { conditionText, metricName, ruleSentence, schemeSentence } from './words'

/** An element that must be there. */
function at<T>(list: T[] | undefined, i: number): T {
  const item = list?.[i]
  if (item === undefined) throw new Error(`nothing at ${i}`)
  return item
}

const translator = (lng: string, texts: Record<string, string>) => {
  const one = i18next.createInstance()
  one.init({
    lng,
    keySeparator: false,
    nsSeparator: false,
    interpolation: { escapeValue: false },
    resources: { [lng]: { translation: texts } },
  })
  return (key: string, params?: Record<string, unknown>) => one.t(key, params ?? {}) as string
}
const t = translator('zh-CN', zh)
const tEn = translator('en', en)
const f = makeFormat('zh-CN', 'Asia/Shanghai', 'CNY')
const fEn = makeFormat('en', 'Asia/Shanghai', 'CNY')

describe('form of a scheme', () => {
  it.each([
    ['rules', rules],
    ['score', score],
    ['rfm', rfm],
  ])('%s comes back as it was', (_, scheme) => {
    expect(toScheme(toForm(scheme))).toEqual(scheme)
  })
  it('shows shares as per cent and keeps switched-off numbers', () => {
    const [first] = toForm(rules).rules
    expect(first?.all.map((c) => [c.value, c.on])).toEqual([
      [20, true],
      [50, true],
      [1.5, false],
    ])
  })
  it('takes weights relative to their sum', () => {
    const odd = structuredClone(score)
    odd.score?.parts.forEach((p, i) => {
      p.weight = [5, 3, 2][i] ?? 0
    })
    expect(toForm(odd).parts.map((p) => p.weight)).toEqual([50, 30, 20])
  })
  it('keeps what belongs to other methods out', () => {
    const sent = toScheme({ ...toForm(rules), method: 'rfm' })
    expect(Object.keys(sent)).not.toContain('rules')
    expect(sent.rfm).toEqual({ bins: 5, split: 'score' })
  })
  it('is the same whatever the keys of its rows', () => {
    const a = toForm(rules)
    expect(sameForm(a, toForm(rules))).toBe(true)
    expect(sameForm(a, { ...a, name: 'x' })).toBe(false)
    expect(sameForm(a, { ...a, name: `${a.name} ` })).toBe(true)
  })
  it('trims names', () => {
    const form = toForm(rules)
    form.levels[1] = { ...at(form.levels, 1), name: ' 中 ', advice: '  ' }
    expect(toScheme(form).levels[1]).toEqual({ code: 'mid', name: '中' })
  })
})

describe('units', () => {
  it.each([
    [0.07, 'percent', 7],
    [0.145, 'percent', 14.5],
    [0.2, 'percent', 20],
    [1000, 'yuan', 1000],
  ] as const)('%s as %s is %s', (value, unit, field) => {
    expect(toField(value, unit)).toBe(field)
    expect(fromField(field, unit)).toBe(value)
  })
  it('offers the share of revenue for spend only', () => {
    for (const m of metrics) expect(opsOf(m).includes('rev_share')).toBe(m === 'spend')
  })
  it('proposes numbers that pass the check', () => {
    for (const m of metrics) {
      for (const op of opsOf(m)) {
        const form = toForm(rules)
        form.rules = [{ key: 'x', level: 'high', name: 'x', any: [], all: [newCondition(m, op)] }]
        expect([m, op, [...checkForm(form)]]).toEqual([m, op, []])
        expect(usualValue(m, op)).not.toBeNaN()
      }
    }
  })
})

describe('weights', () => {
  it.each([[[1, 1, 1]], [[5, 3, 2]], [[0, 0, 7]], [[1, 1, 1, 1, 1, 1, 1]], [[0.1, 0.2, 0.7]]])(
    '%j add up to 100',
    (weights) => {
      const out = toPercents(weights)
      expect(weightSum(out.map((weight) => ({ weight })))).toBe(100)
      expect(out.every((w) => w >= 0)).toBe(true)
    },
  )
  it('of nothing are 0', () => expect(toPercents([0, 0])).toEqual([0, 0]))
  it('are balanced in proportion', () => {
    const list = [{ weight: 50 }, { weight: 30 }, { weight: null }]
    expect(balanced(list).map((x) => x.weight)).toEqual([62.5, 37.5, 0])
  })
})

describe('levels', () => {
  it('get a free code and a cut', () => {
    expect(freeLevelCode([{ code: 'level-2', name: '' }])).toBe('level-3')
    const more = addLevel(toForm(score), '新')
    expect(more.levels.map((l) => l.code)).toEqual(['high', 'mid', 'level-4', 'basic'])
    expect(more.cuts).toEqual([65, 35, 18])
    expect(checkForm(more).size).toBe(0)
  })
  it.each([
    [0, [35]],
    [1, [65]],
    [2, [65]],
  ])('removed at %s leave the cuts %j', (at, cuts) => {
    const less = removeLevel(toForm(score), at)
    expect(less.cuts).toEqual(cuts)
    expect(checkForm(less).size).toBe(0)
  })
  it('removed under a rule are reported at the rule', () => {
    const less = removeLevel(toForm(rules), 1)
    expect(checkForm(less).get('rules[1].level')).toBe('tiers.check.no_level')
  })
  it('move within the list only', () => {
    expect(moved([1, 2, 3], 0, 2)).toEqual([2, 3, 1])
    expect(moved([1, 2, 3], 2, 1)).toEqual([1, 3, 2])
    expect(moved([1, 2], 0, -1)).toEqual([1, 2])
    expect(moved([1, 2], 1, 2)).toEqual([1, 2])
  })
})

describe('conditions', () => {
  const c = { ...newCondition('spend', 'at_least'), value: 500 }
  it.each<[{ metric?: Metric; op?: Op }, number]>([
    [{ op: 'at_most' }, 500], // the same unit: the number still means something
    [{ op: 'top_share' }, 20],
    [{ op: 'mean_mul' }, 1.5],
    [{ metric: 'aov' }, 200], // also yuan, but of another size
    [{ metric: 'repurchase_rate' }, 50],
  ])('changed by %j become %s', (part, value) => {
    expect(changedCondition(c, part).value).toBe(value)
  })
  it('keep a share when the figure changes', () => {
    const top = { ...newCondition('spend', 'top_share'), value: 12 }
    expect(changedCondition(top, { metric: 'aov' })).toMatchObject({ op: 'top_share', value: 12 })
  })
  it('leave the share of revenue with spend', () => {
    const rev = newCondition('spend', 'rev_share')
    expect(changedCondition(rev, { metric: 'orders' })).toMatchObject({ op: 'at_least', value: 2 })
  })
  it('are copied with keys of their own', () => {
    const rule = at(toForm(rules).rules, 0)
    const copy = copyRule(rule)
    expect(copy.key).not.toBe(rule.key)
    expect(copy.all[0]?.key).not.toBe(rule.all[0]?.key)
    expect(copy.all.map((x) => x.value)).toEqual(rule.all.map((x) => x.value))
  })
})

it('gives a linear term its ends, fewer days being better', () => {
  expect(changedTerm(newTerm('recency_days'), { scale: 'linear' })).toMatchObject({
    from: 365,
    to: 0,
  })
  expect(changedTerm(newTerm('spend'), { scale: 'linear' })).toMatchObject({ from: 0, to: 2000 })
  expect(
    changedTerm({ ...newTerm('spend'), scale: 'linear', from: 5, to: 9 }, { scale: 'percentile' }),
  ).toMatchObject({ from: null, to: null })
})

describe('sentences', () => {
  it.each<[string, { metric: Metric; op: Op; value: number }, string, string]>([
    [
      'share',
      { metric: 'spend', op: 'top_share', value: 0.2 },
      '净消费位列消费客户前 20%',
      'Net spend in the top 20% of buyers',
    ],
    [
      'half a per cent',
      { metric: 'spend', op: 'top_share', value: 0.125 },
      '净消费位列消费客户前 12.5%',
      'Net spend in the top 12.5% of buyers',
    ],
    [
      'money',
      { metric: 'aov', op: 'at_least', value: 200 },
      '客单价不低于 ¥200.00',
      'Average order value at least ¥200.00',
    ],
    [
      'one',
      { metric: 'orders', op: 'at_most', value: 1 },
      '订单数不高于 1 笔',
      'Orders at most 1 order',
    ],
    [
      'times',
      { metric: 'aov', op: 'mean_mul', value: 1.5 },
      '客单价达到均值的 1.5 倍',
      'Average order value at least 1.5 times the mean',
    ],
    [
      'recent',
      { metric: 'recency_days', op: 'top_share', value: 0.3 },
      '距上次购买在消费客户中最近的前 30%',
      'Days since last purchase: the most recent 30% of buyers',
    ],
    [
      'revenue',
      { metric: 'spend', op: 'rev_share', value: 0.8 },
      '属于合计贡献 80% 净消费的大客户',
      'among the biggest buyers who make 80% of net spend',
    ],
  ])('of a condition: %s', (_, c, chinese, english) => {
    expect(conditionText(t, f, c, 'net')).toBe(chinese)
    expect(conditionText(tEn, fEn, c, 'net')).toBe(english)
  })
  it('say a rule back, without what is switched off', () => {
    const form = toForm(rules)
    const say = form.rules.map((r) => ruleSentence(t, f, r, form))
    expect(say).toEqual([
      '净消费位列消费客户前 20%，且复购率不低于 50%，归入「高价值」',
      '订单数不低于 1 笔，并至少满足一项：订单数不低于 2 笔 或 平均评价不低于 4 分，归入「中价值」',
      '距上次购买不高于 90 天，归入「潜在价值」',
    ])
  })
  it('begin only once with a capital', () => {
    const form = toForm(rules)
    expect(ruleSentence(tEn, fEn, at(form.rules, 0), form)).toBe(
      'Net spend in the top 20% of buyers and repurchase rate at least 50%: level “高价值”',
    )
  })
  it('say that a rule without conditions never holds', () => {
    const form = toForm(rules)
    const rule = at(form.rules, 2)
    const off = { ...rule, all: rule.all.map((c) => ({ ...c, on: false })) }
    expect(ruleSentence(t, f, off, form)).toBe('没有启用的条件，这条规则不会生效')
  })
  it('tell how a scheme grades', () => {
    expect(schemeSentence(t, toForm(rules))).toContain('近 365 天的净消费。3 条规则')
    expect(schemeSentence(t, toForm(score))).toContain('全部时间的销售额。当前价值、潜力、忠诚')
  })
  it('know every figure in both languages', () => {
    for (const m of metrics) {
      for (const measure of ['net', 'sales'] as const) {
        expect(metricName(t, m, measure)).not.toContain('tiers.')
        expect(metricName(tEn, m, measure)).not.toContain('tiers.')
      }
      for (const op of opsOf(m)) {
        const unit = valueUnit(m, op)
        expect(t(`tiers.unit.${unit}`)).not.toContain('tiers.')
        expect(conditionText(t, f, { metric: m, op, value: 1 }, 'net')).not.toContain('{{')
      }
    }
  })
})

describe('check', () => {
  it.each([
    ['rules', rules],
    ['score', score],
    ['rfm', rfm],
  ])('passes the shipped %s', (_, scheme) => expect([...checkForm(toForm(scheme))]).toEqual([]))
  it.each<[string, (form: ReturnType<typeof toForm>) => void, string]>([
    [
      'name',
      (x) => {
        x.name = ' '
      },
      'name',
    ],
    [
      'window',
      (x) => {
        x.windowDays = 4000
      },
      'window_days',
    ],
    [
      'twins',
      (x) => {
        at(x.levels, 1).name = '高价值'
      },
      'levels[1].name',
    ],
    [
      'no rule',
      (x) => {
        x.rules = []
      },
      'rules',
    ],
    [
      'no condition',
      (x) => {
        at(x.rules, 0).all = []
      },
      'rules[0]',
    ],
    [
      'share',
      (x) => {
        at(at(x.rules, 0).all, 0).value = 101
      },
      'rules[0].all[0].value',
    ],
    [
      'nothing typed',
      (x) => {
        at(at(x.rules, 1).any, 1).value = null
      },
      'rules[1].any[1].value',
    ],
  ])('finds: %s', (_, spoil, path) => {
    const form = toForm(rules)
    spoil(form)
    expect([...checkForm(form).keys()]).toEqual([path])
  })
  it('wants cuts that fall and ends that differ', () => {
    const form = toForm(score)
    form.cuts = [35, 65]
    at(at(form.parts, 1).terms, 0).to = at(at(form.parts, 1).terms, 0).from
    expect([...checkForm(form).keys()]).toEqual(['score.parts[1].terms[0].from', 'score.cuts[1]'])
  })
  it('names texts that exist', () => {
    const form = toForm(score)
    form.cuts = [null, 200]
    form.parts = []
    for (const key of checkForm(form).values()) expect(zh[key], key).toBeTruthy()
  })
})

describe('differences', () => {
  it('are none between equals', () => expect(differences(t, f, rules, rules)).toEqual([]))
  it('tell numbers, switches and what is gone', () => {
    const after = structuredClone(rules)
    at(at(after.rules, 0).all, 0).value = 0.1
    delete at(at(after.rules, 0).all, 2).off
    after.rules?.pop()
    expect(differences(t, f, rules, after)).toEqual([
      {
        label: '规则「三项俱高」必须满足',
        before: '净消费位列消费客户前 20%',
        after: '净消费位列消费客户前 10%',
      },
      {
        label: '规则「三项俱高」必须满足',
        before: '（停用）客单价达到均值的 1.5 倍',
        after: '客单价达到均值的 1.5 倍',
      },
      { label: '规则顺序', before: '三项俱高 › 稳定或好评 › 新客', after: '三项俱高 › 稳定或好评' },
      { label: '规则「新客」归入', before: '潜在价值', after: null },
      { label: '规则「新客」必须满足', before: '距上次购买不高于 90 天', after: null },
    ])
  })
  it('of a new name are one line, whatever names the level', () => {
    const after = structuredClone(rules)
    at(after.levels, 0).name = '钻石'
    const found = differences(t, f, rules, after)
    expect(found.map((d) => d.label)).toEqual(['等级 high 的名称'])
  })
  it('of a moved rule are the order alone', () => {
    const after = structuredClone(rules)
    after.rules = moved(after.rules ?? [], 0, 1)
    expect(differences(t, f, rules, after).map((d) => d.label)).toEqual(['规则顺序'])
  })
  it('of a score tell weights and cuts', () => {
    const after = structuredClone(score)
    if (after.score) after.score.cuts = [70, 35]
    at(after.score?.parts, 0).weight = 0.6
    at(after.score?.parts, 1).weight = 0.1
    expect(differences(t, f, score, after).map((d) => `${d.label} ${d.before} ${d.after}`)).toEqual(
      [
        '评分项「当前价值」权重 50.0% 60.0%',
        '评分项「潜力」权重 20.0% 10.0%',
        '高价值的分数线 65 70',
      ],
    )
  })
})

it.each([
  [
    ['90', '30', '180'],
    [30, 90, 180],
  ],
  [
    ['1,000', '￥5', 'x', '', '5'],
    [5, 1000],
  ],
])('reads boundaries %j', (texts, want) => expect(readNumbers(texts)).toEqual(want))

it.each([
  ['value-rules', ['value-rules'], 'value-rules-2'],
  ['value-rules-2', ['value-rules', 'value-rules-2'], 'value-rules-3'],
  [`a${'b'.repeat(39)}`, [], `a${'b'.repeat(35)}-2`],
])('finds a free code for %s', (code, taken, want) => expect(freeCode(code, taken)).toBe(want))

it('knows the paths of the server', () => {
  expect(formPath('body.scheme.rules[0].name')).toBe('rules[0].name')
  expect(formPath('levels[1].code')).toBe('levels[1].code')
})

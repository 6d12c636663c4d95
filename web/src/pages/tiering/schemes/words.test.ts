import i18next from 'i18next'
import { describe, expect, it } from 'vitest'
import en from '@/i18n/en'
import zh from '@/i18n/zh-CN'
import { makeFormat, moved } from '@/kit'
import type { Metric, Op, Scheme } from '../api'
import { differences } from './diff'
import { figureOptions, type OwnFigure, opsFor, saying } from './figures'
import { toForm } from './model'
import { need, rules, score } from './samples'
import { metrics, opsOf, valueUnit } from './units'
import { conditionText, foundText, metricName, ruleSentence, schemeSentence } from './words'

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

const tell = (before: Scheme, after: Scheme) =>
  differences(t, f, { scheme: before }, { scheme: after })

describe('rules of audiences', () => {
  const said = ['', '近 365 天买过的品类数 ≥ 4']
  it('are said among the conditions', () => {
    const form = toForm(need, said)
    expect(ruleSentence(t, f, at(form.rules, 0), form)).toContain('符合“近 365 天买过的品类数 ≥ 4”')
    const without = toForm(need)
    expect(ruleSentence(t, f, at(without.rules, 0), without)).toContain('符合一条人群规则')
  })
  it('are compared as rules: other words are no change', () => {
    const same = { scheme: structuredClone(need), sentences: ['', 'bought in 4 categories'] }
    expect(differences(t, f, { scheme: need, sentences: said }, same)).toEqual([])
    const after = structuredClone(need)
    Object.assign(at(at(after.rules, 0).all, 1), { who: { field: 'stage', op: 'empty' } })
    const found = differences(
      t,
      f,
      { scheme: need, sentences: said },
      { scheme: after, sentences: ['', '阶段为空'] },
    )
    expect(found).toEqual([
      {
        label: '规则「选购细」必须满足',
        before: '符合“近 365 天买过的品类数 ≥ 4”',
        after: '符合“阶段为空”',
      },
    ])
  })
  it('writes the rhythm in times', () => {
    const c = { metric: 'rhythm', op: 'at_least', value: 2 } as const
    expect(conditionText(t, f, c, 'net')).toBe('沉默与自身节奏之比不低于 2 倍')
    expect(conditionText(tEn, fEn, c, 'net')).toContain('2 times')
  })
})

describe('differences', () => {
  it('are none between equals', () => expect(tell(rules, rules)).toEqual([]))
  it('tell numbers, switches and what is gone', () => {
    const after = structuredClone(rules)
    Object.assign(at(at(after.rules, 0).all, 0), { value: 0.1 })
    delete at(at(after.rules, 0).all, 2).off
    after.rules?.pop()
    expect(tell(rules, after)).toEqual([
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
    const found = tell(rules, after)
    expect(found.map((d) => d.label)).toEqual(['等级 high 的名称'])
  })
  it('of a moved rule are the order alone', () => {
    const after = structuredClone(rules)
    after.rules = moved(after.rules ?? [], 0, 1)
    expect(tell(rules, after).map((d) => d.label)).toEqual(['规则顺序'])
  })
  it('of a score tell weights and cuts', () => {
    const after = structuredClone(score)
    if (after.score) after.score.cuts = [70, 35]
    at(after.score?.parts, 0).weight = 0.6
    at(after.score?.parts, 1).weight = 0.1
    expect(tell(score, after).map((d) => `${d.label} ${d.before} ${d.after}`)).toEqual([
      '评分项「当前价值」权重 50.0% 60.0%',
      '评分项「潜力」权重 20.0% 10.0%',
      '高价值的分数线 65 70',
    ])
  })
})

describe('custom fields', () => {
  const own: OwnFigure[] = [
    {
      metric: 'f.size',
      name: '企业规模',
      kind: 'choice',
      hint: '',
      unit: '',
      options: ['小型', '大型'],
      retired: false,
    },
    {
      metric: 'f.budget',
      name: '年度预算',
      kind: 'money',
      hint: '',
      unit: '',
      options: [],
      retired: false,
    },
    {
      metric: 'f.nps',
      name: '推荐分',
      kind: 'number',
      hint: '',
      unit: '分',
      options: [],
      retired: true,
    },
  ]
  const say = saying(t, f, own)
  it.each<[{ metric: Metric; op: Op; value: number }, string]>([
    [{ metric: 'f.size', op: 'at_least', value: 2 }, '企业规模不低于 大型'],
    [{ metric: 'f.budget', op: 'at_least', value: 1200.5 }, '年度预算不低于 ¥1,200.50'],
    [{ metric: 'f.nps', op: 'at_most', value: 6.5 }, '推荐分不高于 6.5 分'],
    [{ metric: 'f.gone', op: 'at_least', value: 3 }, 'f.gone不低于 3'],
    [{ metric: 'orders', op: 'at_least', value: 3 }, '订单数不低于 3 笔'],
  ])('are said by their name and unit: %j', (c, text) => {
    expect(conditionText(say, f, c, 'net')).toBe(text)
  })
  it('have what a run found in 分', () => {
    expect(foundText(say, f, 'f.budget', 120_050)).toBe('¥1,200.50')
    expect(foundText(say, f, 'spend', 120_050)).toBe('¥1,200.50')
  })
  it('stand under a heading; those out of use only where a scheme has one', () => {
    const figures = { t: say, own, find: (m: Metric) => own.find((x) => x.metric === m) }
    const shipped = [{ value: 'spend' as Metric, label: '净消费' }]
    const codes = (chosen: Metric) =>
      figureOptions(figures, shipped, chosen)
        .flatMap((x) => ('options' in x ? x.options : [x]))
        .map((x) => x.value)
    expect(codes('spend')).toEqual(['spend', 'f.size', 'f.budget'])
    expect(codes('f.nps')).toEqual(['spend', 'f.size', 'f.budget', 'f.nps'])
    expect(codes('f.gone')).toEqual(['spend', 'f.size', 'f.budget', 'f.gone'])
    expect(opsFor(figures, 'f.size')).toEqual(['at_least', 'at_most'])
  })
})

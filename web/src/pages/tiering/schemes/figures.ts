import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { api, ok } from '@/api/client'
import { perm } from '@/app/permissions'
import { type Format, useFormat, useMe } from '@/kit'
import type { FieldFigure, FieldMetric, Metric, Op } from '../api'
import { isField, opsOf } from './units'
import type { Translate } from './words'

/** A custom field of the company that schemes take as a figure. */
export interface OwnFigure {
  metric: FieldMetric
  name: string
  /** Place: of the option of a choice, from 1. */
  kind: 'number' | 'money' | 'choice'
  hint: string
  unit: string
  options: string[]
  retired: boolean
}

export interface Figures {
  /** Says the company's own figures too. */
  t: Translate
  own: OwnFigure[]
  /** The custom field that a figure is. */
  find: (metric: Metric) => OwnFigure | undefined
}

const none: OwnFigure[] = []

/** The company's own figures as they are now. */
export function useFigures(): Figures {
  const { i18n } = useTranslation()
  const me = useMe()
  const query = useQuery({
    queryKey: ['tiering', 'metrics', i18n.language],
    enabled: me.can(perm.tierView),
    queryFn: async ({ signal }) => {
      const list = (await ok(api.GET('/tiering/metrics', { signal }))).items
      return list
        .filter((m) => m.field)
        .map(
          (m): OwnFigure => ({
            metric: m.metric as FieldMetric,
            name: m.name,
            kind: m.unit === 'yuan' ? 'money' : m.unit === 'place' ? 'choice' : 'number',
            hint: m.doc,
            unit: m.unit_name ?? '',
            options: m.options ?? [],
            retired: m.retired ?? false,
          }),
        )
    },
  })
  return useSaying(query.data ?? none)
}

/** A name as people wrote it, in the language of the reader. */
export const named = (language: string, l: { zh: string; en?: string }) =>
  (language === 'en' && l.en) || l.zh

/** The custom fields of a run as they were then. */
export function useFiguresOf(fields: FieldFigure[] | undefined): Figures {
  const { i18n } = useTranslation()
  const own = useMemo(() => {
    const say = (l: { zh: string; en?: string }) => named(i18n.language, l)
    return (fields ?? []).map(
      (x): OwnFigure => ({
        metric: x.metric,
        name: say(x.name),
        kind: x.kind,
        hint: '',
        unit: x.unit ?? '',
        options: (x.options ?? []).map(say),
        retired: false,
      }),
    )
  }, [fields, i18n.language])
  return useSaying(own)
}

function useSaying(own: OwnFigure[]): Figures {
  const { t } = useTranslation()
  const f = useFormat()
  return useMemo(
    () => ({ t: saying(t, f, own), own, find: (metric) => own.find((x) => x.metric === metric) }),
    [t, f, own],
  )
}

/** A translator whose keys of figures ("tiers.metric.f.size") also hold for custom fields. */
export function saying(t: Translate, f: Format, own: OwnFigure[]): Translate {
  return (key, params) => {
    const [, what, metric = ''] =
      /^tiers\.(metric|metric_hint|unit|value)\.(f\..+)$/.exec(key) ?? []
    if (!what) return t(key, params)
    const x = own.find((o) => o.metric === metric)
    switch (what) {
      case 'metric':
        return x?.name ?? metric
      case 'metric_hint':
        return x?.hint ?? ''
      case 'unit':
        return x?.kind === 'money' ? t('tiers.unit.yuan') : (x?.unit ?? '')
    }
    const value = Number(params?.count ?? 0)
    // Schemes have yuan, what a run found is in 分.
    if (x?.kind === 'money') return f.money(Math.round(params?.fen ? value : value * 100))
    const option = x?.kind === 'choice' ? x.options[value - 1] : undefined
    return option ?? [f.count(value, 3), x?.unit].filter(Boolean).join(' ')
  }
}

/** The operators that a figure can be compared by: a choice only by the order of its options. */
export const opsFor = (figures: Figures, metric: Metric): Op[] =>
  figures.find(metric)?.kind === 'choice' ? ['at_least', 'at_most'] : opsOf(metric)

/** What a list of figures offers: the program's own, and under a heading the company's fields. */
export function figureOptions(
  figures: Figures,
  shipped: { value: Metric; label: string }[],
  chosen: Metric,
) {
  const own = figures.own
    .filter((x) => !x.retired || x.metric === chosen)
    .map((x) => ({ value: x.metric as Metric, label: x.name }))
  // Deleted, or not read yet: the code says what it was.
  if (isField(chosen) && !own.some((x) => x.value === chosen))
    own.push({ value: chosen, label: chosen })
  if (own.length === 0) return shipped
  return [
    { label: figures.t('ui_tier_field.shipped'), options: shipped },
    { label: figures.t('ui_tier_field.own'), options: own },
  ]
}

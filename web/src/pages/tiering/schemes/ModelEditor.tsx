import { Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { LevelTag, NumberInput, Section } from '@/kit'
import type { Metric } from '../api'
import { tonesOf } from '../report/figures'
import type { Change } from './Basics'
import own from './cuts.module.css'
import styles from './editor.module.css'
import { Field, FieldError, statusOf, useFieldError } from './Field'
import { type FormScheme, withFigure } from './model'
import { byModel, lessIsBetter, metrics, metricUnit } from './units'

// i18n-keys: tiers.metric.*, tiers.metric_hint.*, tiers.unit.*
/** Which figure of a model grades, from where each level begins, and who gets what without it. */
export function ModelEditor({ form, onChange }: { form: FormScheme; onChange: Change }) {
  const { t } = useTranslation()
  const tones = tonesOf(form.levels)
  return (
    <Section boxed title={t('tiers.editor.model')} note={t('tiers.editor.model_note')}>
      <Field
        label={t('tiers.editor.model_figure')}
        path="model.figure"
        extra={t(`tiers.metric_hint.${form.figure}`)}
      >
        <Select<Metric>
          aria-label={t('tiers.editor.model_figure')}
          value={form.figure}
          onChange={(figure) => onChange(withFigure(form, figure))}
          options={metrics
            .filter(byModel)
            .map((m) => ({ value: m, label: t(`tiers.metric.${m}`) }))}
        />
      </Field>
      <FieldError path="model.cuts" />
      <ul className={own.cuts}>
        {form.levels.map((level, i) => (
          <li key={level.key}>
            <LevelTag level={{ ...level, rank: i + 1 }} tone={tones.get(level.code)} />
            {i < form.levels.length - 1 ? (
              <Bound
                at={i}
                name={level.name}
                figure={form.figure}
                value={form.bounds[i] ?? null}
                onChange={(bound) =>
                  onChange({
                    bounds: form.levels
                      .slice(1)
                      .map((_, k) => (k === i ? bound : (form.bounds[k] ?? null))),
                  })
                }
              />
            ) : (
              <span className="zk-muted">{t('tiers.editor.model_rest')}</span>
            )}
          </li>
        ))}
      </ul>
      <Uncovered form={form} onChange={onChange} />
    </Section>
  )
}

function Uncovered({ form, onChange }: { form: FormScheme; onChange: Change }) {
  const { t } = useTranslation()
  const error = useFieldError('model.uncovered')
  return (
    <Field
      label={t('tiers.editor.uncovered')}
      path="model.uncovered"
      extra={t('tiers.editor.uncovered_extra')}
    >
      <Select
        aria-label={t('tiers.editor.uncovered')}
        value={form.uncovered || null}
        status={statusOf(error)}
        onChange={(uncovered) => onChange({ uncovered: uncovered ?? '' })}
        options={form.levels.map((l) => ({ value: l.code, label: l.name }))}
      />
    </Field>
  )
}

function Bound({
  at,
  name,
  figure,
  value,
  onChange,
}: {
  at: number
  name: string
  figure: Metric
  value: number | null
  onChange: (bound: number | null) => void
}) {
  const { t } = useTranslation()
  const path = `model.cuts[${at}]`
  const error = useFieldError(path)
  const unit = metricUnit(figure)
  return (
    <span>
      <NumberInput
        className={styles.weight}
        aria-label={t('tiers.editor.model_cut_of', { level: name })}
        min={0}
        max={unit === 'percent' ? 100 : undefined}
        value={value}
        status={statusOf(error)}
        prefix={lessIsBetter(figure) ? '≤' : '≥'}
        suffix={unit === 'percent' ? '%' : t(`tiers.unit.${unit}`)}
        onChange={onChange}
      />
      <FieldError path={path} />
    </span>
  )
}

import { Button, Input, Segmented, Select } from 'antd'
import { Plus, Scale, Trash2, X } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { NumberInput, Section, useFormat } from '@/kit'
import type { Metric } from '../api'
import type { Change } from './Basics'
import { Cuts } from './Cuts'
import styles from './editor.module.css'
import { FieldError, statusOf, useFieldError } from './Field'
import { figureOptions, useFigures } from './figures'
import {
  balanced,
  changedTerm,
  type FormPart,
  type FormScheme,
  type FormTerm,
  newPart,
  newTerm,
  weightSum,
} from './model'
import { metrics, metricUnit } from './units'
import { metricName } from './words'

/** The parts of the score with their weights, what each is made of, and the cuts. */
export function ScoreEditor({ form, onChange }: { form: FormScheme; onChange: Change }) {
  const { t } = useTranslation()
  const { parts } = form
  const put = (at: number, part: FormPart) =>
    onChange({ parts: parts.map((p, i) => (i === at ? part : p)) })
  return (
    <>
      <Section boxed title={t('tiers.editor.parts')} note={t('tiers.editor.parts_note')}>
        <WeightBar items={parts} />
        <Sum items={parts} onBalance={() => onChange({ parts: balanced(parts) })} />
        <FieldError path="score.parts" />
        <ol className={styles.rules}>
          {parts.map((part, i) => (
            <li key={part.key} className={styles.rule}>
              <Part
                part={part}
                at={i}
                form={form}
                onChange={(next) => put(i, next)}
                onRemove={() => onChange({ parts: balanced(parts.toSpliced(i, 1)) })}
              />
            </li>
          ))}
        </ol>
        <div>
          <Button
            type="dashed"
            icon={<Plus size={15} />}
            disabled={parts.length >= 10}
            onClick={() =>
              onChange({
                parts: balanced([
                  ...parts,
                  newPart(t('tiers.editor.new_part', { n: parts.length + 1 })),
                ]),
              })
            }
          >
            {t('tiers.editor.add_part')}
          </Button>
        </div>
      </Section>
      <Cuts form={form} onChange={onChange} />
    </>
  )
}

const strengths = [100, 68, 44, 26, 84, 56]

/** Parts are shades of one colour: colours of their own belong to levels. */
const shade = (i: number) =>
  `color-mix(in srgb, var(--zk-accent) ${strengths[i % strengths.length]}%, var(--zk-hover))`

/** Weights as one bar of a hundred per cent, with its key. */
function WeightBar({ items }: { items: FormPart[] }) {
  const f = useFormat()
  const all = weightSum(items)
  if (all <= 0) return null
  const share = (x: FormPart) => (x.weight ?? 0) / all
  return (
    <div className={styles.weights}>
      <div aria-hidden="true">
        {items.map((x, i) => (
          <span key={x.key} style={{ width: `${share(x) * 100}%`, background: shade(i) }} />
        ))}
      </div>
      <ul>
        {items.map((x, i) => (
          <li key={x.key}>
            <span className={styles.swatch} style={{ background: shade(i) }} aria-hidden="true" />
            {x.name} <b className="zk-num">{f.percent(share(x))}</b>
          </li>
        ))}
      </ul>
    </div>
  )
}

function Sum({ items, onBalance }: { items: { weight: number | null }[]; onBalance: () => void }) {
  const { t } = useTranslation()
  const f = useFormat()
  const all = weightSum(items)
  if (Math.abs(all - 100) < 0.05) return null
  return (
    <div className={styles.sum} role="status">
      {t('tiers.editor.sum', { sum: f.count(all, 2) })}
      {all > 0 && (
        <Button size="small" icon={<Scale size={14} />} onClick={onBalance}>
          {t('tiers.editor.balance')}
        </Button>
      )}
    </div>
  )
}

function Part({
  part,
  at,
  form,
  onChange,
  onRemove,
}: {
  part: FormPart
  at: number
  form: FormScheme
  onChange: (part: FormPart) => void
  onRemove: () => void
}) {
  const { t } = useTranslation()
  const path = `score.parts[${at}]`
  const nameError = useFieldError(`${path}.name`)
  const weightError = useFieldError(`${path}.weight`)
  return (
    <>
      <div className={styles.ruleHead}>
        <span className={styles.swatch} style={{ background: shade(at) }} aria-hidden="true" />
        <Input
          className={styles.ruleName}
          aria-label={t('tiers.editor.part_name', { n: at + 1 })}
          maxLength={30}
          value={part.name}
          status={statusOf(nameError)}
          onChange={(e) => onChange({ ...part, name: e.target.value })}
        />
        <NumberInput
          className={styles.weight}
          aria-label={t('tiers.editor.weight_of', { name: part.name })}
          min={0}
          max={1000}
          value={part.weight}
          status={statusOf(weightError)}
          suffix="%"
          onChange={(weight) => onChange({ ...part, weight })}
        />
        <Button
          type="text"
          size="small"
          icon={<Trash2 size={15} />}
          disabled={form.parts.length <= 1}
          aria-label={t('tiers.editor.remove', { name: part.name })}
          onClick={onRemove}
        />
      </div>
      <FieldError path={`${path}.name`} />
      <FieldError path={`${path}.weight`} />
      <FieldError path={`${path}.terms`} />
      <div className={styles.terms}>
        {part.terms.map((term, i) => (
          <Term
            key={term.key}
            term={term}
            path={`${path}.terms[${i}]`}
            form={form}
            only={part.terms.length === 1}
            onChange={(next) =>
              onChange({ ...part, terms: part.terms.map((x, k) => (k === i ? next : x)) })
            }
            onRemove={() => onChange({ ...part, terms: balanced(part.terms.toSpliced(i, 1)) })}
          />
        ))}
      </div>
      <Sum
        items={part.terms}
        onBalance={() => onChange({ ...part, terms: balanced(part.terms) })}
      />
      <div className={styles.ruleFoot}>
        <Button
          type="link"
          size="small"
          icon={<Plus size={14} />}
          onClick={() => onChange({ ...part, terms: balanced([...part.terms, newTerm('orders')]) })}
        >
          {t('tiers.editor.add_term')}
        </Button>
      </div>
    </>
  )
}

// i18n-keys: tiers.unit.*
function Term({
  term,
  path,
  form,
  only,
  onChange,
  onRemove,
}: {
  term: FormTerm
  path: string
  form: FormScheme
  only: boolean
  onChange: (term: FormTerm) => void
  onRemove: () => void
}) {
  const figures = useFigures()
  const { t } = figures
  const weightError = useFieldError(`${path}.weight`)
  const rangeError = useFieldError(`${path}.from`)
  const unit = t(`tiers.unit.${metricUnit(term.metric)}`)
  const name = metricName(t, term.metric, form.measure)
  return (
    <div className={styles.term}>
      <Select<Metric>
        className={styles.metric}
        aria-label={t('tiers.editor.metric')}
        value={term.metric}
        showSearch={figures.own.length > 0 && { optionFilterProp: 'label' }}
        popupMatchSelectWidth={false}
        options={figureOptions(
          figures,
          metrics.map((m) => ({ value: m, label: metricName(t, m, form.measure) })),
          term.metric,
        )}
        onChange={(metric) => onChange(changedTerm(term, { metric }))}
      />
      <NumberInput
        className={styles.weight}
        aria-label={t('tiers.editor.weight_of', { name })}
        min={0}
        max={1000}
        value={term.weight}
        status={statusOf(weightError)}
        suffix="%"
        onChange={(weight) => onChange({ ...term, weight })}
      />
      <Segmented<FormTerm['scale']>
        aria-label={t('tiers.editor.scale')}
        value={term.scale}
        options={[
          { value: 'percentile', label: t('tiers.scale.percentile') },
          { value: 'linear', label: t('tiers.scale.linear') },
        ]}
        onChange={(scale) => onChange(changedTerm(term, { scale }))}
      />
      <Button
        type="text"
        size="small"
        icon={<X size={15} />}
        disabled={only}
        aria-label={t('tiers.editor.remove', { name })}
        onClick={onRemove}
      />
      {term.scale === 'linear' && (
        <span className={styles.range}>
          {t('tiers.editor.zero')}
          <NumberInput
            className={styles.end}
            aria-label={t('tiers.editor.from_of', { name })}
            value={term.from}
            status={statusOf(rangeError)}
            suffix={unit}
            onChange={(from) => onChange({ ...term, from })}
          />
          {t('tiers.editor.hundred')}
          <NumberInput
            className={styles.end}
            aria-label={t('tiers.editor.to_of', { name })}
            value={term.to}
            status={statusOf(rangeError)}
            suffix={unit}
            onChange={(to) => onChange({ ...term, to })}
          />
        </span>
      )}
      <FieldError path={`${path}.weight`} />
      <FieldError path={`${path}.from`} />
      <FieldError path={`${path}.metric`} />
    </div>
  )
}

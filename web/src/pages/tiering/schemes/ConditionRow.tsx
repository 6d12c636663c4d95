import { Button, Select, Switch, Tooltip } from 'antd'
import { X } from 'lucide-react'
import { NumberInput, useFormat } from '@/kit'
import type { Measure, Metric, Op } from '../api'
import styles from './editor.module.css'
import { FieldError, statusOf, useFieldError } from './Field'
import { figureOptions, opsFor, useFigures } from './figures'
import { changedCondition, type FormCondition, type FormFigure } from './model'
import { PeopleRow } from './PeopleRow'
import { metrics, valueUnit } from './units'
import { foundText, metricHint, metricName } from './words'

// i18n-keys: tiers.op.*, tiers.unit.*
/** One condition: a rule of audiences, or a figure and what it is compared with. */
export function ConditionRow({
  condition,
  ...rest
}: Omit<Props, 'condition' | 'onChange'> & {
  condition: FormCondition
  onChange: (c: FormCondition) => void
}) {
  return 'who' in condition ? (
    <PeopleRow condition={condition} {...rest} />
  ) : (
    <FigureRow condition={condition} {...rest} />
  )
}

interface Props {
  condition: FormFigure
  path: string
  measure: Measure
  /** What a relative threshold comes to today; money in 分. */
  found?: number | null
  onChange: (c: FormFigure) => void
  onRemove: () => void
}

/** A switch, the figure, how it is compared, and with what. */
function FigureRow({ condition: c, path, measure, found, onChange, onRemove }: Props) {
  const figures = useFigures()
  const { t } = figures
  const f = useFormat()
  const error = useFieldError(`${path}.value`)
  const unit = valueUnit(c.metric, c.op)
  const name = metricName(t, c.metric, measure)
  const relative = c.op !== 'at_least' && c.op !== 'at_most'
  const own = figures.find(c.metric)
  const change = (metric: Metric) => {
    const op = opsFor(figures, metric).includes(c.op) ? c.op : 'at_least'
    onChange(changedCondition(c, { metric, op }))
  }
  return (
    <div className={`${styles.conditionRow} ${c.on ? '' : styles.off}`}>
      <Tooltip title={c.on ? t('tiers.editor.on') : t('tiers.editor.off')}>
        <Switch
          size="small"
          checked={c.on}
          aria-label={t('tiers.editor.switch', { metric: name })}
          onChange={(on) => onChange({ ...c, on })}
        />
      </Tooltip>
      <Tooltip title={metricHint(t, c.metric)} mouseEnterDelay={0.6} placement="topLeft">
        <Select<Metric>
          className={styles.metric}
          aria-label={t('tiers.editor.metric')}
          value={c.metric}
          showSearch={figures.own.length > 0 && { optionFilterProp: 'label' }}
          popupMatchSelectWidth={false}
          options={figureOptions(
            figures,
            metrics.map((m) => ({ value: m, label: metricName(t, m, measure) })),
            c.metric,
          )}
          onChange={change}
        />
      </Tooltip>
      <Select<Op>
        className={styles.op}
        aria-label={t('tiers.editor.op')}
        value={c.op}
        popupMatchSelectWidth={false}
        options={opsFor(figures, c.metric).map((op) => ({
          value: op,
          label:
            op === 'top_share' && c.metric === 'recency_days'
              ? t('tiers.op.top_recent')
              : t(`tiers.op.${op}`),
        }))}
        onChange={(op) => onChange(changedCondition(c, { op }))}
      />
      {own?.kind === 'choice' ? (
        <Select<number | null>
          className={styles.value}
          aria-label={t('tiers.editor.value', { metric: name })}
          value={c.value}
          status={statusOf(error)}
          popupMatchSelectWidth={false}
          options={own.options.map((label, i) => ({ value: i + 1, label }))}
          onChange={(value) => onChange({ ...c, value })}
        />
      ) : (
        <NumberInput
          className={styles.value}
          aria-label={t('tiers.editor.value', { metric: name })}
          value={c.value}
          status={statusOf(error)}
          suffix={t(`tiers.unit.${unit}`)}
          onChange={(value) => onChange({ ...c, value })}
        />
      )}
      <Button
        type="text"
        size="small"
        icon={<X size={15} />}
        aria-label={t('tiers.editor.remove', { name })}
        onClick={onRemove}
      />
      {relative && c.on && found !== undefined && (
        <div className={styles.foundNow}>
          {found === null
            ? t('tiers.basis.nobody')
            : t('tiers.editor.found', { value: foundText(t, f, c.metric, found) })}
        </div>
      )}
      <FieldError path={`${path}.value`} />
      <FieldError path={`${path}.metric`} />
      <FieldError path={`${path}.op`} />
    </div>
  )
}

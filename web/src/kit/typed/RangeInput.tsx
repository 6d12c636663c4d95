import dayjs from 'dayjs'
import { useTranslation } from 'react-i18next'
import { DateInput } from './DateInput'
import styles from './typed.module.css'

interface Range {
  from: string
  to: string
}

/**
 * Two days or two months, both included and always there, chosen or typed as one
 * day is. What cannot be read, or would turn the range round, is said below its field.
 */
export function RangeInput({
  label,
  unit = 'date',
  value,
  min,
  max,
  most,
  id,
  onChange,
}: {
  label: string
  unit?: 'date' | 'month'
  /** YYYY-MM-DD, of months YYYY-MM. */
  value: Range
  min?: string
  max?: string
  /** How many days or months it holds at most; moving its end moves its start along. */
  most?: number
  /** Of the first field. */
  id?: string
  onChange: (value: Range) => void
}) {
  const { t } = useTranslation()
  const text = (day: dayjs.Dayjs) => day.format(unit === 'month' ? 'YYYY-MM' : 'YYYY-MM-DD')
  const back = (day: dayjs.Dayjs) => most && day.subtract(most - 1, unit === 'month' ? unit : 'day')
  const [from, to] = [dayjs(value.from), dayjs(value.to)]
  const least = min ? dayjs(min) : undefined
  const reach = back(to) || undefined
  return (
    <fieldset className={styles.pair} aria-label={label}>
      <DateInput
        id={id}
        picker={unit}
        aria-label={`${label} ${t('ui_typed.from')}`}
        allowClear={false}
        value={from}
        minDate={reach && (!least || reach.isAfter(least)) ? reach : least}
        maxDate={to}
        onChange={(day) => day && onChange({ from: text(day), to: value.to })}
      />
      <span aria-hidden="true">–</span>
      <DateInput
        picker={unit}
        aria-label={`${label} ${t('ui_typed.to')}`}
        allowClear={false}
        value={to}
        minDate={from}
        maxDate={max ? dayjs(max) : undefined}
        onChange={(day) => {
          if (!day) return
          const start = back(day)
          onChange({
            from: start && from.isBefore(start) ? text(start) : value.from,
            to: text(day),
          })
        }}
      />
    </fieldset>
  )
}

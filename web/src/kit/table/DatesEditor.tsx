import { Button } from 'antd'
import dayjs from 'dayjs'
import { useTranslation } from 'react-i18next'
import { DateInput } from '../typed/DateInput'
import editors from './filters.module.css'
import styles from './table.module.css'

/** Two days, both included, or one of the usual windows. Loaded when first opened. */
export default function DatesEditor({
  from,
  to,
  label,
  onChange,
  onPick,
}: {
  from: string
  to: string
  label: string
  onChange: (from: string, to: string) => void
  /** One of the windows: nothing more is to be chosen. */
  onPick: (from: string, to: string) => void
}) {
  const { t } = useTranslation()
  const today = dayjs()
  const day = (d: dayjs.Dayjs) => d.format('YYYY-MM-DD')
  const windows: [string, dayjs.Dayjs][] = [
    [t('ui.dates.today'), today],
    [t('ui.dates.7d'), today.subtract(6, 'day')],
    [t('ui.dates.30d'), today.subtract(29, 'day')],
    [t('ui.dates.90d'), today.subtract(89, 'day')],
    [t('ui.dates.year'), today.startOf('year')],
  ]
  const bound = (text: string, name: string, put: (text: string) => void) => (
    <DateInput
      aria-label={`${label} ${name}`}
      placeholder={name}
      value={text ? dayjs(text) : null}
      onChange={(d) => put(d ? day(d) : '')}
    />
  )
  return (
    <>
      <div className={styles.views}>
        {windows.map(([name, start]) => (
          <Button key={name} size="small" onClick={() => onPick(day(start), day(today))}>
            {name}
          </Button>
        ))}
      </div>
      <div className={editors.editorRow}>
        {bound(from, t('ui_typed.from'), (text) => onChange(text, to))}
        <span aria-hidden="true">–</span>
        {bound(to, t('ui_typed.to'), (text) => onChange(from, text))}
      </div>
    </>
  )
}

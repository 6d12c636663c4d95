import { Button, DatePicker } from 'antd'
import dayjs from 'dayjs'
import { useTranslation } from 'react-i18next'
import styles from './table.module.css'

/** Two days, both included, or one of the usual windows. Loaded when first opened. */
export default function DatesEditor({
  from,
  to,
  label,
  onChange,
}: {
  from: string
  to: string
  label: string
  onChange: (from: string, to: string) => void
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
  return (
    <>
      <div className={styles.views}>
        {windows.map(([name, start]) => (
          <Button key={name} size="small" onClick={() => onChange(day(start), day(today))}>
            {name}
          </Button>
        ))}
      </div>
      <DatePicker.RangePicker
        aria-label={label}
        value={[from ? dayjs(from) : null, to ? dayjs(to) : null]}
        allowEmpty={[true, true]}
        onChange={(range) =>
          onChange(range?.[0] ? day(range[0]) : '', range?.[1] ? day(range[1]) : '')
        }
      />
    </>
  )
}

import { Form } from 'antd'
import dayjs, { type Dayjs } from 'dayjs'
import { useTranslation } from 'react-i18next'
import { DateInput, useFormat } from '@/kit'
import styles from './runs.module.css'

/** The day whose facts a run uses. */
export function AsOfField() {
  const { t } = useTranslation()
  const f = useFormat()
  const today = dayjs(f.date(Date.now()))
  return (
    <Form.Item
      name="as_of"
      label={t('tiers.head.as_of')}
      rules={[{ required: true, message: t('tiers.run.as_of_missing') }]}
      extra={t('tiers.run.as_of_extra')}
    >
      <DateInput
        className={styles.wide}
        maxDate={today}
        allowClear={false}
        presets={[
          { label: t('common.today'), value: today },
          { label: t('tiers.run.month_end'), value: today.startOf('month').subtract(1, 'day') },
          { label: t('tiers.run.quarter_end'), value: quarterEnd(today) },
          { label: t('tiers.run.year_end'), value: today.startOf('year').subtract(1, 'day') },
        ]}
      />
    </Form.Item>
  )
}

/** The last day of the quarter before. */
export function quarterEnd(day: Dayjs): Dayjs {
  const first = day.startOf('month').month(day.month() - (day.month() % 3))
  return first.subtract(1, 'day')
}

import { useQueryClient } from '@tanstack/react-query'
import { Form, Input, Radio, Select } from 'antd'
import dayjs, { type Dayjs } from 'dayjs'
import { useTranslation } from 'react-i18next'
import { DateInput, FormDrawer, useSay } from '@/kit'
import { decide, type OfCustomer, useOverview, written } from '../api'
import styles from './record.module.css'

interface Values {
  stage?: string
  keep: 'no' | 'until' | 'always'
  until?: Dayjs
  reason: string
}

/** Decides about the stage of a customer by hand, and how long rules keep off. */
export function DecideDrawer({ of, onClose }: { of: OfCustomer; onClose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const { done } = useSay()
  const [form] = Form.useForm<Values>()
  const keep = Form.useWatch('keep', form)
  const stages = useOverview().data?.stages ?? []
  return (
    <FormDrawer<Values>
      open
      form={form}
      title={t('lifecycles.decide')}
      note={t('lifecycles.decide.note')}
      initial={{ stage: of.stage?.code, keep: 'until', until: dayjs(of.day).add(30, 'day') }}
      onClose={onClose}
      onSubmit={async ({ stage, keep: kept, until, reason }) => {
        await decide(of.customer_id, {
          // Without a stage only what rules may do changes.
          ...(stage && stage !== of.stage?.code && { stage }),
          ...(kept === 'until' && until && { until: until.format('YYYY-MM-DD') }),
          ...(kept === 'always' && { by_hand_only: true }),
          reason,
        })
        written(client)
        done(t('lifecycles.decide.done'))
        onClose()
      }}
    >
      <Form.Item
        name="stage"
        label={t('lifecycles.stage')}
        rules={[{ required: true, message: t('lifecycles.decide.stage_missing') }]}
      >
        <Select options={stages.map((s) => ({ value: s.code, label: s.name }))} />
      </Form.Item>
      <Form.Item name="keep" label={t('lifecycles.decide.keep')} required>
        <Radio.Group
          className={styles.radios}
          options={[
            { value: 'no', label: t('lifecycles.decide.keep_no') },
            { value: 'until', label: t('lifecycles.decide.keep_until') },
            { value: 'always', label: t('lifecycles.decide.keep_always') },
          ]}
        />
      </Form.Item>
      {keep === 'until' && (
        <Form.Item
          name="until"
          label={t('lifecycles.decide.until')}
          rules={[{ required: true, message: t('lifecycles.decide.until_missing') }]}
        >
          <DateInput minDate={dayjs(of.day)} maxDate={dayjs(of.day).add(3660, 'day')} />
        </Form.Item>
      )}
      <Form.Item
        name="reason"
        label={t('lifecycles.decide.reason')}
        rules={[
          { required: true, whitespace: true, message: t('lifecycles.decide.reason_missing') },
        ]}
      >
        <Input.TextArea rows={4} maxLength={500} showCount />
      </Form.Item>
    </FormDrawer>
  )
}

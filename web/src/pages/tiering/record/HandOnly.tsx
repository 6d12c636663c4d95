import { useQueryClient } from '@tanstack/react-query'
import { Form, Input, Switch } from 'antd'
import { useTranslation } from 'react-i18next'
import { api, ok } from '@/api/client'
import { perm } from '@/app/permissions'
import { Day, FormDrawer, useMe, useSay } from '@/kit'
import { type HandOnly, levelsChanged, useHandOnly } from './api'
import styles from './record.module.css'
import { Told } from './Told'

/** Says beside the levels that only people decide about the customer; nothing where programs do. */
export function HandOnlyLine({ id }: { id: number }) {
  const { t } = useTranslation()
  const me = useMe()
  const { data } = useHandOnly(id, me.can(perm.tierView))
  if (!data?.on) return null
  return (
    <p className={styles.only}>
      <b>{t('ui_level.only')}</b>
      <span>
        {t('ui_level.only_by', { name: data.by_name, reason: data.reason })} ·{' '}
        <Day at={data.since} />
      </span>
    </p>
  )
}

interface Values {
  on: boolean
  reason: string
}

/** The switch against automated decisions about a customer (PIPL art. 24). */
export function HandOnlyForm({ now, onClose }: { now: HandOnly; onClose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const { done } = useSay()
  const [form] = Form.useForm<Values>()
  const on = Form.useWatch('on', form) ?? now.on
  return (
    <FormDrawer<Values>
      open
      form={form}
      title={t('ui_level.only')}
      note={t('ui_level.only_note')}
      initial={{ on: now.on, reason: now.reason }}
      onClose={onClose}
      onSubmit={async (values) => {
        await ok(
          api.PUT('/customers/{id}/hand-only', {
            params: { path: { id: now.customer_id } },
            body: values.on ? values : { on: false },
          }),
        )
        await levelsChanged(client)
        done(t(values.on ? 'ui_level.only_on' : 'ui_level.only_off'))
        onClose()
      }}
    >
      <Form.Item name="on" label={t('ui_level.only_switch')} required valuePropName="checked">
        <Switch />
      </Form.Item>
      {on && (
        <Form.Item
          name="reason"
          label={t('common.reason')}
          extra={now.on ? t('ui_level.only_kept') : undefined}
          rules={[{ required: true, whitespace: true, message: t('ui_review.reason_missing') }]}
        >
          <Input.TextArea rows={3} maxLength={1000} disabled={now.on} />
        </Form.Item>
      )}
      <Told text={t(on ? 'ui_level.told.only' : 'ui_level.told.programs')} />
    </FormDrawer>
  )
}

import { Button, Form, Input, Radio, Select } from 'antd'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { asApiError } from '@/api/errors'
import { FormError } from '@/kit'
import type { Act, Review } from './api'
import styles from './moves.module.css'

export interface Decision {
  act: Act
  level?: string
  reason?: string
}

const mostText = 1000

// i18n-keys: ui_review.act.*
/** What to decide, and why: the reason is needed to overrule and to dispute. */
export function DecideForm({
  review,
  acts,
  submitText,
  onChange,
  onSubmit,
  children,
}: {
  review: Review
  acts: readonly Act[]
  submitText: string
  /** Anything was changed: what was counted for it is no longer true. */
  onChange?: () => void
  onSubmit: (decision: Decision) => Promise<unknown>
  children?: ReactNode
}) {
  const { t } = useTranslation()
  const [form] = Form.useForm<Decision>()
  const act = Form.useWatch('act', form) ?? acts[0]
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<unknown>(null)
  const reasoned = act === 'overrule' || act === 'dispute'
  const submit = async (values: Decision) => {
    setBusy(true)
    setFailure(null)
    try {
      await onSubmit({
        act: values.act,
        ...(reasoned ? { reason: values.reason?.trim() } : {}),
        ...(values.act === 'overrule' && values.level ? { level: values.level } : {}),
      })
    } catch (error) {
      setFailure(error)
    } finally {
      setBusy(false)
    }
  }
  const error = failure ? asApiError(failure) : null
  return (
    <Form<Decision>
      form={form}
      layout="vertical"
      requiredMark="optional"
      initialValues={{ act: acts[0], level: '' }}
      disabled={busy}
      onFinish={submit}
      onValuesChange={() => {
        setFailure(null)
        onChange?.()
      }}
    >
      <FormError error={error} rest={error?.fields.map((x) => x.message)} />
      <Form.Item name="act" label={t('ui_review.decision')} required hidden={acts.length === 1}>
        <Radio.Group
          className={styles.acts}
          options={acts.map((a) => ({ value: a, label: t(`ui_review.act.${a}`) }))}
        />
      </Form.Item>
      {act === 'overrule' && (
        <Form.Item name="level" label={t('ui_review.level')} required>
          <Select
            options={[
              { value: '', label: t('ui_review.level_before') },
              ...review.levels.map((l) => ({ value: l.code, label: l.name })),
            ]}
          />
        </Form.Item>
      )}
      {reasoned && (
        <Form.Item
          name="reason"
          label={t('common.reason')}
          required
          rules={[{ required: true, whitespace: true, message: t('ui_review.reason_missing') }]}
        >
          <Input.TextArea rows={3} maxLength={mostText} />
        </Form.Item>
      )}
      {children}
      <Button type={acts.length === 1 ? 'default' : 'primary'} htmlType="submit" loading={busy}>
        {acts.length === 1 ? t(`ui_review.act.${act}`) : submitText}
      </Button>
    </Form>
  )
}

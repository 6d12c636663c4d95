import { useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Form, Input, Radio } from 'antd'
import dayjs, { type Dayjs } from 'dayjs'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, ok } from '@/api/client'
import { perm } from '@/app/permissions'
import { Can, DateInput, FormDrawer, isOver, useFormat, useJob } from '@/kit'
import { type Review, stageOf } from './api'
import styles from './moves.module.css'

/** How a review ends: its levels published, or withdrawn without an effect. */
export function EndReview({ review }: { review: Review }) {
  const { t } = useTranslation()
  const [form, setForm] = useState<'publish' | 'withdraw' | null>(null)
  const { job } = useJob(review.step === 'publishing' ? review.job_id : null)
  const stage = stageOf(review)
  // A job that failed half way is begun again by publishing again.
  const stuck = stage === 'publishing' && job !== undefined && isOver(job.state)
  return (
    <Can permission={perm.tierPublish}>
      {(stage === 'opening' || stage === 'open' || stage === 'failed') && (
        <Button onClick={() => setForm('withdraw')}>{t('ui_review.withdraw')}</Button>
      )}
      {(stage === 'open' || stuck) && (
        <Button type="primary" onClick={() => setForm('publish')}>
          {t('ui_review.publish')}
        </Button>
      )}
      {form === 'publish' && <PublishForm review={review} onClose={() => setForm(null)} />}
      {form === 'withdraw' && <WithdrawForm review={review} onClose={() => setForm(null)} />}
    </Can>
  )
}

interface PublishValues {
  from_day: Dayjs
  rest: 'agree' | 'keep' | undefined
  note: string
}

// i18n-keys: ui_review.rest.*
function PublishForm({ review, onClose }: { review: Review; onClose: () => void }) {
  const { t } = useTranslation()
  const f = useFormat()
  const client = useQueryClient()
  const today = dayjs(f.date(Date.now()))
  const c = review.counts
  const undecided = c ? c.open + c.disputed : 0
  return (
    <FormDrawer<PublishValues>
      open
      title={t('ui_review.publish')}
      note={t('ui_review.publish_note')}
      initial={{ from_day: today, note: '' }}
      submitText={t('ui_review.publish')}
      onClose={onClose}
      onReload={() => client.invalidateQueries({ queryKey: ['tiering', 'reviews'] })}
      onSubmit={async ({ from_day, rest, note }) => {
        await ok(
          api.POST('/tiering/reviews/{id}/publish', {
            params: { path: { id: review.id } },
            body: { from_day: from_day.format('YYYY-MM-DD'), rest: rest ?? '', note: note.trim() },
          }),
        )
        await client.invalidateQueries({ queryKey: ['tiering'] })
        onClose()
      }}
    >
      {c && (
        <Alert
          className={styles.said}
          type={undecided > 0 ? 'warning' : 'info'}
          showIcon
          title={t('ui_review.publish_counts', {
            agreed: f.count(c.agreed),
            overruled: f.count(c.overruled),
            open: f.count(c.open),
            disputed: f.count(c.disputed),
          })}
        />
      )}
      <Form.Item
        name="from_day"
        label={t('ui_review.from_day')}
        rules={[{ required: true, message: t('ui_review.from_day_missing') }]}
      >
        <DateInput allowClear={false} minDate={today} maxDate={today.add(1, 'year')} />
      </Form.Item>
      {(undecided > 0 || !c) && (
        <Form.Item
          name="rest"
          label={t('ui_review.rest')}
          rules={[{ required: undecided > 0, message: t('ui_review.rest_missing') }]}
        >
          <Radio.Group
            vertical
            options={['agree', 'keep'].map((value) => ({
              value,
              label: t(`ui_review.rest.${value}`),
            }))}
          />
        </Form.Item>
      )}
      <Form.Item name="note" label={t('common.note')}>
        <Input.TextArea rows={3} maxLength={1000} />
      </Form.Item>
    </FormDrawer>
  )
}

function WithdrawForm({ review, onClose }: { review: Review; onClose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  return (
    <FormDrawer<{ reason: string }>
      open
      title={t('ui_review.withdraw')}
      note={t('ui_review.withdraw_note')}
      initial={{ reason: '' }}
      submitText={t('ui_review.withdraw')}
      onClose={onClose}
      onSubmit={async ({ reason }) => {
        await ok(
          api.POST('/tiering/reviews/{id}/withdraw', {
            params: { path: { id: review.id } },
            body: { reason: reason.trim() },
          }),
        )
        await client.invalidateQueries({ queryKey: ['tiering'] })
        onClose()
      }}
    >
      <Form.Item
        name="reason"
        label={t('common.reason')}
        rules={[{ required: true, whitespace: true, message: t('ui_review.reason_missing') }]}
      >
        <Input.TextArea rows={4} maxLength={1000} />
      </Form.Item>
    </FormDrawer>
  )
}

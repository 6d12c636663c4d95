import { useQueryClient } from '@tanstack/react-query'
import { Form, Input } from 'antd'
import { useTranslation } from 'react-i18next'
import { api, ok } from '@/api/client'
import { FormDrawer, useSay } from '@/kit'
import { levelsChanged } from './api'
import { firstDimension, LevelFields } from './LevelFields'
import type { About } from './LevelMenu'

interface Values {
  dimension: string
  level: string
  reason: string
}

const mostReason = 1000

/** Gives a customer another level of a dimension, with a reason that stays in the history. */
export function HandForm({ about, onClose }: { about: About; onClose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const { done } = useSay()
  return (
    <FormDrawer<Values>
      open
      title={t('ui_level.hand')}
      note={t('ui_level.hand_note')}
      initial={{ dimension: firstDimension(about) }}
      submitText={t('ui_level.hand_now')}
      onClose={onClose}
      onSubmit={async ({ dimension, ...body }) => {
        await ok(
          api.POST('/tiering/dimensions/{code}/hand', {
            params: { path: { code: dimension } },
            body: { ...body, customer_id: about.id },
          }),
        )
        await levelsChanged(client)
        done(t('ui_level.hand_done'))
        onClose()
      }}
    >
      <LevelFields about={about} name="level" label={t('ui_level.level')} />
      <Form.Item
        name="reason"
        label={t('common.reason')}
        rules={[{ required: true, whitespace: true, message: t('ui_review.reason_missing') }]}
      >
        <Input.TextArea rows={4} maxLength={mostReason} showCount />
      </Form.Item>
    </FormDrawer>
  )
}

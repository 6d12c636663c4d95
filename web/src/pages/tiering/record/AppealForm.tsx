import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Form, Input, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { api, ok } from '@/api/client'
import { FormDrawer, useMe, useSay } from '@/kit'
import { loadHistory, noteKinds } from '../../customers/timeline/api'
import { firstDimension, LevelFields } from './LevelFields'
import type { About } from './LevelMenu'

interface Values {
  dimension: string
  wanted: string
  evidence: string
  attachment_id?: number
}

const mostEvidence = 4000

/** Objects to a level of a customer, with evidence; the panel of the dimension is told. */
export function AppealForm({ about, onClose }: { about: About; onClose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const me = useMe()
  const { done } = useSay()
  const notes = !me.hides('notes')
  // Files stand in notes: those of the newest ones can be evidence.
  const files = useQuery({
    queryKey: ['customers', 'timeline', about.id, 'files'],
    enabled: notes,
    queryFn: async ({ signal }) =>
      (await loadHistory(about.id, noteKinds.join(), undefined, signal)).items.flatMap(
        (entry) => entry.note?.attachments ?? [],
      ),
  })
  return (
    <FormDrawer<Values>
      open
      title={t('ui_level.appeal')}
      note={t('ui_level.appeal_note')}
      initial={{ dimension: firstDimension(about) }}
      submitText={t('ui_level.appeal_now')}
      onClose={onClose}
      onSubmit={async ({ dimension, ...body }) => {
        const made = await ok(
          api.POST('/tiering/dimensions/{code}/appeals', {
            params: { path: { code: dimension } },
            body: { ...body, customer_id: about.id },
          }),
        )
        await client.invalidateQueries({ queryKey: ['tiering'] })
        done(t('ui_level.appeal_done', { id: made.id }))
        onClose()
      }}
    >
      <LevelFields about={about} name="wanted" label={t('ui_appeal.wanted')} />
      <Form.Item
        name="evidence"
        label={t('ui_appeal.evidence')}
        extra={t('ui_appeal.evidence_extra')}
        rules={[{ required: true, whitespace: true, message: t('ui_appeal.evidence_missing') }]}
      >
        <Input.TextArea rows={6} maxLength={mostEvidence} />
      </Form.Item>
      {notes && (
        <Form.Item
          name="attachment_id"
          label={t('ui_appeal.file')}
          extra={
            files.data?.length === 0 && (
              <>
                <div>{t('ui_appeal.no_file')}</div>
                <Link to={`/customers/${about.id}?tab=timeline`}>{t('ui_appeal.to_notes')}</Link>
              </>
            )
          }
        >
          <Select
            allowClear
            disabled={!files.data?.length}
            loading={files.isLoading}
            options={(files.data ?? []).map((file) => ({ value: file.id, label: file.name }))}
          />
        </Form.Item>
      )}
    </FormDrawer>
  )
}

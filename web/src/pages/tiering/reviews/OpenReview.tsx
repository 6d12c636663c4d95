import { useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Checkbox, Form, Input, Select } from 'antd'
import { ClipboardCheck } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate } from 'react-router'
import { api, ok } from '@/api/client'
import { asApiError } from '@/api/errors'
import { perm } from '@/app/permissions'
import { Bones, Can, ErrorState, FormDrawer } from '@/kit'
import { useDimensions } from '../queries'
import { reviewPath, useFinishedRuns } from './api'

interface Values {
  run_id: number
  note: string
  anyway: boolean
}

/** The button that gives a finished run to its panel, with its form. */
export function OpenReview() {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  return (
    <Can permission={perm.tierPublish}>
      <Button type="primary" icon={<ClipboardCheck size={16} />} onClick={() => setOpen(true)}>
        {t('ui_review.open')}
      </Button>
      {open && <OpenForm onClose={() => setOpen(false)} />}
    </Can>
  )
}

function OpenForm({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const client = useQueryClient()
  const [form] = Form.useForm<Values>()
  const [older, setOlder] = useState(false)
  const dimensions = useDimensions()
  const runs = useFinishedRuns(true)
  const reviewed = (dimensions.data ?? []).filter((d) => d.review)
  const groups = reviewed
    .map((d) => ({
      label: d.name,
      options: (runs.data ?? [])
        .filter((r) => r.dimension === d.code)
        .map((r) => ({
          value: r.id,
          label: t('ui_review.run', { scheme: r.scheme_name, day: r.as_of, id: r.id }),
        })),
    }))
    .filter((g) => g.options.length > 0)
  const failed = dimensions.error ?? runs.error

  const submit = async ({ run_id, note, anyway }: Values) => {
    try {
      const review = await ok(
        api.POST('/tiering/reviews', { body: { run_id, note: note.trim(), anyway } }),
      )
      await client.invalidateQueries({ queryKey: ['tiering', 'reviews'] })
      onClose()
      navigate(reviewPath(review.id))
    } catch (thrown) {
      // Newer data are no fault: whoever opens decides whether the run is still good.
      if (asApiError(thrown).code === 'tier.run_older') setOlder(true)
      throw thrown
    }
  }

  return (
    <FormDrawer<Values>
      open
      form={form}
      title={t('ui_review.open')}
      note={t('ui_review.open_note')}
      initial={{ note: '', anyway: false }}
      submitText={t('ui_review.open_now')}
      onClose={onClose}
      onSubmit={submit}
    >
      {failed ? (
        <ErrorState
          compact
          error={failed}
          onRetry={() => {
            dimensions.refetch()
            runs.refetch()
          }}
        />
      ) : !dimensions.data || !runs.data ? (
        <Bones rows={3} />
      ) : (
        groups.length === 0 && (
          <Alert
            type="info"
            showIcon
            title={t(reviewed.length === 0 ? 'ui_review.none_on' : 'ui_review.no_run')}
            action={
              <Link to={reviewed.length === 0 ? '/tiering/dimensions' : '/tiering/runs'}>
                {t(reviewed.length === 0 ? 'ui_review.to_dimensions' : 'nav.tiering.runs')}
              </Link>
            }
          />
        )
      )}
      <Form.Item
        name="run_id"
        label={t('ui_review.of_run')}
        rules={[{ required: true, message: t('ui_review.run_missing') }]}
      >
        <Select options={groups} onChange={() => setOlder(false)} />
      </Form.Item>
      <Form.Item name="note" label={t('common.note')}>
        <Input.TextArea rows={3} maxLength={500} />
      </Form.Item>
      <Form.Item name="anyway" valuePropName="checked" hidden={!older}>
        <Checkbox>{t('ui_review.anyway')}</Checkbox>
      </Form.Item>
    </FormDrawer>
  )
}

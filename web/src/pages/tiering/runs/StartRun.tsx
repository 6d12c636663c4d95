import { useQueryClient } from '@tanstack/react-query'
import { Button, Form, Select } from 'antd'
import dayjs, { type Dayjs } from 'dayjs'
import { Play } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { api, ok } from '@/api/client'
import { asApiError } from '@/api/errors'
import { perm } from '@/app/permissions'
import { Can, FormDrawer, useFormat, useSay } from '@/kit'
import { dimensionOf, grouped } from '../dimensions/groups'
import { runPath } from '../links'
import { useDimensions, useSchemes } from '../queries'
import { toForm } from '../schemes/model'
import { schemeSentence } from '../schemes/words'
import { AsOfField } from './AsOfField'

interface Values {
  scheme: string
  as_of: Dayjs
}

/** The button that begins a run, with its form. */
export function StartRun({
  scheme,
  large,
  plain,
}: {
  scheme?: string
  large?: boolean
  plain?: boolean
}) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  return (
    <Can permission={perm.tierRun}>
      <Button
        type={plain ? 'default' : 'primary'}
        size={large ? 'large' : 'middle'}
        icon={<Play size={16} />}
        onClick={() => setOpen(true)}
      >
        {t('tiers.run.start')}
      </Button>
      <StartForm open={open} scheme={scheme} onClose={() => setOpen(false)} />
    </Can>
  )
}

function StartForm({
  open,
  scheme,
  onClose,
}: {
  open: boolean
  scheme?: string
  onClose: () => void
}) {
  const { t } = useTranslation()
  const f = useFormat()
  const navigate = useNavigate()
  const client = useQueryClient()
  const { done } = useSay()
  const schemes = useSchemes(open)
  const dimensions = useDimensions(false, open)
  const [form] = Form.useForm<Values>()
  const chosen = Form.useWatch('scheme', { form, preserve: true })
  const today = dayjs(f.date(Date.now()))
  const list = schemes.data ?? []
  const usual =
    scheme ??
    list.find((s) => s.default && dimensionOf(s.scheme) === 'value')?.scheme.code ??
    list[0]?.scheme.code
  const view = list.find((s) => s.scheme.code === chosen)

  const submit = async ({ scheme: code, as_of }: Values) => {
    try {
      const run = await ok(
        api.POST('/tiering/runs', { body: { scheme: code, as_of: as_of.format('YYYY-MM-DD') } }),
      )
      client.invalidateQueries({ queryKey: ['tiering', 'runs'] })
      onClose()
      navigate(runPath(run.id))
    } catch (thrown) {
      const error = asApiError(thrown)
      const other = error.params.run_id
      if (error.code !== 'tier.run_in_progress' || typeof other !== 'number') throw thrown
      // One run of a scheme at a time: that one is what the person wants to see.
      onClose()
      done(t('tiers.run.in_progress'))
      navigate(runPath(other))
    }
  }

  if (!open || !usual || !dimensions.data) return null
  return (
    <FormDrawer<Values>
      open={open}
      form={form}
      title={t('tiers.run.start')}
      note={t('tiers.run.start_note')}
      initial={{ scheme: usual, as_of: today }}
      submitText={t('tiers.run.start_now')}
      onClose={onClose}
      onSubmit={submit}
    >
      <Form.Item
        name="scheme"
        label={t('tiers.head.scheme')}
        rules={[{ required: true, message: t('tiers.run.scheme_missing') }]}
        extra={view && schemeSentence(t, toForm(view.scheme))}
      >
        <Select
          options={grouped(dimensions.data ?? [], list).map((g) => ({
            label: g.dimension.name,
            options: g.items.map((s) => ({
              value: s.scheme.code,
              label: t('tiers.head.scheme_version', { scheme: s.scheme.name, version: s.version }),
            })),
          }))}
        />
      </Form.Item>
      <AsOfField />
    </FormDrawer>
  )
}

import { useQueryClient } from '@tanstack/react-query'
import { Button, Checkbox, Form } from 'antd'
import dayjs, { type Dayjs } from 'dayjs'
import { Layers } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { api, ok } from '@/api/client'
import { asApiError } from '@/api/errors'
import { perm } from '@/app/permissions'
import { Can, FormDrawer, useFormat, useSay } from '@/kit'
import { runPath } from '../links'
import { useDimensions, useSchemes } from '../queries'
import { AsOfField } from './AsOfField'
import styles from './runs.module.css'

interface Values {
  dimensions: string[]
  as_of: Dayjs
}

/** The button that begins runs of several dimensions together, with its form. */
export function StartTogether() {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  return (
    <Can permission={perm.tierRun}>
      <Button icon={<Layers size={16} />} onClick={() => setOpen(true)}>
        {t('tiers.together.start')}
      </Button>
      {open && <TogetherForm onClose={() => setOpen(false)} />}
    </Can>
  )
}

function TogetherForm({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const f = useFormat()
  const navigate = useNavigate()
  const client = useQueryClient()
  const { done } = useSay()
  const dimensions = useDimensions().data
  const schemes = useSchemes().data
  const [form] = Form.useForm<Values>()
  const used = dimensions?.filter((d) => d.scheme !== '')

  const submit = async ({ dimensions: codes, as_of }: Values) => {
    try {
      const runs = await ok(
        api.POST('/tiering/runs/together', {
          body: { dimensions: codes, as_of: as_of.format('YYYY-MM-DD') },
        }),
      )
      done(t('tiers.together.done', { count: runs.items.length }))
      onClose()
    } catch (thrown) {
      const error = asApiError(thrown)
      const other = error.params.run_id
      if (error.code !== 'tier.run_in_progress' || typeof other !== 'number') throw thrown
      onClose()
      done(t('tiers.run.in_progress'))
      navigate(runPath(other))
    } finally {
      client.invalidateQueries({ queryKey: ['tiering', 'runs'] })
    }
  }

  if (!used || !schemes) return null
  return (
    <FormDrawer<Values>
      open
      form={form}
      title={t('tiers.together.title')}
      note={t('tiers.together.note')}
      initial={{ dimensions: used.map((d) => d.code), as_of: dayjs(f.date(Date.now())) }}
      submitText={t('tiers.run.start_now')}
      onClose={onClose}
      onSubmit={submit}
    >
      <Form.Item
        name="dimensions"
        label={t('tiers.together.dimensions')}
        rules={[{ required: true, type: 'array', min: 1, message: t('tiers.together.missing') }]}
        extra={used.length === 0 && t('tiers.together.none')}
      >
        <Checkbox.Group
          className={styles.together}
          options={used.map((d) => ({
            value: d.code,
            label: (
              <>
                {d.name}{' '}
                <span className="zk-muted">
                  {schemes.find((s) => s.scheme.code === d.scheme)?.scheme.name}
                </span>
              </>
            ),
          }))}
        />
      </Form.Item>
      <AsOfField />
    </FormDrawer>
  )
}

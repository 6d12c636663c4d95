import { useQueryClient } from '@tanstack/react-query'
import { Form, Input } from 'antd'
import { useTranslation } from 'react-i18next'
import { api, ok } from '@/api/client'
import { FormDrawer } from '@/kit'
import type { Dimension } from '../api'

interface Values {
  name: string
  code: string
}

/** Adds a dimension, or renames one. */
export function DimensionForm({
  dimension,
  onClose,
}: {
  dimension: Dimension | null
  onClose: () => void
}) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [form] = Form.useForm<Values>()
  return (
    <FormDrawer<Values>
      open
      form={form}
      title={dimension ? t('ui_dimension.rename') : t('ui_dimension.new')}
      note={dimension ? undefined : t('ui_dimension.new_note')}
      initial={{ name: dimension?.name ?? '', code: dimension?.code ?? '' }}
      submitText={dimension ? t('common.save') : t('common.create')}
      onClose={onClose}
      onSubmit={async ({ name, code }) => {
        if (dimension) {
          await ok(
            api.PATCH('/tiering/dimensions/{code}', {
              params: { path: { code: dimension.code } },
              body: { name, version: dimension.version },
            }),
          )
        } else await ok(api.POST('/tiering/dimensions', { body: { name, code } }))
        await client.invalidateQueries()
        onClose()
      }}
    >
      <Form.Item
        name="name"
        label={t('common.name')}
        rules={[{ required: true, whitespace: true, message: t('tiers.check.name') }]}
      >
        <Input maxLength={30} placeholder={t('ui_dimension.name_hint')} />
      </Form.Item>
      {!dimension && (
        <Form.Item
          name="code"
          label={t('common.code')}
          extra={t('ui_dimension.code_extra')}
          rules={[
            { required: true, message: t('tiers.check.code') },
            { pattern: /^[a-z][a-z0-9-]{1,39}$/, message: t('tiers.check.code') },
          ]}
        >
          <Input maxLength={40} className="zk-mono" autoComplete="off" spellCheck={false} />
        </Form.Item>
      )}
    </FormDrawer>
  )
}

import { useQueryClient } from '@tanstack/react-query'
import { Form, Input } from 'antd'
import { useTranslation } from 'react-i18next'
import { FormDrawer, useSay } from '@/kit'
import { createAudience, type FullAudience, oneKey, patchAudience, written } from '../api'

interface Values {
  name: string
  description: string
}

/** A new static list, or another name and description of an audience. */
export function StaticForm({
  audience,
  onClose,
  onSaved,
}: {
  audience?: FullAudience
  onClose: () => void
  onSaved: (saved: FullAudience) => void
}) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const { done } = useSay()
  return (
    <FormDrawer<Values>
      open
      title={t(audience ? 'audiences.rename' : 'audiences.new.static')}
      note={audience ? undefined : t('audiences.new.static_note')}
      initial={{ name: audience?.name ?? '', description: audience?.description ?? '' }}
      onClose={onClose}
      onReload={
        audience &&
        (() => {
          client.invalidateQueries({ queryKey: oneKey(audience.id) })
          onClose()
        })
      }
      onSubmit={async (values) => {
        const saved = audience
          ? await patchAudience(audience.id, audience.version, values)
          : await createAudience({ ...values, kind: 'static' })
        client.setQueryData(oneKey(saved.id), saved)
        written(client)
        done(t('audiences.saved', { name: saved.name }))
        onClose()
        onSaved(saved)
      }}
    >
      <NameFields />
    </FormDrawer>
  )
}

/** Name and description, as every form of an audience asks for them. */
export function NameFields() {
  const { t } = useTranslation()
  return (
    <>
      <Form.Item
        name="name"
        label={t('common.name')}
        rules={[{ required: true, whitespace: true, message: t('audiences.name_missing') }]}
      >
        <Input maxLength={60} autoFocus />
      </Form.Item>
      <Form.Item name="description" label={t('audiences.description')}>
        <Input maxLength={500} placeholder={t('audiences.description_hint')} />
      </Form.Item>
    </>
  )
}

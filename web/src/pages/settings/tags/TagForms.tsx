import { Form, Input, Select, Switch } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, ok } from '@/api/client'
import type { components } from '@/api/schema.gen'
import { FormDrawer, useSay } from '@/kit'
import { useLabel } from '@/pages/customers/record/fields'
import { byGroup, type TagGroup, type TagView, useTags } from '@/pages/customers/record/tags'
import { Tones } from '../fields/TonePicker'

type TagIn = components['schemas']['TagIn']
type GroupIn = components['schemas']['TagGroupIn']

/** A tag to be changed, or the group of a new one. */
export type TagTarget = { tag: TagView } | { group: number } | null
export type GroupTarget = TagGroup | 'new' | null

export function TagForm({
  target,
  groups,
  onClose,
  onSaved,
}: {
  target: TagTarget
  groups: TagGroup[]
  onClose: () => void
  onSaved: () => void
}) {
  const { t } = useTranslation()
  const label = useLabel()
  const { done } = useSay()
  const row = target && 'tag' in target ? target.tag : null
  const group = target && 'group' in target ? target.group : undefined
  return (
    <FormDrawer<TagIn>
      key={row ? `${row.id}-${row.updated_at}` : `new-${group}`}
      open={target !== null}
      title={row ? t('tag.edit_title', { name: row.name }) : t('tag.new')}
      initial={row ?? { group_id: group, tone: 0 }}
      onClose={onClose}
      onReload={onSaved}
      onSubmit={async ({ name, group_id, tone }) => {
        const body = { name, group_id, tone }
        if (row) await ok(api.PATCH('/tags/{id}', { params: { path: { id: row.id } }, body }))
        else await ok(api.POST('/tags', { body }))
        done(t('common.saved'))
        onSaved()
      }}
      submitText={row ? undefined : t('common.create')}
    >
      <Form.Item
        name="name"
        label={t('tag.name')}
        rules={[{ required: true, whitespace: true, message: t('tag.name_missing') }]}
      >
        <Input maxLength={40} autoComplete="off" />
      </Form.Item>
      <Form.Item name="group_id" label={t('tag.group')} rules={[{ required: true }]}>
        <Select options={groups.map((g) => ({ value: g.id, label: label(g.name) }))} />
      </Form.Item>
      <Form.Item name="tone" required label={t('tag.tone')}>
        <Tones label={t('tag.tone')} />
      </Form.Item>
    </FormDrawer>
  )
}

export function GroupForm({
  target,
  onClose,
  onSaved,
}: {
  target: GroupTarget
  onClose: () => void
  onSaved: () => void
}) {
  const { t } = useTranslation()
  const label = useLabel()
  const { done } = useSay()
  const row = target === 'new' ? null : target
  return (
    <FormDrawer<GroupIn>
      key={row ? `${row.id}-${row.updated_at}` : String(target)}
      open={target !== null}
      title={row ? t('tag.edit_group_title', { name: label(row.name) }) : t('tag.new_group')}
      initial={row ?? { name: { zh: '' }, exclusive: false }}
      onClose={onClose}
      onReload={onSaved}
      onSubmit={async ({ name, exclusive }) => {
        const body = { name: { zh: name.zh, en: name.en ?? '' }, exclusive }
        if (row) await ok(api.PATCH('/tag-groups/{id}', { params: { path: { id: row.id } }, body }))
        else await ok(api.POST('/tag-groups', { body }))
        done(t('common.saved'))
        onSaved()
      }}
      submitText={row ? undefined : t('common.create')}
    >
      <Form.Item
        name={['name', 'zh']}
        label={t('tag.group_name_zh')}
        rules={[{ required: true, whitespace: true, message: t('tag.name_missing') }]}
      >
        <Input maxLength={40} autoComplete="off" />
      </Form.Item>
      <Form.Item name={['name', 'en']} label={t('tag.group_name_en')}>
        <Input maxLength={40} autoComplete="off" />
      </Form.Item>
      <Form.Item
        name="exclusive"
        required
        label={t('tag.exclusive')}
        extra={t('tag.exclusive_extra')}
        valuePropName="checked"
      >
        <Switch />
      </Form.Item>
    </FormDrawer>
  )
}

/** Makes one tag part of another, after saying to how many it happens. */
export function MergeForm({
  tag,
  groups,
  onClose,
  onSaved,
}: {
  tag: TagView | null
  groups: TagGroup[]
  onClose: () => void
  onSaved: () => void
}) {
  const { t } = useTranslation()
  const label = useLabel()
  const { done } = useSay()
  const [text, setText] = useState('')
  const tags = useTags({ q: text || undefined }, tag !== null)
  const others = (tags.data ?? []).filter((x) => x.id !== tag?.id)
  return (
    <FormDrawer<{ into_id: number }>
      key={tag?.id ?? 'none'}
      open={tag !== null}
      title={t('tag.merge_title', { name: tag?.name })}
      note={t('tag.merge_note', { count: tag?.members ?? 0 })}
      initial={{}}
      onClose={onClose}
      onReload={onSaved}
      submitText={t('tag.merge_act')}
      onSubmit={async ({ into_id }) => {
        const answer = await ok(
          api.POST('/tags/{id}/merge', {
            params: { path: { id: tag?.id ?? 0 } },
            body: { into_id },
          }),
        )
        const name = answer.tag.name
        done(answer.job_id ? t('tag.merging', { name }) : t('tag.merged', { name }))
        onSaved()
      }}
    >
      <Form.Item
        name="into_id"
        label={t('tag.merge_into')}
        rules={[{ required: true, message: t('tag.merge_into_missing') }]}
      >
        <Select
          showSearch={{ filterOption: false, onSearch: setText }}
          loading={tags.isFetching}
          notFoundContent={t('tag.picker_none')}
          options={byGroup(groups, others).flatMap(({ group, tags: list }) =>
            list.map((x) => ({ value: x.id, label: `${x.name} · ${label(group.name)}` })),
          )}
        />
      </Form.Item>
    </FormDrawer>
  )
}

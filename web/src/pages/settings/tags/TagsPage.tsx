import { useQueryClient } from '@tanstack/react-query'
import { Button, Dropdown, Input, Segmented } from 'antd'
import { ArrowDown, ArrowUp, Ellipsis, FolderPlus, Plus } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, ok } from '@/api/client'
import {
  EmptyState,
  FirstUse,
  Page,
  PageHeader,
  QueryView,
  StatusTag,
  ToneTag,
  useConfirmWithUndo,
  useFormat,
  useSay,
} from '@/kit'
import { useLabel } from '@/pages/customers/record/fields'
import { type TagGroup, type TagView, useTagGroups, useTags } from '@/pages/customers/record/tags'
import { GroupForm, type GroupTarget, MergeForm, TagForm, type TagTarget } from './TagForms'
import styles from './tags.module.css'

type State = 'active' | 'retired'

/** Groups of tags, the tags with their members, and what can be done with them. */
export default function TagsPage() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [state, setState] = useState<State>('active')
  const [text, setText] = useState('')
  const groups = useTagGroups()
  const tags = useTags({
    q: text.trim() || undefined,
    retired: state === 'retired' ? 'yes' : 'no',
    counts: true,
  })
  const [tag, setTag] = useState<TagTarget>(null)
  const [group, setGroup] = useState<GroupTarget>(null)
  const [merging, setMerging] = useState<TagView | null>(null)
  const refresh = () => client.invalidateQueries({ queryKey: ['tags'] })
  const saved = () => {
    setTag(null)
    setGroup(null)
    setMerging(null)
    refresh()
  }
  const both = {
    data: groups.data && tags.data ? { groups: groups.data, tags: tags.data } : undefined,
    error: groups.error ?? tags.error,
    refetch: () => {
      tags.refetch()
      return groups.refetch()
    },
  }
  const list = groups.data ?? []
  return (
    <Page>
      <PageHeader
        title={t('nav.settings.tags')}
        purpose={t('tag.purpose')}
        actions={
          <>
            <Button icon={<FolderPlus size={16} />} onClick={() => setGroup('new')}>
              {t('tag.new_group')}
            </Button>
            <Button
              type="primary"
              icon={<Plus size={16} />}
              disabled={list.length === 0}
              onClick={() => setTag({ group: list[0]?.id ?? 0 })}
            >
              {t('tag.new')}
            </Button>
          </>
        }
      />
      <div className={styles.bar}>
        <Segmented<State>
          value={state}
          onChange={setState}
          options={[
            { value: 'active', label: t('tag.state.active') },
            { value: 'retired', label: t('tag.state.retired') },
          ]}
        />
        <Input.Search
          className={styles.search}
          allowClear
          maxLength={100}
          placeholder={t('tag.search')}
          aria-label={t('tag.search')}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </div>
      <QueryView query={both as never}>
        {(data: { groups: TagGroup[]; tags: TagView[] }) => (
          <Groups
            {...data}
            narrowed={state === 'retired' || text.trim() !== ''}
            onGroup={setGroup}
            onTag={setTag}
            onMerge={setMerging}
            onChanged={refresh}
          />
        )}
      </QueryView>
      <TagForm target={tag} groups={list} onClose={() => setTag(null)} onSaved={saved} />
      <GroupForm target={group} onClose={() => setGroup(null)} onSaved={saved} />
      <MergeForm tag={merging} groups={list} onClose={() => setMerging(null)} onSaved={saved} />
    </Page>
  )
}

interface Acts {
  onGroup: (target: GroupTarget) => void
  onTag: (target: TagTarget) => void
  onMerge: (tag: TagView) => void
  onChanged: () => unknown
}

function Groups({
  groups,
  tags,
  narrowed,
  ...acts
}: Acts & { groups: TagGroup[]; tags: TagView[]; narrowed: boolean }) {
  const { t } = useTranslation()
  if (groups.length === 0) {
    return (
      <FirstUse
        title={t('tag.none')}
        text={t('tag.none_text')}
        action={
          <Button type="primary" onClick={() => acts.onGroup('new')}>
            {t('tag.new_group')}
          </Button>
        }
      />
    )
  }
  const shown = groups
    .map((group) => ({ group, tags: tags.filter((x) => x.group_id === group.id) }))
    .filter((x) => !narrowed || x.tags.length > 0)
  if (shown.length === 0) {
    return <EmptyState title={t('tag.none_found')} text={t('tag.none_found_text')} />
  }
  return shown.map(({ group, tags: list }) => (
    <GroupBox key={group.id} group={group} groups={groups} tags={list} {...acts} />
  ))
}

function GroupBox({
  group,
  groups,
  tags,
  ...acts
}: Acts & { group: TagGroup; groups: TagGroup[]; tags: TagView[] }) {
  const { t } = useTranslation()
  const label = useLabel()
  const confirm = useConfirmWithUndo()
  const { fail } = useSay()
  const name = label(group.name)
  const at = groups.indexOf(group)
  const params = { path: { id: group.id } }
  const move = async (position: number) => {
    try {
      await ok(api.PATCH('/tag-groups/{id}', { params, body: { position } }))
    } catch (error) {
      fail(error)
    }
    acts.onChanged()
  }
  const remove = () =>
    confirm({
      title: t('tag.delete_group_title', { name }),
      text: t('tag.delete_group_text'),
      confirmText: t('common.delete'),
      danger: true,
      done: t('common.deleted'),
      act: async () => {
        await ok(api.DELETE('/tag-groups/{id}', { params }))
        await acts.onChanged()
      },
      undo: async () => {
        await ok(
          api.POST('/tag-groups', { body: { name: group.name, exclusive: group.exclusive } }),
        )
        await acts.onChanged()
      },
    })
  return (
    <section className={styles.group} aria-label={name}>
      <div className={styles.groupHead}>
        <div className={styles.groupTitle}>
          <h2>{name}</h2>
          <span className="zk-muted">{t('tag.tags', { count: group.tags })}</span>
          {group.exclusive && <StatusTag kind="neutral">{t('tag.exclusive')}</StatusTag>}
        </div>
        <Button
          type="text"
          size="small"
          icon={<ArrowUp size={15} />}
          disabled={at === 0}
          aria-label={t('tag.group_up', { name })}
          onClick={() => move(at)}
        />
        <Button
          type="text"
          size="small"
          icon={<ArrowDown size={15} />}
          disabled={at === groups.length - 1}
          aria-label={t('tag.group_down', { name })}
          onClick={() => move(at + 2)}
        />
        <Button
          type="text"
          size="small"
          icon={<Plus size={15} />}
          aria-label={t('tag.add_here', { name })}
          onClick={() => acts.onTag({ group: group.id })}
        />
        <Dropdown
          trigger={['click']}
          placement="bottomRight"
          menu={{
            items: [
              { key: 'edit', label: t('common.edit') },
              { key: 'delete', label: t('common.delete'), danger: true, disabled: group.tags > 0 },
            ],
            onClick: ({ key }) => (key === 'edit' ? acts.onGroup(group) : remove()),
          }}
        >
          <Button
            type="text"
            size="small"
            icon={<Ellipsis size={16} />}
            aria-label={t('tag.actions', { name })}
          />
        </Dropdown>
      </div>
      {tags.length === 0 ? (
        <p className={`${styles.empty} zk-muted`}>{t('tag.group_empty')}</p>
      ) : (
        <ul>
          {tags.map((tag) => (
            <TagRow key={tag.id} tag={tag} {...acts} />
          ))}
        </ul>
      )}
    </section>
  )
}

function TagRow({ tag, onTag, onMerge, onChanged }: Acts & { tag: TagView }) {
  const { t } = useTranslation()
  const f = useFormat()
  const confirm = useConfirmWithUndo()
  const { done, fail } = useSay()
  const params = { path: { id: tag.id } }
  const name = tag.name
  const setRetired = async (retired: boolean) => {
    await ok(api.PATCH('/tags/{id}', { params, body: { retired } }))
    await onChanged()
  }
  const toggle = async () => {
    try {
      await setRetired(!tag.retired)
      done(t(tag.retired ? 'tag.restored_done' : 'tag.retired_done', { name }), () =>
        setRetired(tag.retired),
      )
    } catch (error) {
      fail(error)
    }
  }
  const remove = () =>
    confirm({
      title: t('tag.delete_title', { name }),
      text: t('tag.delete_text'),
      confirmText: t('common.delete'),
      danger: true,
      done: t('tag.deleted', { name }),
      act: async () => {
        await ok(api.DELETE('/tags/{id}', { params }))
        await onChanged()
      },
      undo: async () => {
        await ok(api.POST('/tags', { body: { group_id: tag.group_id, name, tone: tag.tone } }))
        await onChanged()
      },
    })
  const run: Record<string, () => void> = {
    edit: () => onTag({ tag }),
    merge: () => onMerge(tag),
    retire: toggle,
    delete: remove,
  }
  return (
    <li className={styles.tag}>
      <span className={styles.tagName}>
        <button type="button" className={styles.open} onClick={() => onTag({ tag })}>
          <ToneTag tone={tag.tone}>{name}</ToneTag>
        </button>
        {tag.retired && <StatusTag kind="neutral">{t('tag.state.retired')}</StatusTag>}
      </span>
      <span className="zk-muted zk-num">
        {t('tag.members', { count: tag.members ?? 0, shown: f.count(tag.members ?? 0) })}
      </span>
      <Dropdown
        trigger={['click']}
        placement="bottomRight"
        menu={{
          items: [
            { key: 'edit', label: t('common.edit') },
            { key: 'merge', label: t('tag.merge') },
            { key: 'retire', label: t(tag.retired ? 'common.restore' : 'tag.retire') },
            { key: 'delete', label: t('common.delete'), danger: true, disabled: tag.members !== 0 },
          ],
          onClick: ({ key }) => run[key]?.(),
        }}
      >
        <Button
          type="text"
          size="small"
          icon={<Ellipsis size={16} />}
          aria-label={t('tag.actions', { name })}
        />
      </Dropdown>
    </li>
  )
}

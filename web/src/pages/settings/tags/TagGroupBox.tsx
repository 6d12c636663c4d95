import { Button, Dropdown } from 'antd'
import { Ellipsis, Plus } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { api, ok } from '@/api/client'
import { Grip, MoveButtons, StatusTag, ToneTag, useConfirmWithUndo, useFormat, useSay } from '@/kit'
import { useLabel } from '@/pages/customers/record/fields'
import type { TagGroup, TagView } from '@/pages/customers/record/tags'
import type { GroupTarget, TagTarget } from './TagForms'
import styles from './tags.module.css'

/** What a page does for the groups and tags on it. */
export interface TagActs {
  onGroup: (target: GroupTarget) => void
  onTag: (target: TagTarget) => void
  onMerge: (tag: TagView) => void
  onChanged: () => unknown
}

/** A group with its tags: what can be done with it, and with each of them. */
export function TagGroupBox({
  group,
  tags,
  at,
  count,
  onMove,
  ...acts
}: TagActs & {
  group: TagGroup
  tags: TagView[]
  /** Its place among the groups shown. */
  at: number
  count: number
  onMove: (to: number) => void
}) {
  const { t } = useTranslation()
  const label = useLabel()
  const confirm = useConfirmWithUndo()
  const name = label(group.name)
  const params = { path: { id: group.id } }
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
        <Grip />
        <div className={styles.groupTitle}>
          <h2>{name}</h2>
          <span className="zk-muted">{t('tag.tags', { count: group.tags })}</span>
          {group.exclusive && <StatusTag kind="neutral">{t('tag.exclusive')}</StatusTag>}
        </div>
        <MoveButtons name={name} at={at} count={count} onMove={onMove} />
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
              deleting(t('common.delete'), group.tags > 0 && t('tag.delete_group_first')),
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

/** The entry that deletes; where it cannot, why stands under it. */
const deleting = (label: string, why: string | false) => ({
  key: 'delete',
  danger: true,
  disabled: why !== false,
  label: why ? (
    <span className={styles.barred}>
      {label}
      <small>{why}</small>
    </span>
  ) : (
    label
  ),
})

function TagRow({ tag, onTag, onMerge, onChanged }: TagActs & { tag: TagView }) {
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
        {tag.retired && <StatusTag kind="neutral">{t('ui.kept.retired')}</StatusTag>}
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
            deleting(t('common.delete'), tag.members !== 0 && t('tag.delete_first')),
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

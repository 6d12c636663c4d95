import { useQueryClient } from '@tanstack/react-query'
import { Button, Popover, Select } from 'antd'
import { Plus, X } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, ok } from '@/api/client'
import { perm } from '@/app/permissions'
import { Bone, DetailDrawer, ErrorState, ToneTag, useIsPhone, useMe, useSay } from '@/kit'
import { useLabel } from './fields'
import {
  byGroup,
  choose,
  type Tag,
  type TagsOf,
  useCustomerTags,
  useTagGroups,
  useTags,
} from './tags'
import styles from './tags.module.css'

/** Tags in one line, as lists and cards show them. */
export function TagChips({ tags }: { tags: Pick<Tag, 'id' | 'name' | 'tone'>[] }) {
  return (
    <span className={styles.chips}>
      {tags.map((tag) => (
        <ToneTag key={tag.id} tone={tag.tone}>
          {tag.name}
        </ToneTag>
      ))}
    </span>
  )
}

/** A choice of tags by id, found by name, pinyin and initials, under their groups. */
export function TagPicker({
  value = [],
  onChange,
  known = [],
  id,
  autoFocus,
}: {
  value?: number[]
  onChange?: (ids: number[]) => void
  /** Tags whose names are known already: those that are chosen. */
  known?: Tag[]
  id?: string
  autoFocus?: boolean
}) {
  const { t } = useTranslation()
  const label = useLabel()
  const [text, setText] = useState('')
  const groups = useTagGroups()
  const tags = useTags({ q: text || undefined, retired: 'no' })
  const all: Tag[] = [
    ...known,
    ...(tags.data ?? []).filter((x) => !known.some((k) => k.id === x.id)),
  ]
  // The group stands beside each tag: groups of options are not readable by
  // screen readers in this component.
  const options = byGroup(groups.data ?? [], tags.data ?? []).flatMap(({ group, tags: list }) =>
    list.map((tag) => ({
      value: tag.id,
      label: tag.name,
      note: group.exclusive ? `${label(group.name)} · ${t('tag.exclusive')}` : label(group.name),
    })),
  )
  // What is chosen keeps its name while the list shows what was typed.
  const hidden = known
    .filter((k) => value.includes(k.id) && !tags.data?.some((x) => x.id === k.id))
    .map((tag) => ({ value: tag.id, label: tag.name, note: '' }))
  return (
    <Select
      id={id}
      mode="multiple"
      autoFocus={autoFocus}
      className={styles.picker}
      aria-label={t('tag.pick')}
      placeholder={t('tag.pick')}
      value={value}
      showSearch={{ filterOption: false, searchValue: text, onSearch: setText }}
      onChange={(ids: number[]) => {
        setText('')
        onChange?.(choose(ids, all, groups.data ?? []))
      }}
      loading={tags.isFetching}
      notFoundContent={tags.isPending ? null : t('tag.picker_none')}
      options={[...options, ...(hidden.length > 0 && !text ? hidden : [])]}
      optionRender={(option) => (
        <span className={styles.offer}>
          {option.label}
          <small className="zk-muted">{option.data.note}</small>
        </span>
      )}
      labelRender={({ value: one, label: shown }) =>
        shown ?? all.find((x) => x.id === one)?.name ?? `#${one}`
      }
    />
  )
}

/** The tags of a customer: taken off with one click, given in a small window. */
export function TagEditor({ customerId }: { customerId: number }) {
  const { t } = useTranslation()
  const me = useMe()
  const client = useQueryClient()
  const { done, fail } = useSay()
  const query = useCustomerTags(customerId)
  const key = ['customers', 'tags', customerId]
  if (query.error) return <ErrorState compact error={query.error} onRetry={() => query.refetch()} />
  if (!query.data) return <Bone width={180} height={22} />
  const tags = query.data.items
  const may = me.can(perm.tagAssign)

  const save = async (ids: number[], undo?: number[]) => {
    const before = query.data
    const kept = tags.filter((x) => ids.includes(x.id))
    // Shown at once; put back where the server refuses.
    client.setQueryData(key, { ...before, items: kept } satisfies TagsOf)
    try {
      const after = await ok(
        api.PUT('/customers/{id}/tags', {
          params: { path: { id: customerId } },
          body: { tag_ids: ids },
        }),
      )
      client.setQueryData(key, after)
      client.invalidateQueries({ queryKey: ['customers'] })
      if (undo) done(t('tag.saved'), () => save(undo))
    } catch (error) {
      client.setQueryData(key, before)
      fail(error)
    }
  }
  const ids = tags.map((x) => x.id)
  return (
    <div className={styles.editor}>
      {tags.map((tag) => (
        <span key={tag.id} className={styles.one}>
          <ToneTag tone={tag.tone}>{tag.name}</ToneTag>
          {may && (
            <button
              type="button"
              className={styles.off}
              aria-label={t('tag.remove', { name: tag.name })}
              onClick={() =>
                save(
                  ids.filter((x) => x !== tag.id),
                  ids,
                )
              }
            >
              <X size={13} aria-hidden="true" />
            </button>
          )}
        </span>
      ))}
      {tags.length === 0 && !may && <span className="zk-muted">{t('tag.empty')}</span>}
      {may && <Chooser tags={tags} onSave={(next) => save(next, ids)} />}
    </div>
  )
}

/** The button that opens the choice: a small window, on a phone a drawer. */
function Chooser({ tags, onSave }: { tags: Tag[]; onSave: (ids: number[]) => void }) {
  const { t } = useTranslation()
  const phone = useIsPhone()
  const [open, setOpen] = useState(false)
  const button = (
    <Button
      size="small"
      type="dashed"
      icon={<Plus size={13} />}
      aria-label={t('tag.edit')}
      onClick={phone ? () => setOpen(true) : undefined}
    >
      {t('tag.title')}
    </Button>
  )
  const choice = (
    <Choice
      tags={tags}
      onCancel={() => setOpen(false)}
      onSave={(next) => {
        setOpen(false)
        onSave(next)
      }}
    />
  )
  if (phone) {
    return (
      <>
        {button}
        <DetailDrawer open={open} title={t('tag.edit')} onClose={() => setOpen(false)}>
          {choice}
        </DetailDrawer>
      </>
    )
  }
  return (
    <Popover
      open={open}
      onOpenChange={setOpen}
      trigger="click"
      placement="bottomLeft"
      destroyOnHidden
      content={choice}
    >
      {button}
    </Popover>
  )
}

function Choice({
  tags,
  onCancel,
  onSave,
}: {
  tags: Tag[]
  onCancel: () => void
  onSave: (ids: number[]) => void
}) {
  const { t } = useTranslation()
  const [ids, setIds] = useState(tags.map((x) => x.id))
  return (
    <div className={styles.choice}>
      {/* Above, where the list of the choice does not cover them. */}
      <div className={styles.acts}>
        <strong>{t('tag.title')}</strong>
        <Button size="small" onClick={onCancel}>
          {t('common.cancel')}
        </Button>
        <Button size="small" type="primary" onClick={() => onSave(ids)}>
          {t('common.save')}
        </Button>
      </div>
      <TagPicker value={ids} onChange={setIds} known={tags} autoFocus />
    </div>
  )
}

import { useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { FolderPlus, Plus } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, ok } from '@/api/client'
import {
  EmptyState,
  FirstUse,
  joined,
  Page,
  PageHeader,
  QueryView,
  useSavedOrder,
  useSay,
} from '@/kit'
import {
  type TagGroup,
  type TagView,
  tagGroupsKey,
  useTagGroups,
  useTags,
} from '@/pages/customers/record/tags'
import { type Kept, StateBar } from '../StateBar'
import { GroupForm, type GroupTarget, MergeForm, TagForm, type TagTarget } from './TagForms'
import { type TagActs, TagGroupBox } from './TagGroupBox'
import styles from './tags.module.css'

/** Groups of tags, the tags with their members, and what can be done with them. */
export default function TagsPage() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [kept, setKept] = useState<Kept>('active')
  const [text, setText] = useState('')
  const groups = useTagGroups()
  const tags = useTags({
    q: text.trim() || undefined,
    retired: kept === 'retired' ? 'yes' : 'no',
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
      <StateBar
        kept={kept}
        onKept={setKept}
        search={t('tag.search')}
        text={text}
        onText={setText}
      />
      <QueryView query={joined({ groups, tags })}>
        {(data) => (
          <Groups
            {...data}
            narrowed={kept === 'retired' || text.trim() !== ''}
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

function Groups({
  groups,
  tags,
  narrowed,
  ...acts
}: TagActs & { groups: TagGroup[]; tags: TagView[]; narrowed: boolean }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const { fail } = useSay()
  const shown = groups
    .map((group) => ({ group, tags: tags.filter((x) => x.group_id === group.id) }))
    .filter((x) => !narrowed || x.tags.length > 0)

  // The moved group gets the place of the one it was moved to, among all groups.
  const move = async (from: number, to: number) => {
    const [group, place] = [shown[from]?.group, shown[to]?.group]
    if (!group || !place) return
    const at = groups.indexOf(place)
    const next = groups.filter((g) => g !== group).toSpliced(at, 0, group)
    client.setQueryData(tagGroupsKey, next)
    try {
      await ok(
        api.PATCH('/tag-groups/{id}', {
          params: { path: { id: group.id } },
          body: { position: at + 1 },
        }),
      )
    } catch (error) {
      client.setQueryData(tagGroupsKey, groups)
      fail(error)
    }
    acts.onChanged()
  }
  const { items, row, dragged } = useSavedOrder(shown, move)
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
  if (shown.length === 0) {
    return <EmptyState title={t('tag.none_found')} text={t('tag.none_found_text')} />
  }
  return (
    <ul className={styles.groups} aria-label={t('nav.settings.tags')}>
      {items.map(({ group, tags: list }, at) => (
        <li key={group.id} className={dragged === at ? styles.dragged : undefined} {...row(at)}>
          <TagGroupBox
            group={group}
            tags={list}
            at={at}
            count={items.length}
            onMove={(to) => move(at, to)}
            {...acts}
          />
        </li>
      ))}
    </ul>
  )
}

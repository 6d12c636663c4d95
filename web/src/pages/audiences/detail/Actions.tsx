import { useQueryClient } from '@tanstack/react-query'
import { Button, Dropdown } from 'antd'
import { Copy, MoreHorizontal, Pencil, Plus } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { perm } from '@/app/permissions'
import { LinkButton, useConfirmWithUndo, useMe, useSay } from '@/kit'
import {
  archiveAudience,
  deleteAudience,
  type FullAudience,
  oneKey,
  restoreAudience,
  written,
} from '../api'
import { CombineDialog } from '../overlap/CombineDialog'
import { AddMembers } from '../static/AddMembers'
import { StaticForm } from '../static/StaticForm'

/** What can be done with an audience; the first thing one does with its kind stands outside. */
export function Actions({ audience }: { audience: FullAudience }) {
  const { t } = useTranslation()
  const me = useMe()
  const client = useQueryClient()
  const navigate = useNavigate()
  const ask = useConfirmWithUndo()
  const { done, fail } = useSay()
  const [shown, setShown] = useState<'name' | 'copy' | 'combine' | 'add' | null>(null)
  const { id, name, kind } = audience
  const archived = audience.archived_at !== null
  const edits = me.can(perm.audienceEdit)
  if (!edits) return null

  const restore = async () => {
    try {
      await restoreAudience(id)
      written(client)
      done(t('audiences.restored', { name }))
    } catch (error) {
      fail(error)
    }
  }
  const archive = () =>
    ask({
      title: t('audiences.archive_title', { name }),
      text:
        audience.used_by > 0
          ? t('audiences.archive_used', { count: audience.used_by })
          : t('audiences.archive_text'),
      confirmText: t('audiences.archive'),
      act: async () => {
        await archiveAudience(id)
        written(client)
      },
      done: t('audiences.archive_done', { name }),
      undo: async () => {
        await restoreAudience(id)
        written(client)
      },
    })
  const remove = () =>
    ask({
      title: t('audiences.delete_title', { name }),
      text: t(kind === 'static' ? 'audiences.delete_list' : 'audiences.delete_text'),
      confirmText: t('common.delete'),
      danger: true,
      act: async () => {
        await deleteAudience(id)
        client.removeQueries({ queryKey: oneKey(id) })
        navigate('/audiences')
        written(client)
      },
      done: t('audiences.delete_done', { name }),
    })
  return (
    <>
      {!archived && kind === 'dynamic' && (
        <LinkButton to={`/audiences/${id}/edit`} type="primary" icon={<Pencil size={16} />}>
          {t('audiences.edit')}
        </LinkButton>
      )}
      {!archived && kind === 'static' && (
        <Button type="primary" icon={<Plus size={16} />} onClick={() => setShown('add')}>
          {t('audiences.add.title')}
        </Button>
      )}
      {archived && (
        <Button type="primary" onClick={restore}>
          {t('audiences.restore')}
        </Button>
      )}
      <Dropdown
        trigger={['click']}
        placement="bottomRight"
        menu={{
          items: [
            { key: 'name', label: t('audiences.rename'), onClick: () => setShown('name') },
            {
              key: 'copy',
              icon: <Copy size={14} />,
              label: t('audiences.copy'),
              onClick: () =>
                kind === 'dynamic' ? navigate(`/audiences/new?copy=${id}`) : setShown('copy'),
            },
            { key: 'combine', label: t('audiences.combine'), onClick: () => setShown('combine') },
            {
              key: 'overlap',
              label: t('audiences.overlap.title'),
              onClick: () => navigate(`/audiences/overlap?ids=${id}`),
            },
            { type: 'divider' },
            ...(archived
              ? []
              : [{ key: 'archive', label: t('audiences.archive'), onClick: archive }]),
            {
              key: 'delete',
              danger: true,
              disabled: audience.used_by > 0,
              label:
                audience.used_by > 0
                  ? t('audiences.delete_used', { count: audience.used_by })
                  : t('common.delete'),
              onClick: remove,
            },
          ],
        }}
      >
        <Button icon={<MoreHorizontal size={16} />} aria-label={t('audiences.acts', { name })} />
      </Dropdown>
      {shown === 'name' && (
        <StaticForm audience={audience} onClose={() => setShown(null)} onSaved={() => {}} />
      )}
      {(shown === 'combine' || shown === 'copy') && (
        <CombineDialog
          first={id}
          copying={shown === 'copy' ? audience : undefined}
          onClose={() => setShown(null)}
        />
      )}
      {shown === 'add' && <AddMembers audience={audience} onClose={() => setShown(null)} />}
    </>
  )
}

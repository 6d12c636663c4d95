import { useQueryClient } from '@tanstack/react-query'
import { Button, Dropdown, Switch, Tag } from 'antd'
import { Ellipsis, Plus } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate } from 'react-router'
import { perm } from '@/app/permissions'
import {
  Bones,
  Can,
  Grip,
  LinkButton,
  MoveButtons,
  moved,
  Page,
  PageHeader,
  QueryView,
  StatusTag,
  useConfirmWithUndo,
  useMe,
  useReorder,
  useSay,
} from '@/kit'
import type { Dimension, DimensionPatch } from '../api'
import { useAssess } from '../assessments/useAssess'
import { schemePath } from '../links'
import { changeDimension, useDimensions, useSchemes } from '../queries'
import { DimensionForm } from './DimensionForm'
import styles from './dimensions.module.css'
import { newPositions } from './groups'

/** The ways in which the company looks at its customers, in their order. */
export default function DimensionsPage() {
  const { t } = useTranslation()
  const dimensions = useDimensions(true)
  const [editing, setEditing] = useState<Dimension | 'new' | null>(null)
  return (
    <Page narrow>
      <PageHeader
        title={t('ui_dimension.title')}
        purpose={t('ui_dimension.purpose')}
        trail={[{ label: t('nav.tiering.schemes'), to: '/tiering/schemes' }]}
        actions={
          <>
            <LinkButton to="/tiering/assessments">{t('ui_assess.title')}</LinkButton>
            <Can permission={perm.tierScheme}>
              <Button type="primary" icon={<Plus size={16} />} onClick={() => setEditing('new')}>
                {t('ui_dimension.new')}
              </Button>
            </Can>
          </>
        }
      />
      <QueryView query={dimensions} skeleton={<Bones rows={6} />}>
        {(list) => <List list={list} onRename={setEditing} />}
      </QueryView>
      {editing && (
        <DimensionForm
          dimension={editing === 'new' ? null : editing}
          onClose={() => setEditing(null)}
        />
      )}
    </Page>
  )
}

function List({ list, onRename }: { list: Dimension[]; onRename: (d: Dimension) => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const { fail } = useSay()
  const me = useMe()
  const may = me.can(perm.tierScheme)
  const [busy, setBusy] = useState(false)
  const used = list.filter((d) => !d.archived)
  const gone = list.filter((d) => d.archived)
  const order = async (from: number, to: number) => {
    setBusy(true)
    try {
      for (const { code, position } of newPositions(moved(used, from, to)))
        await changeDimension(code, { position })
    } catch (error) {
      fail(error)
    } finally {
      setBusy(false)
      await client.invalidateQueries()
    }
  }
  const reorder = useReorder(order)
  return (
    <>
      <ol className={styles.list}>
        {used.map((d, i) => (
          <li
            key={d.code}
            className={reorder.dragged === i ? styles.dragged : ''}
            {...(may && !busy ? reorder.row(i) : {})}
          >
            <Row
              dimension={d}
              onRename={() => onRename(d)}
              lead={may && <Grip />}
              order={
                may && (
                  <MoveButtons
                    name={d.name}
                    at={i}
                    count={used.length}
                    onMove={(to) => !busy && order(i, to)}
                  />
                )
              }
            />
          </li>
        ))}
      </ol>
      {gone.length > 0 && (
        <section aria-label={t('ui_dimension.archived')}>
          <h2 className={styles.title}>{t('ui_dimension.archived')}</h2>
          <ul className={styles.list}>
            {gone.map((d) => (
              <li key={d.code}>
                <Row dimension={d} onRename={() => onRename(d)} />
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  )
}

function Row({
  dimension: d,
  lead,
  order,
  onRename,
}: {
  dimension: Dimension
  lead?: React.ReactNode
  order?: React.ReactNode
  onRename: () => void
}) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const navigate = useNavigate()
  const confirm = useConfirmWithUndo()
  const assess = useAssess()
  const { done, fail } = useSay()
  const me = useMe()
  const may = me.can(perm.tierScheme)
  const schemes = useSchemes()
  const scheme = schemes.data?.find((s) => s.scheme.code === d.scheme)
  const change = async (part: Omit<DimensionPatch, 'version'>) => {
    await changeDimension(d.code, part)
    // Lists, pages of customers and the catalogue of audiences show dimensions, too.
    await client.invalidateQueries()
  }
  const restore = async () => {
    try {
      await change({ archived: false })
      done(t('ui_dimension.restored', { name: d.name }))
    } catch (error) {
      fail(error)
    }
  }
  // i18n-keys: ui_dimension.review.*, ui_dimension.archive.*
  const ask = (
    act: 'review.on' | 'review.off' | 'archive',
    to: Partial<Dimension>,
    back: Partial<Dimension>,
  ) => {
    const said = t(`ui_dimension.${act}.done`, { name: d.name })
    confirm({
      title: t(`ui_dimension.${act}.title`, { name: d.name }),
      text: t(`ui_dimension.${act}.text`),
      confirmText: t(`ui_dimension.${act}.confirm`),
      done: said,
      act: () => change(to),
      undo: () => change(back),
      refused: (error) => assess.refused(error, d.code, () => change(to), said),
    })
  }
  return (
    <div className={styles.row}>
      {lead}
      <div className={styles.main}>
        <div className={styles.name}>
          <b>{d.name}</b> <span className="zk-mono zk-muted">{d.code}</span>
          {d.shipped && <Tag>{t('tiers.scheme.shipped')}</Tag>}
          {d.archived && <StatusTag kind="neutral">{t('ui_dimension.archived')}</StatusTag>}
        </div>
        <p className="zk-muted">
          {t('ui_dimension.in_use')}{' '}
          {scheme ? (
            <Link to={schemePath(scheme.scheme.code)}>{scheme.scheme.name}</Link>
          ) : (
            t('ui_dimension.no_scheme')
          )}
        </p>
        {!d.archived && (
          <div className={styles.review}>
            <Switch
              size="small"
              checked={d.review}
              disabled={!may}
              aria-label={t('ui_dimension.review_of', { name: d.name })}
              onChange={(on) =>
                ask(on ? 'review.on' : 'review.off', { review: on }, { review: !on })
              }
            />
            <span>
              {t('ui_dimension.review')}
              <small className="zk-muted">
                {t(d.review ? 'ui_dimension.review.is_on' : 'ui_dimension.review.is_off')}
              </small>
            </span>
          </div>
        )}
      </div>
      <div className={styles.acts}>
        {order}
        {assess.form}
        <Dropdown
          trigger={['click']}
          placement="bottomRight"
          menu={{
            items: [
              { key: 'assessments', label: t('ui_assess.title') },
              ...(may ? [{ key: 'rename', label: t('ui_dimension.rename') }] : []),
              ...(!may
                ? []
                : d.archived
                  ? [{ key: 'restore', label: t('ui_dimension.restore') }]
                  : [
                      {
                        key: 'archive',
                        label: t('ui_dimension.archive'),
                        disabled: d.shipped,
                        title: d.shipped ? t('ui_dimension.archive.shipped') : undefined,
                      },
                    ]),
            ],
            onClick: ({ key }) => {
              if (key === 'assessments') navigate(`/tiering/assessments?dimension=${d.code}`)
              else if (key === 'rename') onRename()
              else if (key === 'archive') ask('archive', { archived: true }, { archived: false })
              else restore()
            },
          }}
        >
          <Button
            type="text"
            size="small"
            icon={<Ellipsis size={16} />}
            aria-label={t('tiers.scheme.actions', { name: d.name })}
          />
        </Dropdown>
      </div>
    </div>
  )
}

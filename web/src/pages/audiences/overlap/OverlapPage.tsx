import { Button } from 'antd'
import { Combine } from 'lucide-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate, useSearchParams } from 'react-router'
import { perm } from '@/app/permissions'
import {
  Bone,
  Can,
  Chart,
  Count,
  EmptyState,
  ErrorState,
  Page,
  PageHeader,
  Percent,
  useFormat,
  useMe,
} from '@/kit'
import { type Overlap, useOverlap } from '../api'
import { ordered, places, type Region, ruleOf } from '../overlap'
import { AudiencePicker } from '../Picker'
import { Circles } from './Circles'
import { CombineDialog } from './CombineDialog'
import styles from './overlap.module.css'
import { UpSet } from './UpSet'

const most = 5

/** Who is in which of up to five audiences at once, and audiences made of that. */
export default function OverlapPage() {
  const { t } = useTranslation()
  const [params, setParams] = useSearchParams()
  const [combining, setCombining] = useState(false)
  const text = params.get('ids') ?? ''
  const ids = useMemo(
    () =>
      [...new Set(text.split(',').map(Number))]
        .filter((n) => Number.isSafeInteger(n) && n > 0)
        .slice(0, most),
    [text],
  )
  const query = useOverlap(ids)
  return (
    <Page>
      <PageHeader
        trail={[{ label: t('nav.audiences'), to: '/audiences' }]}
        title={t('audiences.overlap.title')}
        purpose={t('audiences.overlap.purpose')}
        actions={
          ids.length >= 2 && (
            <Can permission={perm.audienceEdit}>
              <Button icon={<Combine size={16} />} onClick={() => setCombining(true)}>
                {t('audiences.combine')}
              </Button>
            </Can>
          )
        }
      />
      <div className={styles.pick}>
        <AudiencePicker
          label={t('audiences.overlap.pick')}
          placeholder={t('audiences.overlap.pick')}
          max={most}
          value={ids}
          onChange={(next) =>
            setParams(next.length > 0 ? { ids: next.join(',') } : {}, { replace: true })
          }
        />
      </div>
      {ids.length < 2 ? (
        <EmptyState title={t('audiences.overlap.two')} text={t('audiences.overlap.two_text')} />
      ) : query.error && !query.data ? (
        <ErrorState error={query.error} onRetry={() => query.refetch()} />
      ) : query.data ? (
        <Body overlap={query.data} />
      ) : (
        <Bone width="100%" height={360} />
      )}
      {combining && <CombineDialog ids={ids} onClose={() => setCombining(false)} />}
    </Page>
  )
}

function Body({ overlap }: { overlap: Overlap }) {
  const { t } = useTranslation()
  const f = useFormat()
  const me = useMe()
  const navigate = useNavigate()
  const ids = overlap.sets.map((s) => s.id)
  const rows = ordered(
    overlap.cells.map((cell) => ({
      mask: cell.ids.reduce((mask, id) => mask | (1 << ids.indexOf(id)), 0),
      count: cell.exactly,
      together: cell.together,
    })),
  )
  // Two sets have a picture that everybody reads; more of them none that is honest.
  const Figure = ids.length === 2 ? Circles : UpSet
  const names = (r: Region) =>
    places(r.mask, ids.length)
      .map((at) => overlap.sets[at]?.name)
      .join(t('audiences.overlap.and'))
  const label = (r: Region) =>
    t(r.mask === 2 ** ids.length - 1 ? 'audiences.overlap.all' : 'audiences.overlap.only', {
      names: names(r),
    })
  const make = me.can(perm.audienceEdit)
    ? (r: Region) => navigate('/audiences/new', { state: { rule: ruleOf(ids, r.mask) } })
    : undefined
  return (
    <Chart<Region & { together: number }>
      title={t('audiences.overlap.figure')}
      note={t(ids.length === 2 ? 'audiences.overlap.note_two' : 'audiences.overlap.note', {
        total: f.count(overlap.total),
      })}
      drawing={<Figure sets={overlap.sets} regions={rows} label={label} onPick={make} />}
      table={{
        rows,
        rowKey: (r) => r.mask,
        columns: [
          { key: 'names', title: t('audiences.overlap.in'), render: label },
          {
            key: 'count',
            title: t('audiences.overlap.exactly'),
            align: 'right',
            hint: t('audiences.overlap.exactly_hint'),
            render: (r) => <Count value={r.count} />,
          },
          {
            key: 'share',
            title: t('audiences.overlap.share'),
            align: 'right',
            render: (r) => <Percent share={overlap.total > 0 ? r.count / overlap.total : null} />,
          },
          {
            key: 'together',
            title: t('audiences.overlap.together'),
            align: 'right',
            hint: t('audiences.overlap.together_hint'),
            render: (r) => <Count value={r.together} />,
          },
          ...(make
            ? [
                {
                  key: 'make',
                  title: t('common.actions'),
                  render: (r: Region) => (
                    <Button size="small" onClick={() => make(r)}>
                      {t('audiences.overlap.make')}
                    </Button>
                  ),
                },
              ]
            : []),
        ],
      }}
    />
  )
}

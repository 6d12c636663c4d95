import { Button, Tag } from 'antd'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { perm } from '@/app/permissions'
import {
  Bone,
  Can,
  DateTime,
  EmptyState,
  LevelTag,
  LinkButton,
  Page,
  PageHeader,
  QueryView,
  StatusTag,
  useFormat,
  useIsPhone,
  useMe,
} from '@/kit'
import type { SchemeView } from '../api'
import { type Group, grouped } from '../dimensions/groups'
import { runPath, schemePath } from '../links'
import { useDimensions, useSchemes } from '../queries'
import { tonesOf } from '../report/figures'
import { Author } from '../runs/RunStatus'
import { StartRun } from '../runs/StartRun'
import { tieringTabs } from '../tabs'
import { ImportScheme } from './ImportScheme'
import { toForm } from './model'
import { NewScheme } from './NewScheme'
import { SchemeMenu } from './SchemeMenu'
import styles from './schemes.module.css'
import { methodName, schemeSentence } from './words'

/** Every way the company grades by. */
export default function SchemesPage() {
  const { t } = useTranslation()
  const phone = useIsPhone()
  const me = useMe()
  const schemes = useSchemes()
  const dimensions = useDimensions(true)
  // The dimension a new scheme is made for.
  const [making, setMaking] = useState<string | null>(null)
  return (
    <Page>
      <PageHeader
        title={t('nav.tiering.schemes')}
        purpose={t('tiers.schemes.purpose')}
        tabs={phone ? tieringTabs(t, me.can) : undefined}
        activeTab="schemes"
        actions={
          <>
            <LinkButton to="/tiering/dimensions">{t('ui_dimension.title')}</LinkButton>
            <Can permission={perm.tierScheme}>
              <ImportScheme />
              <Button type="primary" icon={<Plus size={16} />} onClick={() => setMaking('value')}>
                {t('tiers.new.title')}
              </Button>
            </Can>
          </>
        }
      />
      <QueryView
        query={schemes}
        skeleton={
          <div className={styles.cards}>
            {[1, 2, 3].map((i) => (
              <Bone key={i} width="100%" height={250} />
            ))}
          </div>
        }
      >
        {(list) =>
          list.length === 0 ? (
            <EmptyState title={t('tiers.schemes.none')} text={t('tiers.schemes.none_text')} />
          ) : (
            <QueryView query={dimensions} skeleton={<Bone width="100%" height={250} />}>
              {(all) =>
                grouped(all, list).map((g) => (
                  <InDimension key={g.dimension.code} group={g} onNew={setMaking} />
                ))
              }
            </QueryView>
          )
        }
      </QueryView>
      <NewScheme
        open={making !== null}
        dimension={making ?? undefined}
        onClose={() => setMaking(null)}
      />
    </Page>
  )
}

/** The schemes of one dimension, the one in use first. */
function InDimension({
  group: { dimension: d, items },
  onNew,
}: {
  group: Group<SchemeView>
  onNew: (dimension: string) => void
}) {
  const { t } = useTranslation()
  return (
    <section className={styles.dimension} aria-label={d.name}>
      <div className={styles.dimensionHead}>
        <h2>{d.name}</h2>
        {d.archived && <StatusTag kind="neutral">{t('ui_dimension.archived')}</StatusTag>}
        {!d.archived && (
          <span className="zk-muted">
            {t(d.review ? 'ui_dimension.review.is_on' : 'ui_dimension.review.is_off')}
          </span>
        )}
      </div>
      {!d.archived && items.length > 0 && !items.some((v) => v.default) && (
        <p className="zk-muted">{t('ui_dimension.none_in_use')}</p>
      )}
      {items.length === 0 ? (
        <EmptyState
          compact
          icon={null}
          title={t('ui_dimension.no_schemes')}
          text={t('ui_dimension.no_schemes_text')}
          action={
            <Can permission={perm.tierScheme}>
              <Button onClick={() => onNew(d.code)}>{t('tiers.new.title')}</Button>
            </Can>
          }
        />
      ) : (
        <ul className={styles.cards}>
          {items.map((view) => (
            <Card key={view.scheme.code} view={view} />
          ))}
        </ul>
      )}
    </section>
  )
}

function Card({ view }: { view: SchemeView }) {
  const { t } = useTranslation()
  const f = useFormat()
  const { scheme, last_run: run } = view
  const tones = tonesOf(scheme.levels)
  return (
    <li className={styles.card}>
      <div className={styles.head}>
        <h3>
          <Link to={schemePath(scheme.code)}>{scheme.name}</Link>
        </h3>
        <SchemeMenu view={view} />
      </div>
      <div className={styles.tags}>
        <Tag>{methodName(t, scheme.method)}</Tag>
        <Tag>{t('tiers.version', { version: view.version })}</Tag>
        {view.default && <Tag color="processing">{t('ui_dimension.used')}</Tag>}
        {view.shipped && <Tag>{t('tiers.scheme.shipped')}</Tag>}
      </div>
      <p className={styles.text}>{schemeSentence(t, toForm(scheme, view.sentences))}</p>
      <div className={styles.levels}>
        {scheme.levels.map((level, i) => (
          <LevelTag
            key={level.code}
            level={{ ...level, rank: i + 1 }}
            tone={tones.get(level.code)}
          />
        ))}
      </div>
      <dl className={styles.facts}>
        <div>
          <dt>{t('tiers.scheme.last_run')}</dt>
          <dd>
            {run ? (
              <Link to={runPath(run.id)}>
                {t('tiers.scheme.run_of', { day: run.as_of, value: f.count(run.customers) })}
              </Link>
            ) : (
              <span className="zk-muted">{t('tiers.scheme.never')}</span>
            )}
          </dd>
        </div>
        <div>
          <dt>{t('tiers.scheme.changed')}</dt>
          <dd>
            <DateTime at={view.created_at} /> · <Author of={view} />
          </dd>
        </div>
      </dl>
      <div className={styles.foot}>
        <StartRun scheme={scheme.code} plain />
        <Link to={schemePath(scheme.code)}>{t('tiers.scheme.open')}</Link>
      </div>
    </li>
  )
}

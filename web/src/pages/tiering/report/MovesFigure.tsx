import { ArrowDownRight, ArrowUpRight, UserMinus, UserPlus } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { Chart, Count, EmptyState, LevelTag, Section, useFormat } from '@/kit'
import type { Moves, Summary } from '../api'
import { customersOf } from '../links'
import { direction, strength, tonesOf } from './figures'
import styles from './moves.module.css'

interface Cell {
  from: number
  to: number
  count: number
}

/** Who moved since the run before: counts, and from where to where. */
export function MovesFigure({
  runId,
  summary,
  moves,
}: {
  runId: number
  summary: Summary
  moves: Moves | null
}) {
  const { t } = useTranslation()
  const f = useFormat()
  if (!moves) {
    return (
      <Section title={t('tiers.moves.title')} boxed>
        <EmptyState
          compact
          icon={null}
          title={t('tiers.moves.first')}
          text={t('tiers.moves.first_text')}
        />
      </Section>
    )
  }
  const cells: Cell[] = moves.matrix.flatMap((row, from) =>
    row.map((count, to) => ({ from, to, count })),
  )
  const compared = moves.up + moves.down + moves.unchanged + moves.changed
  return (
    <Chart<Cell>
      title={t('tiers.moves.title')}
      note={t('tiers.moves.note', { day: moves.previous_as_of, n: f.count(compared) })}
      extra={
        <Link to={`/tiering/runs/compare?a=${moves.previous_run_id}&b=${runId}`}>
          {t('tiers.moves.compare')}
        </Link>
      }
      drawing={
        <div className={styles.moves}>
          <ul className={styles.moveCounts}>
            <Move
              kind="up"
              icon={<ArrowUpRight size={18} aria-hidden="true" />}
              runId={runId}
              count={moves.up}
            />
            <Move
              kind="down"
              icon={<ArrowDownRight size={18} aria-hidden="true" />}
              runId={runId}
              count={moves.down}
            />
            <Move
              kind="new"
              icon={<UserPlus size={18} aria-hidden="true" />}
              runId={runId}
              count={moves.new}
            />
            <Move
              kind="gone"
              icon={<UserMinus size={18} aria-hidden="true" />}
              runId={runId}
              count={moves.gone}
            />
          </ul>
          <Matrix runId={runId} summary={summary} moves={moves} />
        </div>
      }
      table={{
        rows: cells.filter((c) => c.count > 0),
        rowKey: (c) => `${c.from}-${c.to}`,
        columns: [
          { key: 'from', title: t('tiers.moves.from'), render: (c) => moves.names[c.from] },
          { key: 'to', title: t('tiers.moves.to'), render: (c) => moves.names[c.to] },
          {
            key: 'count',
            title: t('tiers.customers'),
            align: 'right',
            render: (c) => <Count value={c.count} />,
          },
        ],
      }}
    />
  )
}

// i18n-keys: tiers.move.*, tiers.move_text.*
function Move({
  kind,
  icon,
  runId,
  count,
}: {
  kind: 'up' | 'down' | 'new' | 'gone'
  icon: ReactNode
  runId: number
  count: number
}) {
  const { t } = useTranslation()
  const f = useFormat()
  return (
    <li>
      <Link to={customersOf(runId, { move: kind })} className={`${styles.move} ${styles[kind]}`}>
        <span className={styles.moveIcon}>{icon}</span>
        <span className={styles.moveName}>{t(`tiers.move.${kind}`)}</span>
        <strong className="zk-num">{f.count(count)}</strong>
        <span className={styles.moveText}>{t(`tiers.move_text.${kind}`)}</span>
      </Link>
    </li>
  )
}

function Matrix({ runId, summary, moves }: { runId: number; summary: Summary; moves: Moves }) {
  const { t } = useTranslation()
  const f = useFormat()
  const tones = tonesOf(summary.levels)
  const now = summary.levels.length
  const most = Math.max(
    0,
    ...moves.matrix.flatMap((row, from) => row.filter((_, to) => to !== from)),
  )
  const name = (i: number) => ({
    code: moves.codes[i] ?? '',
    name: moves.names[i] ?? '',
    rank: i + 1,
  })
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section className={styles.matrix} aria-label={t('tiers.moves.matrix')} tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">
              {t('tiers.moves.from')} ↓ {t('tiers.moves.to')} →
            </th>
            {moves.codes.slice(0, now).map((code, i) => (
              <th key={code} scope="col">
                <LevelTag level={name(i)} tone={tones.get(code)} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {moves.codes.map((code, from) => (
            <tr key={code}>
              <th scope="row">
                <LevelTag level={name(from)} tone={tones.get(code)} />
              </th>
              {moves.codes.slice(0, now).map((toCode, to) => {
                const count = moves.matrix[from]?.[to] ?? 0
                const way = direction(moves, from, to, now)
                const face =
                  way === 'up' ? styles.toUp : way === 'down' ? styles.toDown : styles.stay
                return (
                  <td
                    key={toCode}
                    className={count > 0 ? face : ''}
                    style={
                      { '--heat': way === 'same' ? 0 : 30 + strength(count, most) * 70 } as never
                    }
                  >
                    {count > 0 && (way === 'up' || way === 'down') ? (
                      <Link
                        to={customersOf(runId, { level: toCode, move: way })}
                        aria-label={t('tiers.moves.cell', {
                          from: moves.names[from] ?? '',
                          to: moves.names[to] ?? '',
                          value: f.count(count),
                        })}
                      >
                        {f.count(count)}
                      </Link>
                    ) : count > 0 ? (
                      f.count(count)
                    ) : (
                      <span className={styles.nothing}>·</span>
                    )}
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

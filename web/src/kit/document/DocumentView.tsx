import { Alert } from 'antd'
import { Fragment } from 'react'
import type { components } from '@/api/schema.gen'
import { useTheme } from '@/theme/mode'
import { useFormat } from '../format'
import { EmptyState } from '../states'
import { ToneTag } from '../tags'
import styles from './document.module.css'

type Schemas = components['schemas']
export type DocumentSection = Schemas['DocumentSectionView']
type Block = Schemas['DocumentBlockView']
type Table = Schemas['DocumentTableView']
type Cell = Schemas['DocumentCellView']
type Plot = Schemas['DocumentPlotView']

/** Parts of a document as the server made them, each under its heading. */
export function DocumentSections({ sections }: { sections: DocumentSection[] }) {
  return (
    <>
      {sections.map((s) => (
        <section key={s.id} id={s.id} className={styles.section}>
          <h2 className={styles.title}>
            {s.number && <span className={styles.number}>{s.number}</span>}
            {s.title}
          </h2>
          {(s.blocks ?? []).map((b, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: blocks have no name and never move
            <Piece key={i} block={b} />
          ))}
        </section>
      ))}
    </>
  )
}

/** The table of contents: parts, and the headings in them. */
export function DocumentContents({
  label,
  sections,
}: {
  label: string
  sections: DocumentSection[]
}) {
  return (
    <nav className={styles.contents} aria-label={label}>
      <ol>
        {sections.map((s) => {
          const heads = (s.blocks ?? []).filter((b) => b.kind === 'heading')
          return (
            <li key={s.id}>
              <a href={`#${s.id}`}>
                {s.number} {s.title}
              </a>
              {heads.length > 0 && (
                <ol>
                  {heads.map((h) => (
                    <li key={h.id}>
                      <a href={`#${h.id}`}>
                        {h.number} {h.text}
                      </a>
                    </li>
                  ))}
                </ol>
              )}
            </li>
          )
        })}
      </ol>
    </nav>
  )
}

function Piece({ block: b }: { block: Block }) {
  switch (b.kind) {
    case 'lead':
      return <p className={styles.lead}>{b.text}</p>
    case 'text':
      return <p className={styles.text}>{b.text}</p>
    case 'empty':
      return <EmptyState compact icon={null} title={b.text ?? ''} />
    case 'heading':
      return (
        <h3 id={b.id} className={styles.heading}>
          {b.number && <span className={styles.number}>{b.number}</span>}
          {b.text}
        </h3>
      )
    case 'list': {
      const items = (b.items ?? []).map((x) => <li key={x}>{x}</li>)
      return b.ordered ? (
        <ol className={styles.list}>{items}</ol>
      ) : (
        <ul className={styles.list}>{items}</ul>
      )
    }
    case 'callout':
      return (
        <Alert
          className={styles.callout}
          type={b.warn ? 'warning' : 'info'}
          showIcon
          title={b.title || b.text}
          description={b.title ? <span className={styles.lines}>{b.text}</span> : undefined}
        />
      )
    case 'terms':
      return (
        <dl className={styles.terms}>
          {(b.terms ?? []).map((x) => (
            <div key={x.term}>
              <dt>{x.term}</dt>
              <dd>{x.text}</dd>
            </div>
          ))}
        </dl>
      )
    case 'pair':
      return (
        <div className={styles.pair}>
          {b.plot ? <Bars plot={b.plot} /> : b.grid && <Rows table={b.grid} />}
          {(b.advice ?? []).length > 0 && (
            <ul className={styles.advice}>
              {(b.advice ?? []).map((x) => (
                <li key={x.level}>
                  <ToneTag tone={x.tone}>{x.level}</ToneTag>
                  <p>{x.text}</p>
                </li>
              ))}
            </ul>
          )}
          {(b.side ?? []).map((x) => x && <Rows key={x.caption} table={x} />)}
        </div>
      )
    default:
      return b.table ? <Rows table={b.table} /> : null
  }
}

function Rows({ table }: { table: Table }) {
  const head = table.head ?? []
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section className={styles.box} tabIndex={0} aria-label={table.caption}>
      <table className={`${styles.table} ${table.cards ? styles.cards : ''}`}>
        <caption className={table.quiet ? styles.quiet : undefined}>{table.caption}</caption>
        <thead>
          <tr>
            {head.map((c, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: columns never move
              <th key={i} scope="col" className={c.num ? styles.num : undefined}>
                {c.text}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {(table.rows ?? []).map((row, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows never move
            <Row key={i} cells={row ?? []} head={head} />
          ))}
        </tbody>
        {(table.foot ?? []).length > 0 && (
          <tfoot>
            <Row cells={table.foot ?? []} head={head} />
          </tfoot>
        )}
      </table>
    </section>
  )
}

function Row({ cells, head }: { cells: Cell[]; head: Cell[] }) {
  return (
    <tr>
      {cells.map((c, i) =>
        i === 0 ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: columns never move
          <th key={i} scope="row">
            <Content cell={c} />
          </th>
        ) : (
          <td
            // biome-ignore lint/suspicious/noArrayIndexKey: columns never move
            key={i}
            data-label={head[i]?.text}
            className={`${c.num ? styles.num : ''} ${ground(c.class)}`}
            style={{ '--zk-share': `${strength(c.class)}%` } as React.CSSProperties}
          >
            <Content cell={c} />
          </td>
        ),
      )}
    </tr>
  )
}

function Content({ cell }: { cell: Cell }) {
  if (cell.tone === undefined || cell.tone === null) return cell.text
  return <ToneTag tone={cell.tone}>{cell.text}</ToneTag>
}

/** The ground of a shaded cell: its colour by the letter, its strength by the digit. */
function ground(name: string | undefined) {
  if (!name) return ''
  if (name === 'same') return styles.same ?? ''
  return { h: styles.heat, u: styles.up, d: styles.down }[name.charAt(0)] ?? ''
}

// Words on the ground stay readable: it is never stronger than 45 %.
const strength = (name: string | undefined) => (name ? Number(name.charAt(1)) * 5 || 0 : 0)

/** Bars beside their names: every value is written, none has to be guessed. */
function Bars({ plot }: { plot: Plot }) {
  const { tones, palette } = useTheme()
  const f = useFormat()
  const series = plot.series ?? []
  const most = Math.max(0, ...series.flatMap((s) => s.values ?? []))
  const write = (v: number) =>
    plot.value === 'share' ? f.percent(v) : plot.value === 'money' ? f.money(v) : f.count(v)
  return (
    <figure className={styles.bars} aria-label={plot.title}>
      {series.length > 1 && (
        <figcaption>
          {series.map((s, k) => (
            <span key={s.name} className={k === 0 ? styles.pale : styles.full}>
              {s.name}
            </span>
          ))}
        </figcaption>
      )}
      <dl>
        {(plot.categories ?? []).map((name, i) => (
          <Fragment key={name}>
            <dt>{name}</dt>
            <dd>
              {series.map((s, k) => {
                const value = s.values?.[i] ?? 0
                const tone = tones[s.tones?.[i] ?? -1]
                return (
                  <span key={s.name} className={styles.bar}>
                    <span
                      aria-hidden="true"
                      style={{
                        width: `${most > 0 ? Math.max(0.5, (value / most) * 100) : 0}%`,
                        background: tone?.solid ?? palette.accent,
                        opacity: k === 0 && series.length > 1 ? 0.45 : 1,
                      }}
                    />
                    <b className="zk-num">{write(value)}</b>
                  </span>
                )
              })}
            </dd>
          </Fragment>
        ))}
      </dl>
    </figure>
  )
}

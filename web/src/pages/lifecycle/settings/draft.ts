import type { Config, Move, Stage, Tool } from '../api'

/** A code that no stage or move has: "stage_7". */
export function freeCode(prefix: string, taken: { code: string }[]): string {
  const codes = new Set(taken.map((x) => x.code))
  let n = taken.length + 1
  while (codes.has(`${prefix}_${n}`)) n++
  return `${prefix}_${n}`
}

export const newStage = (config: Config): Stage => ({
  code: freeCode('stage', config.stages),
  name: '',
  advice: '',
  tone: config.stages.length % 9,
})

export const newMove = (config: Config): Move => ({
  code: freeCode('move', config.moves),
  name: '',
  from: [],
  to: config.stages[0]?.code ?? '',
  rule: null,
  min_stay_days: 0,
  hold_days: 1,
})

export const newTool = (config: Config): Tool => ({
  code: freeCode('tool', config.tools),
  name: '',
  about: '',
  kind: 'steps',
  stages: [],
  items: [],
  measures: [],
})

/** The one at a place changed, or one more where the place is behind the last. */
export const put = <T>(list: T[], at: number, item: T): T[] =>
  at >= list.length ? [...list, item] : list.map((x, i) => (i === at ? item : x))

/** What still names a stage; one that is named cannot go. */
export const usesOf = (config: Config, code: string): number =>
  config.moves.filter((m) => m.to === code || m.from.includes(code)).length +
  config.begin.filter((b) => b.to === code).length +
  config.tools.filter((x) => x.stages.includes(code) || x.auto?.from.includes(code)).length

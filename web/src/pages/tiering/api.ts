// What grading says over the API, in the shape of its Go types (internal/tiering).
// Money is 分 unless said otherwise, shares are 0–1, days are "YYYY-MM-DD", instants unix ms.
// Once src/api/schema.gen.ts covers these endpoints, `paths` at the end goes away.
import type { components } from '@/api/schema.gen'
import type { Problem } from '@/api/types'
import type { RuleNode } from '../audiences/builder/node'

export type Method = 'rules' | 'score' | 'rfm' | 'model'
export type Measure = 'net' | 'sales'
export type Split = 'score' | 'value'
export type Op = 'at_least' | 'at_most' | 'mean_mul' | 'top_share' | 'rev_share'
/** A custom field of the customer: "f." and its code. */
export type FieldMetric = `f.${string}`
export type Metric = ShippedMetric | FieldMetric
export type ShippedMetric =
  | 'spend'
  | 'orders'
  | 'aov'
  | 'repurchase_rate'
  | 'months_active'
  | 'recency_days'
  | 'tenure_days'
  | 'orders_all'
  | 'spend_all'
  | 'growth'
  | 'unpaid_carts'
  | 'rating'
  | 'rhythm'
  | 'growth_industry'
  | 'referrals'
  | 'p_alive'
  | 'expected_orders'
  | 'clv'
  | 'p_churn'

export interface Level {
  code: string
  name: string
  advice?: string
}

/** A custom field as it was when a run took it as a figure. */
export interface FieldFigure {
  metric: FieldMetric
  kind: 'number' | 'money' | 'choice'
  name: { zh: string; en?: string }
  unit?: string
  /** Of a choice; the first counts as 1. */
  options?: { zh: string; en?: string }[]
}

/** A way of looking at customers that gives each one level. */
export type Dimension = components['schemas']['TieringDimension']
export type DimensionPatch = components['schemas']['TieringDimensionPatch']

/** Compares a figure. */
export interface FigureCondition {
  metric: Metric
  op: Op
  /** Money in yuan, shares 0–1. */
  value: number
  off?: boolean
}

/** Holds for those whom a rule of audiences means. */
export interface PeopleCondition {
  who: RuleNode
  /** Always 0: the API wants it. */
  value: 0
  off?: boolean
}

export type Condition = FigureCondition | PeopleCondition

export interface Rule {
  level: string
  name: string
  all?: Condition[]
  any?: Condition[]
}

export interface ScoreTerm {
  metric: Metric
  weight: number
  scale: 'percentile' | 'linear'
  from?: number
  to?: number
}

export interface ScorePart {
  name: string
  weight: number
  terms: ScoreTerm[]
}

export interface Rfm {
  bins: number
  recency?: number[]
  frequency?: number[]
  monetary?: number[]
  split: Split
}

export interface Scheme {
  code: string
  name: string
  /** Code; left out or "" is value. */
  dimension?: string
  method: Method
  window_days: number
  measure: Measure
  levels: Level[]
  rules?: Rule[]
  score?: { parts: ScorePart[]; cuts: number[] }
  rfm?: Rfm
  /** Bands of a figure of a model: least figures, of p_churn the greatest; CLV in yuan. */
  model?: { figure: Metric; cuts: number[]; uncovered: string }
  horizon?: Horizon
}

/** How far ahead figures by models look; left out: a year at 10 %. */
export interface Horizon {
  months: number
  /** A year, 0–1. */
  discount: number
  /** Share of an order that stays with the company; left out: all of it. */
  margin?: number
}

export interface LevelSummary {
  code: string
  name: string
  advice?: string
  customers: number
  buyers: number
  orders: number
  revenue_fen: number
  /** Of revenue. */
  share: number
  avg_spend_fen: number
  avg_orders: number
  aov_fen: number
  avg_recency_days: number
}

export interface Concentration {
  customers: number
  threshold_fen: number
  revenue_fen: number
  share: number
}

export interface LorenzPoint {
  customers: number
  revenue: number
}

export interface HeatCell {
  r: number
  f: number
  customers: number
  revenue_fen: number
}

export interface MonthRow {
  month: string
  customers: number
  orders: number
  revenue_fen: number
  revenue_sub: number
}

export interface Quartile {
  min: number
  q1: number
  q2: number
  q3: number
  max: number
  mean: number
}

export interface RfmStats {
  customers: number
  recency: Quartile
  frequency: Quartile
  monetary: Quartile
  mean_r: number
  mean_f: number
  mean_m: number
  cuts_r: number[] | null
  cuts_f: number[] | null
  cuts_m: number[] | null
}

export interface Summary {
  scheme: Scheme
  version: number
  as_of: string
  from: string
  computed_at: number
  customers: number
  buyers: number
  orders: number
  revenue_fen: number
  revenue_sub: number
  aov_fen: number
  repurchase: number
  levels: LevelSummary[]
  /** In the order of the conditions of all rules, money in 分; null where there is none. */
  thresholds?: (number | null)[]
  top20: Concentration
  revenue80: Concentration
  overlap: number
  gini: number
  lorenz: LorenzPoint[] | null
  rfm?: RfmStats
  heat?: HeatCell[]
  months: MonthRow[] | null
  /** Of a figure, or of a field that a rule of audiences compares, by its name then. */
  missing?: {
    metric?: Metric
    field?: string
    name?: { zh: string; en?: string }
    customers: number
  }[]
  /** Custom fields that were figures. */
  fields?: FieldFigure[]
  models?: { kind: 'purchases' | 'churn'; id: number; version: number; as_of: string }[]
}

export interface Moves {
  previous_run_id: number
  previous_as_of: string
  up: number
  down: number
  new: number
  gone: number
  unchanged: number
  changed: number
  codes: string[]
  names: string[]
  /** matrix[from][to] counts customers. */
  matrix: number[][]
}

export interface KeyCustomer {
  id: number
  name: string
  level: string
  level_name: string
  previous_level?: string
  previous_level_name?: string
  spend_fen: number
  orders: number
  last_day: string | null
  days_since: number | null
  reason: string
  next_step: string
}

export interface Report {
  run_id: number
  company: string
  locale: string
  headline: string
  summary: Summary
  moves: Moves | null
  key_customers: KeyCustomer[] | null
  slipping: KeyCustomer[] | null
}

export type RunStatus = 'waiting' | 'running' | 'finished' | 'failed' | 'cancelled'

export interface Run {
  id: number
  scheme: string
  scheme_name: string
  scheme_version: number
  /** Code of what the levels are of. */
  dimension: string
  as_of: string
  status: RunStatus
  customers: number
  job_id: number | null
  previous_run_id: number | null
  error_code: string
  /** Staff id; 0 is the program. */
  created_by: number
  created_by_name: string
  created_at: number
  /** 0 until it began, or ended. */
  started_at: number
  finished_at: number
}

/** Summary and moves are null until finished, and for whoever sees less than all customers. */
export interface RunDetail extends Run {
  summary: Summary | null
  moves: Moves | null
  /** Levels as people decided; null where they are those of the summary. */
  decided: { customers: number; levels: { code: string; customers: number }[] } | null
}

export interface RunInput {
  scheme: string
  version?: number
  as_of?: string
}

export type MoveCode = 'same' | 'up' | 'down' | 'new' | 'changed' | 'gone'

export interface Member {
  customer_id: number
  name: string
  level: string
  level_name: string
  /** Of whom people decided otherwise: what the run found; null of others. */
  proposed: string | null
  proposed_name: string | null
  move: MoveCode
  /** Name of the level in the run before. */
  previous_level: string | null
  spend_fen: number
  orders: number
  last_day: string | null
  days_since: number | null
  score: number | null
  overdue: boolean
  reason: string
}

export interface ConditionView {
  /** Of a rule of audiences figure, operator and number say nothing. */
  who: boolean
  metric: Metric
  metric_name: string
  op: Op
  value: number
  any: boolean
  /** Money in 分, days, a count or a share; null where there is none. */
  figure: number | null
  threshold: number | null
  holds: boolean
  text: string
}

export interface RuleView {
  name: string
  level: string
  level_name: string
  conditions: ConditionView[]
}

export interface Explanation {
  customer_id: number
  /** Of the customer. */
  name: string
  run_id: number
  scheme: string
  scheme_name: string
  scheme_version: number
  as_of: string
  method: Method
  level: string
  level_name: string
  rank: number
  levels: number
  advice: string
  move: MoveCode
  previous_level: string | null
  spend_fen: number
  orders: number
  last_day: string | null
  days_since: number | null
  overdue: boolean
  score: number | null
  r?: number
  f?: number
  m?: number
  rule: RuleView | null
  next_rule: RuleView | null
  parts?: { name: string; points: number; weight: number }[]
  text: string
  why_not: string
}

export interface SchemeView {
  scheme: Scheme
  version: number
  created_by: number
  created_by_name: string
  created_at: number
  shipped: boolean
  /** In use in its dimension. */
  default: boolean
  /** What its rules of audiences say, by the order of the conditions; "" of others. */
  sentences?: string[]
  last_run: Run | null
}

export interface Preview {
  as_of: string
  customers: number
  buyers: number
  revenue_fen: number
  levels: LevelSummary[]
  thresholds: (number | null)[] | null
  moves: Moves | null
}

type Json<T> = { content: { 'application/json': T } }
type Fail = { content: { 'application/problem+json': Problem } }
type Params<Path, Query> = { path: Path; query?: Query; header?: never; cookie?: never }
type Read<Res, Path = undefined, Query = never> = {
  parameters: Path extends undefined
    ? { path?: never; query?: Query; header?: never; cookie?: never }
    : Params<Path, Query>
  requestBody?: never
  responses: { 200: Json<Res>; default: Fail }
}
type Write<Res, Body, Path = undefined> = Omit<Read<Res, Path>, 'requestBody'> & {
  requestBody: { content: { 'application/json': Body } }
}

declare module '@/api/types' {
  interface paths {
    '/tiering/schemes': {
      get: Read<{ items: SchemeView[] }>
      post: Write<
        SchemeView,
        { from: string; code: string; name: string; dimension: string } | { scheme: Scheme }
      >
    }
    '/tiering/presets': {
      get: Read<{ items: { industry: string; industry_name: string; scheme: Scheme }[] }>
    }
    '/tiering/schemes/import': { post: Write<SchemeView, string> }
    '/tiering/schemes/{code}': {
      get: Read<SchemeView, { code: string }>
      put: Write<SchemeView, { scheme: Scheme; base_version: number }, { code: string }>
    }
    '/tiering/schemes/{code}/versions': { get: Read<{ items: SchemeView[] }, { code: string }> }
    '/tiering/schemes/{code}/versions/{version}': {
      get: Read<SchemeView, { code: string; version: number }>
    }
    '/tiering/preview': { post: Write<Preview, { scheme: Scheme; as_of?: string }> }
    '/tiering/default-scheme': { put: Write<undefined, { scheme: string }> }
    '/tiering/runs': {
      get: Read<Page<Run>, undefined, ListQuery>
      post: Write<Run, RunInput>
    }
    '/tiering/runs/{id}': { get: Read<RunDetail, { id: number }> }
    '/tiering/runs/{id}/cancel': { post: Read<Run, { id: number }> }
    '/tiering/runs/{id}/report': { get: Read<Report, { id: number }> }
    '/tiering/runs/{id}/customers': { get: Read<Page<Member>, { id: number }, ListQuery> }
    '/tiering/runs/{id}/customers/{customer_id}': {
      get: Read<Explanation, { id: number; customer_id: number }>
    }
  }
}

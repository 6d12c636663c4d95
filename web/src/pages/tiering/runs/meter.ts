/** Where figure and threshold stand on a bar, in per cent; null where one is missing. */
export function meter(
  figure: number | null,
  threshold: number | null,
): { figure: number; threshold: number } | null {
  if (figure === null || threshold === null) return null
  const most = Math.max(figure, threshold)
  if (most <= 0) return null
  // Some room behind the greater of the two, so that neither hides at the edge.
  const at = (v: number) => Math.max(0, Math.min(100, (v / (most * 1.12)) * 100))
  return { figure: at(figure), threshold: at(threshold) }
}

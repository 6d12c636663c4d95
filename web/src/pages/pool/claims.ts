/** How many of some claims were got, and how many somebody else was quicker at. */
export function sumUp(codes: string[]): { got: number; lost: number } {
  return {
    got: codes.filter((c) => c === 'ok').length,
    lost: codes.filter((c) => c === 'customer.already_owned' || c === 'customer.not_found').length,
  }
}

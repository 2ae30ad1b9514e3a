/** US dollars, with as many digits as a small sum needs. */
export function money(dollars: number): string {
  const digits = dollars !== 0 && dollars < 0.01 ? 4 : 2;
  return `$${dollars.toFixed(digits)}`;
}

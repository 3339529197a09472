/** Joins the class names of a component, leaving out those whose condition is false. */

export function classNames(...names: readonly (string | false | null | undefined)[]): string {
  return names.filter(Boolean).join(' ');
}

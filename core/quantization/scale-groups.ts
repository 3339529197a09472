/** Sets of tensors that must share one scale, kept as a union-find over tensor names. */

export class ScaleGroups {
  readonly #parent = new Map<string, string>();

  add(tensor: string): void {
    if (!this.#parent.has(tensor)) this.#parent.set(tensor, tensor);
  }

  has(tensor: string): boolean {
    return this.#parent.has(tensor);
  }

  /** Puts both tensors, and all that share with either, into one group. */
  join(a: string, b: string): void {
    this.add(a);
    this.add(b);
    const rootA = this.#root(a);
    const rootB = this.#root(b);
    if (rootA !== rootB) this.#parent.set(rootB, rootA);
  }

  /** All groups, single tensors included, in the order in which their first member was added. */
  groups(): string[][] {
    const byRoot = new Map<string, string[]>();
    for (const tensor of this.#parent.keys()) {
      const root = this.#root(tensor);
      const group = byRoot.get(root);
      if (group) group.push(tensor);
      else byRoot.set(root, [tensor]);
    }
    return [...byRoot.values()];
  }

  #root(tensor: string): string {
    let root = tensor;
    for (let parent = this.#parent.get(root); parent !== undefined && parent !== root; ) {
      root = parent;
      parent = this.#parent.get(root);
    }
    // Path compression keeps later look-ups short.
    for (let at = tensor; at !== root; ) {
      const next = this.#parent.get(at) ?? root;
      this.#parent.set(at, root);
      at = next;
    }
    return root;
  }
}

/** Bounds the decoded pixels that are in memory at one time. */

/** A first-come, first-served semaphore over pixels. One image larger than all of it may still pass, alone. */
export class PixelBudget {
  private readonly limit: number;
  private used = 0;
  private readonly waiting: { readonly pixels: number; readonly go: () => void }[] = [];

  constructor(limit: number) {
    this.limit = limit;
  }

  private admits(pixels: number): boolean {
    return this.used === 0 || this.used + pixels <= this.limit;
  }

  async acquire(pixels: number): Promise<void> {
    if (this.waiting.length === 0 && this.admits(pixels)) {
      this.used += pixels;
      return;
    }
    await new Promise<void>((go) => {
      this.waiting.push({ pixels, go });
    });
  }

  release(pixels: number): void {
    this.used -= pixels;
    for (let next = this.waiting[0]; next && this.admits(next.pixels); next = this.waiting[0]) {
      this.waiting.shift();
      this.used += next.pixels;
      next.go();
    }
  }
}

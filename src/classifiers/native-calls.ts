/** How long the program waits for native code before it ends, in milliseconds. */
const PATIENCE = 60_000;

const [CLOSED, RUNNING] = [0, 1];

/**
 * Prevents worker threads from being ended inside native code, because Node.js would then abort the program
 * ("terminate called after throwing an instance of 'Napi::Error'"). All threads share the memory of this
 * object, and enter and leave native code through it.
 */
export class NativeCalls {
  /** @param cells - shared by all threads: whether native code is closed, and how many threads are in it */
  constructor(readonly cells: Int32Array<SharedArrayBuffer> = new Int32Array(new SharedArrayBuffer(8))) {}

  /**
   * Does work in native code. If native code is closed, the promise never settles, because the thread is
   * about to be ended.
   */
  async during<T>(work: () => Promise<T>): Promise<T> {
    Atomics.add(this.cells, RUNNING, 1);
    try {
      return await (Atomics.load(this.cells, CLOSED) ? new Promise<never>(() => this.leave()) : work());
    } finally {
      this.leave();
    }
  }

  /** Counts threads as being in native code, until each of them leaves. */
  enter(threads: number): void {
    Atomics.add(this.cells, RUNNING, threads);
  }

  leave(): void {
    Atomics.sub(this.cells, RUNNING, 1);
    Atomics.notify(this.cells, RUNNING);
  }

  /** Stops threads from entering native code, and waits until all have left it. */
  async close(): Promise<void> {
    Atomics.store(this.cells, CLOSED, 1);
    while (Atomics.load(this.cells, RUNNING) > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  /** Like {@link close}, but for the end of the program, when asynchronous code no longer runs. */
  closeAtOnce(): void {
    Atomics.store(this.cells, CLOSED, 1);
    const end = performance.now() + PATIENCE;
    for (;;) {
      const running = Atomics.load(this.cells, RUNNING);
      if (running <= 0) return;
      const left = end - performance.now();
      if (left <= 0) process.kill(process.pid, "SIGKILL"); // better than an abort
      Atomics.wait(this.cells, RUNNING, running, left);
    }
  }
}

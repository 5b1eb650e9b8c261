/** The time in milliseconds that the program waits for native code before the program ends. */
const PATIENCE = 60_000;

const [CLOSED, RUNNING] = [0, 1];

/**
 * Prevents worker threads from being ended inside native code, because Node.js would then abort the program
 * ("terminate called after throwing an instance of 'Napi::Error'"). All threads share the memory of this
 * object, and enter and leave native code through this object.
 */
export class NativeCalls {
  /**
   * @param cells - the memory that all threads share; it holds whether native code is closed, and how many
   *   threads are in native code
   */
  constructor(readonly cells: Int32Array<SharedArrayBuffer> = new Int32Array(new SharedArrayBuffer(8))) {}

  /**
   * Does work in native code. If native code is closed, the returned promise never settles, because the
   * thread is about to be ended.
   */
  async during<T>(work: () => Promise<T>): Promise<T> {
    Atomics.add(this.cells, RUNNING, 1);
    try {
      return await (Atomics.load(this.cells, CLOSED) ? new Promise<never>(() => this.leave()) : work());
    } finally {
      this.leave();
    }
  }

  /** Counts a number of threads as being in native code; each thread counts until it leaves. */
  enter(threads: number): void {
    Atomics.add(this.cells, RUNNING, threads);
  }

  leave(): void {
    Atomics.sub(this.cells, RUNNING, 1);
    Atomics.notify(this.cells, RUNNING);
  }

  /** Stops threads from entering native code, and waits until all threads have left native code. */
  async close(): Promise<void> {
    Atomics.store(this.cells, CLOSED, 1);
    while (Atomics.load(this.cells, RUNNING) > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  /**
   * Does the same as {@link close}, but without asynchronous code, which no longer runs when the program
   * ends.
   */
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

// The parts of Node that the tests use. @types/node would bring all its globals into the page's code as well.
declare module "node:fs" {
  export function readFileSync(path: URL): Uint8Array;
  export function readdirSync(path: URL, options?: { recursive: boolean }): string[];
}

declare module "node:inspector/promises" {
  /** Bytes for each sample of the heap. */
  export interface Sample {
    size: number;
  }
  export class Session {
    connect(): void;
    disconnect(): void;
    post(method: "HeapProfiler.startSampling", options: object): Promise<void>;
    post(method: "HeapProfiler.stopSampling"): Promise<{ profile: { samples: readonly Sample[] } }>;
  }
}

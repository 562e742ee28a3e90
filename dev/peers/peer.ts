/** Where a stand-in runs. */
export interface PeerOptions {
  readonly port: number;
  /** Folder for what it must remember (its keys); null forgets everything at the end. */
  readonly stateDir: string | null;
}

/** A stand-in that serves. */
export interface RunningPeer {
  /** Lines for the person who started it: where it is and how to use it. */
  readonly help: readonly string[];
  /** Settings by which the broker finds it, where it takes the place of a built-in provider. */
  readonly vars?: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** One kind of stand-in for the outside world. It lives inside the runner's process and listens on loopback alone. */
export interface Peer {
  readonly name: string;
  /** Its port is the broker's port plus this. */
  readonly portOffset: number;
  start(options: PeerOptions): Promise<RunningPeer>;
}

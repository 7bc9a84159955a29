import type { EventType, RequestType } from './messages.js';

/** A better-sqlite3 database, as far as handlers need it. */
export interface Statement {
  run(...values: unknown[]): { changes: number };
  get(...values: unknown[]): any;
  all(...values: unknown[]): any[];
  iterate(...values: unknown[]): IterableIterator<any>;
  pluck(): this;
}
export interface Database { prepare(sql: string): Statement; exec(sql: string): this }

export interface Hub { request: string; subscribe: string; publish: string; publicKey: string }
export interface KeyPair { publicKey: string; secretKey: string; file?: string }
export interface At { source: string; epoch: number; seq: number }
export interface Actor { role: string; person?: string; place?: string; service?: string }

/** The hub of a district that `gonghui up` has set up. */
export function hubOf(folder: string): Hub;
export function loadKey(file: string): KeyPair;
export function worker(person: string): Actor;
export function officer(person: string, place: string, role?: string): Actor;

export interface Asking { actor?: Actor; after?: At; partition?: number; deadline?: Date; traceparent?: string }
/** One command or query. Asked again, it is the same bytes under the same id. */
export class Request<R = unknown> {
  constructor(message: object, options?: Asking);
  readonly id: string;
  readonly type: string;
}
export class Reply<R = any> {
  readonly id: string;
  readonly outcome: 'accepted' | 'refused' | 'invalid' | 'fault' | 'retry';
  readonly at: At;
  readonly code: string;
  readonly data: R;
  readonly facts: Record<string, string | number>;
  readonly errors: { path: string; code: string }[];
  readonly bytes: Uint8Array;
}
/** Nothing final came in time. A command may have taken effect: ask the same Request again to learn it. */
export class Unanswered extends Error {}
export class Bus {
  constructor(hub: Hub, key: KeyPair);
  /** `patience` in milliseconds. */
  ask(message: object | Request, options?: Asking & { patience?: number }): Promise<Reply>;
  /** What a query without a key is about lies in all partitions: the reply of each, in their order. */
  askEverywhere(message: object, options?: Asking & { patience?: number }): Promise<Reply[]>;
  close(): Promise<void>;
}

export interface Event<F> {
  id: string; source: string; type: string; subject: string; time: string; dataschema: string;
  epoch: number; seq: number; cause: string | null; data: Readonly<F>;
  traceparent?: string;
}
/** `traceparent`: for what is asked of others because of it; its own events carry it on anyway. */
export interface ReceivedRequest<F> {
  id: string; type: string; data: Readonly<F>; actor: Actor; now: string; traceparent?: string;
}
export class Accepted { private constructor() }
export class Refused { private constructor() }
/** `events` of the service's own, in order; `reply` as the command says, if it says anything. */
export function accepted(events?: object[], reply?: object | null): Accepted;
/** An answer like any other, with the figures behind it. */
export function refused(code: string, facts?: Record<string, string | number>): Refused;

export class Service {
  constructor(name: string, options?: { tables?: string[]; readModels?: Record<string, string[]> });
  evolve<F>(message: EventType<F>, handler: (db: Database, event: Event<F>) => void): this;
  evolve(...messagesAndHandler: [...EventType<any>[], (db: Database, event: Event<any>) => void]): this;
  react<F>(message: EventType<F>, handler: (db: Database, event: Event<F>) => object[] | void): this;
  command<F, R>(message: RequestType<F, R>, handler: (db: Database, request: ReceivedRequest<F>) => Accepted | Refused): this;
  query<F, R>(message: RequestType<F, R>, handler: (db: Database, request: ReceivedRequest<F>) => R | Refused | null): this;
  /** 32 bytes that this service alone knows, for handlers. */
  secret(purpose: string): Buffer;
  keepsNothingAboutPeople(): this;
  run(words?: string[]): Promise<never>;
}

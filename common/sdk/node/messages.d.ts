/** A number, or a bigint beyond what a number holds exactly. */
export type Integer = number | bigint;

export interface Kind<T> {
  encode(value: T, path: string, errors: FieldError[]): unknown;
  decode(value: unknown, path: string, errors: FieldError[]): T | undefined;
}
export interface OptionalKind<T> extends Kind<T> { readonly isOptional: true }
export interface FieldError { path: string; code: string }
export class Unfit extends Error { errors: FieldError[] }

export interface RecordType<F> extends Kind<F> { new (fields: F): Readonly<F>; readonly name: string }
export interface EventType<F> extends RecordType<F> { readonly dataschema: string }
export interface RequestType<F, R> extends RecordType<F> {
  readonly type: string;
  readonly Reply: RecordType<R> | null;
  readonly isCommand: boolean;
}

export function boolean(): Kind<boolean>;
export function integer(least?: number | null, most?: number | null): Kind<Integer>;
export function text(least?: number | null, most?: number | null): Kind<string>;
export function bytes(least?: number | null, most?: number | null): Kind<Uint8Array>;
export function choice<V extends string>(...values: V[]): Kind<V>;
export function uuid(): Kind<string>;
export function time(): Kind<string | Date>;
export function date(): Kind<string>;
export function parameters(least?: number | null, most?: number | null): Kind<Record<string, string>>;
export function list<T>(item: Kind<T>, least?: number | null, most?: number | null): Kind<T[]>;
export function optional<T>(kind: Kind<T>): OptionalKind<T>;

type Fields = Record<string, Kind<any>>;
type Optional<F extends Fields> = { [N in keyof F]: F[N] extends OptionalKind<any> ? N : never }[keyof F];
type Value<K> = K extends Kind<infer T> ? T : never;
type Values<F extends Fields> = { [N in Exclude<keyof F, Optional<F>>]: Value<F[N]> } & { [N in Optional<F>]?: Value<F[N]> };
export function record<F extends Fields>(name: string, fields: F): RecordType<Values<F>>;
export function event<F extends Fields>(dataschema: string, fields: F,
  options?: { subject?: keyof F & string; isPrivate?: boolean }): EventType<Values<F>>;
export function command<F extends Fields, R = {}>(type: string, fields: F,
  options?: { reply?: RecordType<R>; key?: keyof F & string }): RequestType<Values<F>, R>;
export function query<F extends Fields, R = {}>(type: string, fields: F,
  options?: { reply?: RecordType<R>; key?: keyof F & string }): RequestType<Values<F>, R>;

// What a plug-in's developer writes against: a Service with handlers. The host (host.js) calls them.
//
// A command is decided and answers `accepted` with events, or `refused`. `evolve` is the only one that writes tables, for
// the service's own events and for followed ones alike; `react` says what a followed event leads to. Each message is one
// piece of one SQLite transaction; handlers are synchronous.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { serve } from './host.js';
import { derivedSecret, hubOf, loadKey, readToml } from './wire.js';

export class Accepted {
  constructor(events, reply) {
    this.events = events;
    this.reply = reply;
  }
}

export class Refused {
  constructor(code, facts) {
    this.code = code;
    this.facts = facts;
  }
}

/** `events` of the service's own, in order; `reply` as the command says, if it says anything. */
export const accepted = (events = [], reply = null) => new Accepted(events, reply);

/** An answer like any other, with the figures behind it: refused('class_full', { capacity: 30 }). */
export const refused = (code, facts = {}) => new Refused(code, facts);

class Misplaced extends Error {}

const NAME = /^[a-z][a-z0-9_-]*$/;
const OPTIONS = ['tables', 'readModels'];

function require(holds, why) {
  if (!holds) throw new TypeError(why);
}

function placeOfConfig(file, service) {
  const config = readToml(file);
  if ((config.partitions ?? 1) !== 1)
    throw new Misplaced(`${file}: partitions is ${config.partitions}, and this SDK holds one: set it to 1`);
  const { request, subscribe, publish, public_key: publicKey } = config.hub;
  return {
    district: config.district,
    hub: { request, subscribe, publish, publicKey },
    // A unit of systemd hands the keys over elsewhere.
    key: loadKey(process.env.GONGHUI_KEYS_IDENTITY ?? config.keys.identity),
    store: path.join(config.store.folder, `${service}-0.db`),
    serviceKey: process.env.GONGHUI_KEYS_SERVICE ?? config.keys.service,
  };
}

function placeOfFolder(folder, service, keysAdd) {
  const plan = path.join(folder, 'district.toml');
  const key = path.join(folder, 'keys', `${service}-0.key`);
  if (!existsSync(plan)) throw new Misplaced(`${plan}: there is no such file; is this a district's folder?`);
  if (!existsSync(key))
    throw new Misplaced(`${key} is missing; make it: ${keysAdd}`);
  return { district: readToml(plan).district, hub: hubOf(folder), key: loadKey(key),
    store: path.join(folder, 'store', `${service}-0.db`), serviceKey: path.join(folder, 'keys', `${service}.service`) };
}

export class Service {
  requests = new Map(); // type -> { message, handler }
  evolvers = new Map(); // dataschema -> { message, handler }
  reactors = new Map();
  #serviceKey;
  #secrets = new Map();

  /**
   * `tables`: SQL scripts, run once each, in order; a later version of the program appends to the list.
   * `readModels`: by followed service, the tables that its events write and nothing else does. When that service turns
   * out to have another history (it was restored from a backup), they are emptied and built again.
   */
  constructor(name, options = {}) {
    require(NAME.test(name), `a service's name is of small letters, digits, - and _, a letter first: ${name}`);
    for (const option of Object.keys(options))
      require(OPTIONS.includes(option), `Service has no option ${option}; there are ${OPTIONS.join(' and ')}`);
    const { tables = [], readModels = {} } = options;
    Object.assign(this, { name, tables, readModels });
  }

  /** handler(db, event): writes what the event says, and nothing else. */
  evolve(...messages) {
    return this.#register(this.evolvers, 'dataschema', messages);
  }

  /** handler(db, event): the own events that a followed one leads to, if any. Not called again in a rebuild. */
  react(...messages) {
    return this.#register(this.reactors, 'dataschema', messages);
  }

  /** handler(db, request): accepted(...) or refused(...). Same request, same id: the first answer again. */
  command(...messages) {
    return this.#register(this.requests, 'type', messages);
  }

  /** handler(db, request): the reply, or refused(...). */
  query(...messages) {
    return this.#register(this.requests, 'type', messages);
  }

  #register(table, name, messages) {
    const handler = messages.pop();
    require(messages.length > 0 && typeof handler === 'function', 'the last of what is given is the handler, a function');
    require(handler.constructor.name !== 'AsyncFunction', 'handlers are synchronous: what waits does not belong into a transaction');
    for (const message of messages) {
      require(typeof message?.[name] === 'string', name === 'type'
        ? 'this wants a command or a query, of gonghui/schemas/... or declared with command() or query()'
        : 'this wants an event, of gonghui/schemas/... or declared with event()');
      require(name !== 'type' || message.type.startsWith(`${this.name}.`),
        `${message[name]} never reaches a service named ${this.name}, which answers ${this.name}.*`);
      if (table.has(message[name])) throw new Error(`${message[name]} has a handler already`);
      table.set(message[name], { message, handler });
    }
    return this;
  }

  /**
   * 32 bytes that this service alone knows, the same at every start and after every restore, others for each purpose: to
   * sign with, or to make pseudonyms. They come from its own key in keys/ and stand in no store and no log. For handlers:
   * there is none before `run`.
   */
  secret(purpose) {
    if (!this.#secrets.has(purpose)) this.#secrets.set(purpose, derivedSecret(this.#serviceKey, purpose));
    return this.#secrets.get(purpose);
  }

  /** Answers `held_about`, which `gonghui export` asks of everyone, with nothing. Only if it is true. */
  keepsNothingAboutPeople() {
    this.requests.set(`${this.name}.held_about`, { message: null, handler: () => null });
    return this;
  }

  follows() {
    const services = [...this.evolvers.keys(), ...this.reactors.keys()].map(schema => schema.split('/')[0]);
    return [...new Set(services)].filter(service => service !== this.name).sort();
  }

  /** Until SIGTERM or SIGINT: in the district's FOLDER, or with the --config that `gonghui up` passes. */
  /** The operator's command that lets it in and gives it its rights. */
  keysAdd() {
    const follows = this.follows().map(one => ` --follow ${one}`).join('');
    return `gonghui keys add ${this.name} ${this.name}-0 --publish ${this.name}${follows}`;
  }

  async run(words = process.argv.slice(2)) {
    let place;
    try {
      const { values: { config }, positionals: [folder] } = parseArgs(
        { args: words, options: { config: { type: 'string' } }, allowPositionals: true });
      if (Boolean(config) === Boolean(folder)) throw new Misplaced('give either FOLDER or --config FILE');
      place = config ? placeOfConfig(config, this.name) : placeOfFolder(folder, this.name, this.keysAdd());
      if (!existsSync(place.serviceKey))
        throw new Misplaced(`${place.serviceKey} is missing: this service's own key, from which its secrets come. `
          + `\`gonghui keys add ... --publish ${this.name}\` makes it; if it has been there, put it back from your copy of `
          + 'keys/: what was made with it cannot be told by any other.');
      const strangers = Object.keys(this.readModels).filter(one => !this.follows().includes(one));
      if (strangers.length > 0) throw new Misplaced(`readModels names services that nothing here follows: ${strangers.join(', ')}`);
    } catch (error) {
      process.stderr.write(`${this.name}: ${error.message}\n`);
      process.exit(78);
    }
    this.#serviceKey = place.serviceKey;
    process.exit(await serve(this, place));
  }
}

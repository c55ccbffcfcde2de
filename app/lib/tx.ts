// A database transaction as the rooms pass it on: only stores know what is inside.
declare const inside: unique symbol;

/** An open transaction. Rooms hand it to each other's use cases so that all of it commits or none. */
export type Tx = { readonly [inside]: "transaction" };

/** Where something is only read: inside a transaction, or beside one. */
export type Reader = { readonly [inside]: "transaction" | "beside a transaction" };

/** A transaction on the driver itself, for the few statements that every request at a door needs. */
export type HotTx = { readonly [inside]: "hot transaction" };

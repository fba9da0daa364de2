/**
 * Node's HTTP module, without its facade as an ES module: making that one reads every export, and so loads Node's
 * WebSocket and fetch, 15 to 40 ms in which nothing else happens (Node 24).
 */
export const http = process.getBuiltinModule('node:http');
